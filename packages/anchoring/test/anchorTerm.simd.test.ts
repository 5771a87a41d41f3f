import { createHash } from "node:crypto";
import { fit, sae } from "@monosema/sdl";
import { openSimd } from "@monosema/simd";
import { type Backend, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { anchorTerm, truthAnchors } from "../src/index.js";
import { sparseSource, unitRows } from "./support/synthetic.js";

const [n, nP, nQ] = [40, 80, 400]; // large enough for whole-number tiles
const data = { n, features: unitRows(n, nP, 7) };
const spec = sae({ nP, nQ, activation: { kind: "topk", k: 4 } });

async function train(backend: Backend, steps: number) {
  const terms = [anchorTerm(truthAnchors(data, 10, 1), { strength: 0.5 })];
  const source = sparseSource({ n, batchSize: 70, active: 3 }, data.features);
  const { model } = await fit(backend, spec, source, { steps, terms, optimizer: { lr: 1e-3 } });
  await backend.close();
  const { encoder, decoder } = model.weights;
  return { encoder: Float64Array.from(encoder), decoder: Float64Array.from(decoder) };
}

describe("anchored training on simd", () => {
  it("gives the same bits on 1, 2 and 3 threads", async () => {
    const bits: string[] = [];
    for (const threads of [1, 2, 3]) {
      const { encoder, decoder } = await train(await openSimd({ threads }), 10);
      bits.push(createHash("sha256").update(encoder).update(decoder).digest("hex"));
    }
    expect(bits).toEqual(bits.map(() => bits[0]));
  });

  it("stays within 1e-5 of the reference backend over five steps of Adam", async () => {
    const [ours, exact] = [await train(await openSimd({ threads: 2 }), 5), await train(referenceBackend(), 5)];
    for (const part of ["encoder", "decoder"] as const) {
      const wanted = exact[part];
      const norm = Math.hypot(...wanted);
      const difference = Math.hypot(...wanted.map((v, i) => v - (ours[part][i] as number)));
      expect(difference / norm, part).toBeLessThan(1e-5);
    }
  });
});
