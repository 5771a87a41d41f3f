import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { crosscoder } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { lensWarning, logitLens } from "../src/index.js";
import { drawnModel } from "./support/planted.js";
import { sharedData } from "./support/sharedData.js";

const backend = referenceBackend();

/** Logits of a latent, less their mean over the vocabulary. */
function denseLogits(row: Float32Array, table: Float32Array, tokens: number): number[] {
  const width = row.length;
  const logits = Array.from({ length: tokens }, (_, token) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += (row[d] as number) * (table[token * width + d] as number);
    return sum;
  });
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / tokens;
  return logits.map((logit) => logit - mean);
}

describe("logitLens", () => {
  it("has the largest and smallest centred logits, with the texts of their tokens", async () => {
    const stream = random(2, "lens");
    const [width, tokens] = [6, 700];
    const values = Float32Array.from({ length: tokens * width }, () => stream.normal() + 1); // a common part
    const model = drawnModel(2, width, 9);
    const vocabulary = new Map([[3, " three"]]);
    const before = backend.liveTensors();
    const lenses = await logitLens(backend, model, { values, tokens }, { vocabulary, count: 4, latents: [7, 0] });
    expect(backend.liveTensors()).toBe(before);
    expect([...lenses.keys()]).toEqual([7, 0]);
    for (const [latent, { promoted, suppressed }] of lenses) {
      const logits = denseLogits(model.weights.decoder.slice(latent * width, (latent + 1) * width), values, tokens);
      const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number));
      expect(promoted.map(({ token }) => token)).toEqual(order.slice(0, 4));
      expect(suppressed.map(({ token }) => token)).toEqual(order.slice(-4).reverse());
      for (const { token, logit, text } of [...promoted, ...suppressed]) {
        expect(logit).toBeCloseTo(logits[token] as number, 5); // the table is float32
        expect(text).toBe(vocabulary.get(token));
      }
    }
  });

  it("looks at what the last source of a crosscoder writes", async () => {
    const spec = crosscoder({ sources: [2, 3], nQ: 2, activation: { kind: "topk", k: 1 } });
    const decoder = Float32Array.from([9, 9, 1, 0, 0, 9, 9, 0, 0, 1]);
    const model = { spec, weights: { encoder: decoder, decoder }, inputScaling: "none" as const };
    const values = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]); // a token for each dimension
    const lenses = await logitLens(backend, model, { values, tokens: 3 }, { count: 1 });
    expect([0, 1].map((latent) => lenses.get(latent)?.promoted[0]?.token)).toEqual([0, 2]);
    await expect(logitLens(backend, model, { values, tokens: 2 })).rejects.toThrow("[V, 3]");
  });

  // The residual stream's token directions themselves: what stories260K adds to the stream for a token, it also reads that token from.
  it.skipIf(!existsSync(sharedData("lm/stories260K.bin")))(
    "finds the tokens of stories260K in its own embeddings",
    async () => {
      const bytes = await readFile(sharedData("lm/stories260K.bin"));
      const [width, tokens] = [64, 512];
      const table = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + 28, bytes.byteOffset + 28 + 4 * width * tokens),
      );
      const model = drawnModel(0, width, 40);
      const latentToken = (latent: number): number => 300 + latent;
      for (let latent = 0; latent < 40; latent++) {
        const from = latentToken(latent) * width;
        model.weights.decoder.set(table.subarray(from, from + width), latent * width);
      }
      const lenses = await logitLens(backend, model, { values: table, tokens });
      const first = [...lenses].filter(([latent, { promoted }]) => promoted[0]?.token === latentToken(latent));
      expect(first.length).toBeGreaterThanOrEqual(38); // a rare token may lie nearer to a longer one
      for (const [latent, { promoted, suppressed }] of lenses) {
        const logits = denseLogits(model.weights.decoder.slice(latent * width, (latent + 1) * width), table, tokens);
        expect(promoted[0]?.logit).toBeCloseTo(Math.max(...logits), 4);
        expect(suppressed[0]?.logit).toBeCloseTo(Math.min(...logits), 4);
      }
    },
  );
});

describe("lensWarning", () => {
  it.each([
    [{ layer: 19, layers: 30 }, /noise at layer 19 of 30/],
    [{ layer: 14, layers: 30 }, /noise/],
    [{ layer: 20, layers: 30 }, undefined],
    [{ layer: 29, layers: 30 }, undefined],
    [{ layer: 3 }, /not known/],
    [{}, /not known/],
  ])("of %o is %s", (depth, expected) => {
    const warning = lensWarning(depth);
    if (expected === undefined) expect(warning).toBeUndefined();
    else expect(warning).toMatch(expected);
  });
});
