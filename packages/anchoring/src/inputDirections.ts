import { normaliseRows } from "@monosema/numerics";
import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** Codes of one sample set by latent: samples and values. */
export type CodesByLatent = ReadonlyMap<number, { readonly samples: number[]; readonly values: number[] }>;

/**
 * Directions of latents in input space: ridge regression of the inputs on the codes, `ridge` 1, columns normalised.
 *
 * @param codes - codes by latent
 * @param inputs - the samples, batch by batch
 * @param regressors - latents that the regression uses
 * @param wanted - latents whose directions are returned, among `regressors`
 * @returns unit rows `[wanted, P]`
 */
export function inputDirections(
  codes: CodesByLatent,
  inputs: readonly (Float32Array | Float64Array)[],
  regressors: readonly number[],
  wanted: readonly number[],
  nP: number,
  ridge: number = 1,
): Float32Array {
  const index = new Map(regressors.map((latent, i) => [latent, i]));
  const samples: Float32Array | Float64Array = joined(inputs);
  const bySample = new Map<number, [number, number][]>();
  const moments = Matrix.zeros(regressors.length, nP); // F^T X
  for (const [latent, { samples: at, values }] of codes) {
    const row = index.get(latent);
    if (row === undefined) continue;
    at.forEach((sample, e) => {
      const value = values[e] as number;
      const entries = bySample.get(sample) ?? [];
      entries.push([row, value]);
      bySample.set(sample, entries);
      for (let d = 0; d < nP; d++)
        moments.set(row, d, moments.get(row, d) + value * (samples[sample * nP + d] as number));
    });
  }
  const gram = Matrix.eye(regressors.length, regressors.length, ridge); // F^T F + ridge I
  for (const entries of bySample.values()) {
    for (const [i, a] of entries) for (const [j, b] of entries) gram.set(i, j, gram.get(i, j) + a * b);
  }
  const solution = new CholeskyDecomposition(gram).solve(moments);
  const directions = new Float64Array(wanted.length * nP);
  wanted.forEach((latent, i) => {
    directions.set(solution.getRow(index.get(latent) as number), i * nP);
  });
  normaliseRows(directions, nP);
  return Float32Array.from(directions);
}

function joined(parts: readonly (Float32Array | Float64Array)[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
