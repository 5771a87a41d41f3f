import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sae } from "@monosema/sdl";
import { saveCheckpoint } from "@monosema/sdl/node";
import { random, writeNpy } from "@monosema/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

const [rows, nP, nQ] = [300, 8, 24];
let folder: string;
const at = (name: string): string => join(folder, name);

const document = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await inProcess(...args, "--json", "--quiet", "--backend", "reference");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};

/** A dictionary of random directions. */
async function saved(name: string, seed: number): Promise<string> {
  const stream = random(seed, "dictionary");
  const encoder = Float32Array.from({ length: nQ * nP }, stream.normal);
  const spec = sae({ nP, nQ, activation: { kind: "topk", k: 3 } });
  await saveCheckpoint(at(name), { spec, weights: { encoder, decoder: encoder.slice() }, inputScaling: "none" });
  return at(name);
}

let dictionary: string;
let codes: string;
let data: string;

beforeEach(async () => {
  folder = temporaryFolder();
  data = writeSamples(folder, "data.npy", rows, nP);
  dictionary = await saved("sae", 1);
  codes = (await document("encode", dictionary, "--data", data, "--out", at("codes"))).codes;
});

describe("--codes-in", { timeout: 120_000 }, () => {
  it.each([[[]], [["--max-norm", "1.2"]]])(
    "evaluate and audit say the same as when they encode, with %j",
    async (more) => {
      const evaluated = ["evaluate", dictionary, "--data", data, ...more];
      const [own, stored] = [await document(...evaluated), await document(...evaluated, "--codes-in", codes)];
      expect(stored.dropped).toBe(own.dropped);
      expect(stored.metrics.l0).toBe(own.metrics.l0);
      expect(stored.metrics.fvu / own.metrics.fvu).toBeCloseTo(1, 6);

      const audited = ["audit", dictionary, "--data", data, ...more];
      const a = await document(...audited, "--out", at(`a${more.length}`));
      const b = await document(...audited, "--codes-in", codes, "--out", at(`b${more.length}`));
      expect(b.quality.fvu / a.quality.fvu).toBeCloseTo(1, 6);
      const file = (out: string) => JSON.parse(readFileSync(join(out, "latents.json"), "utf8"));
      const [mine, theirs] = [file(at(`a${more.length}`)), file(at(`b${more.length}`))];
      expect(theirs.map(({ rate }: { rate: number }) => rate)).toEqual(mine.map(({ rate }: { rate: number }) => rate));
    },
  );

  it("refuses codes of another dictionary, of other rows, and what leaves no question", async () => {
    const other = await saved("other", 2);
    const fewer = at("fewer.npy");
    writeFileSync(fewer, writeNpy({ shape: [2, nP], data: new Float32Array(2 * nP).fill(1) }));
    const refused = async (...args: readonly string[]): Promise<string> => {
      const { status, stderr } = await inProcess(...args, "--codes-in", codes, "--out", at("refused"));
      expect(status).toBe(2);
      return stderr;
    };
    for (const command of ["evaluate", "audit", "features"]) {
      expect(await refused(command, other, "--data", data)).toMatch(
        /got some that share [\d.]+ % of their active latents/,
      );
      expect(await refused(command, dictionary, "--data", fewer)).toContain("must hold codes [2, 24]");
    }
    expect(await refused("audit", dictionary)).toContain("--codes-in must be given with --data");
  });
});
