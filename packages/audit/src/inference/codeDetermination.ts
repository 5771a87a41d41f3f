import { checkMatrix, checkWhole, gram, type Mat, symmetricEigen, takeRows, unitRows } from "@monosema/numerics";
import { random, type SparseRows } from "@monosema/tensor";
import { support, supportUnion } from "./supportJaccard.js";

/** How well codes on supports that occur in data are determined by what they decode to. */
export interface CodeDetermination {
  /** Unions of two supports that were looked at. */
  readonly unions: number;
  /** Mean number of latents of a union. */
  readonly latents: number;
  /** Smallest singular value of the unit decoder rows of a union: of orthogonal rows 1, of dependent ones 0. */
  readonly smallest: Spread;
  /** Largest singular value of the unit decoder rows of a union. */
  readonly largest: Spread;
  /** Share of the unions whose rows depend on each other up to float32's rounding: on those codes are not determined at all. */
  readonly dependent: number;
}

/** Where values lie. */
export interface Spread {
  /** Least. */
  readonly min: number;
  /** 5 % lie below. */
  readonly p5: number;
  /** Half lie below. */
  readonly median: number;
  /** 95 % lie below. */
  readonly p95: number;
  /** Greatest. */
  readonly max: number;
}

/** Options of {@link codeDetermination}. */
export interface CodeDeterminationOptions {
  /** Pairs of samples drawn; default 300, or all where there are fewer. */
  readonly pairs?: number;
  /** Of the drawing; default 0. */
  readonly seed?: number;
}

/** Smallest singular value, relative to the largest, of rows that depend on each other up to float32's rounding. */
const DEPENDENT = 1e-6;

/**
 * Restricted isometry on supports that occur: singular values of the unit decoder rows over unions of the supports of two samples (the
 * data-driven condition of arXiv 2605.31245, which asks it of the data's supports and not of all supports of a size).
 *
 * Where z and z' are codes of one sample x on the two supports of a union, in units of unit rows, and decode to within eps of x each, then
 * ||z - z'|| <= 2 eps / smallest, by smallest ||z - z'|| <= ||(z - z') D||. That is all: it does not say that z and z' have the same
 * support (they may differ in coefficients that are small beside the bound), it holds for the unions looked at and not for supports that no
 * sample has, and it does not say that latents are features. With `smallest` 0 codes of the same reconstruction may lie any distance apart.
 *
 * @param decoder - rows of any norm, `[Q, R]`
 * @param supports - codes of samples; samples without an active latent take no part
 * @returns null for fewer than two samples with active latents
 * @throws RangeError where the decoder is not finite or `pairs` no whole number of at least 1
 */
export function codeDetermination(
  decoder: Mat,
  supports: SparseRows,
  { pairs = 300, seed = 0 }: CodeDeterminationOptions = {},
): CodeDetermination | null {
  checkMatrix("codeDetermination", "decoder", decoder);
  checkWhole("codeDetermination", "pairs", pairs, 1);
  const active = activeSamples(supports);
  const n = active.length;
  const stream = random(seed, "pairs");
  const unions = Array.from({ length: Math.min(pairs, (n * (n - 1)) / 2) }, () => {
    const [first, second] = [stream.integer(n), stream.integer(n - 1)];
    const other = second < first ? second : second + 1;
    return supportUnion(support(supports, active[first] as number), support(supports, active[other] as number));
  });
  return determinationOn(decoder, unions);
}

/** The same over the unions of two supports of one sample, such as the encoder's and that of another inference, of samples drawn. */
export function ownDetermination(
  decoder: Mat,
  a: SparseRows,
  b: SparseRows,
  { pairs = 300, seed = 0 }: CodeDeterminationOptions = {},
): CodeDetermination | null {
  const active = activeSamples(a);
  const drawn = random(seed, "samples").permutation(active.length).subarray(0, pairs);
  return determinationOn(
    decoder,
    Array.from(drawn, (at) => supportUnion(support(a, active[at] as number), support(b, active[at] as number))),
  );
}

const activeSamples = (codes: SparseRows): readonly number[] =>
  Array.from({ length: codes.offsets.length - 1 }, (_, b) => b).filter((b) => support(codes, b).length > 0);

function determinationOn(decoder: Mat, unions: readonly Int32Array[]): CodeDetermination | null {
  if (unions.length === 0) return null;
  const ranges = unions.map((latents) => singularRange(unitRows(takeRows(decoder, latents)).unit));
  return {
    unions: unions.length,
    latents: unions.reduce((total, latents) => total + latents.length, 0) / unions.length,
    smallest: spread(ranges.map(({ smallest }) => smallest)),
    largest: spread(ranges.map(({ largest }) => largest)),
    dependent: ranges.filter(({ smallest }) => smallest === 0).length / unions.length,
  };
}

/** Smallest and largest singular value of rows, by the eigenvalues of their Gram matrix. */
function singularRange(rows: Mat): { readonly smallest: number; readonly largest: number } {
  const { values } = symmetricEigen(gram(rows));
  const largest = Math.sqrt(values[0] as number);
  const smallest = Math.sqrt(Math.max(0, values[values.length - 1] as number));
  return { smallest: smallest > DEPENDENT * largest ? smallest : 0, largest };
}

function spread(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  return { min: at(0), p5: at(0.05), median: at(0.5), p95: at(0.95), max: at(1) };
}
