import { referenceBackend } from "@monosema/tensor";
import { expect, it } from "vitest";
import { readVector } from "../../numerics/test/support/vectors.js";
import { recovery } from "../src/index.js";

interface Vectors {
  readonly W_p: number[][];
  readonly W_r: number[][];
  readonly cases: readonly Case[];
}

interface Case {
  readonly name: string;
  readonly target: string;
  readonly adam3: { readonly params: { readonly W_E: number[][]; readonly W_D: number[][] } };
  readonly metrics_after?: {
    readonly raw_enc_MIP: number;
    readonly raw_enc_MGT_tau0_9: number;
    readonly raw_enc_MGT_tau0_95: number;
    readonly cos_enc_best: number[];
    readonly cos_dec_best: number[];
  };
}

const vectors = readVector("sdl.json") as Vectors | undefined;
const cases = (vectors?.cases ?? []).filter((c) => c.metrics_after !== undefined);
const columns = (matrix: number[][]): Float64Array =>
  Float64Array.from((matrix[0] as number[]).flatMap((_, j) => matrix.map((row) => row[j] as number)));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

it.skipIf(cases.length === 0)(
  "sdl.json: recovery after the three steps of each case that states it (needs the vectors)",
  async () => {
    const { W_p, W_r } = vectors as Vectors;
    const backend = referenceBackend();
    const features = columns(W_p);
    for (const { name, target, adam3, metrics_after } of cases) {
      const { W_E, W_D } = adam3.params;
      const [nQ, nP, nR, n] = [W_E.length, W_p.length, W_D.length, (W_p[0] as number[]).length];
      const truth = { n, features, targetFeatures: target === "transcoder" ? columns(W_r) : features };
      const learned = { encoder: Float64Array.from(W_E.flat()), decoder: columns(W_D), nQ, nP, nR };
      const got = await recovery(backend, learned, truth);
      const expected = metrics_after as NonNullable<Case["metrics_after"]>;
      expect(got.raw.mip, name).toBeCloseTo(expected.raw_enc_MIP, 9);
      expect([got.raw.mgt90, got.raw.mgt95], name).toEqual([expected.raw_enc_MGT_tau0_9, expected.raw_enc_MGT_tau0_95]);
      expect(got.encoder.mip, name).toBeCloseTo(mean(expected.cos_enc_best), 9);
      got.bestDecoder.forEach((best, i) => {
        expect(best, name).toBeCloseTo(expected.cos_dec_best[i] as number, 9);
      });
    }
    await backend.close();
  },
);
