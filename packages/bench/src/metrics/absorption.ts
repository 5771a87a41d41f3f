import { dot, norm } from "@monosema/numerics";
import type { SparseRows } from "@monosema/tensor";
import { forPositive } from "./classification.js";

/** A parent and one of its children in a hierarchy of features. */
export interface AbsorptionEntry {
  /** Parent feature P. */
  readonly parent: number;
  /** Child feature c. */
  readonly child: number;
  /** Latent of the parent: the largest signed decoder cosine to it. */
  readonly mainLatent: number;
  /** Latent of the child. */
  readonly childLatent: number;
  /**
   * Pr(main off | P and c on) - Pr(main off | P on, no child on): how much more often the parent's latent is silent where the child
   * is present; null where either group is empty.
   */
  readonly falseNegative: number | null;
  /** Parent's share in the child's latent: c_P / c_c of its decoder row fitted by (w_P, w_c); null where it holds no part of the child. */
  readonly kappa: number | null;
  /** Both above .1 (our untested threshold): the child's latent absorbs the parent. */
  readonly flagged: boolean;
}

/** Absorption of all parents. */
export interface HierarchyAbsorption {
  /** One entry for each child, ascending. */
  readonly entries: readonly AbsorptionEntry[];
  /** Flagged entries, divided by the entries that could be judged; 0 if none could. */
  readonly rate: number;
  /** Samples seen. */
  readonly samples: number;
}

/** Counts batch by batch. */
export interface AbsorptionCounter {
  /** Adds a batch: codes of the model and true coefficients of the same samples. */
  add(codes: SparseRows, coefficients: SparseRows): void;
  /** The report of all batches so far. */
  report(): HierarchyAbsorption;
}

/** What {@link absorption} needs to know. */
export interface AbsorptionInput {
  /** Parent of each feature, -1 for none, `[n]`. */
  readonly parentOf: Int32Array;
  /** Latent of each feature by signed decoder cosine, `[n]`: `latentOf` of `recovery` with `signed`. */
  readonly latentOf: Int32Array;
  /** `[nQ, nR]` row-major. */
  readonly decoder: Float32Array | Float64Array;
  /** `[n, nR]` row-major. */
  readonly targetFeatures: Float32Array | Float64Array;
  /** Target width. */
  readonly nR: number;
}

const THRESHOLD = 0.1;
/** Relative size below which the child's part of its latent's decoder row counts as none. */
const NONE = 1e-9;

/** Feature absorption on data with a hierarchy. Costs a pass over the stored entries of each batch. */
export function absorption(input: AbsorptionInput): AbsorptionCounter {
  const { parentOf, latentOf } = input;
  const n = parentOf.length;
  const together = new Float64Array(n); // by child: parent and child on
  const togetherSilent = new Float64Array(n);
  const alone = new Float64Array(n); // by parent: on, no child on
  const aloneSilent = new Float64Array(n);
  let samples = 0;

  const addSample = (codes: SparseRows, coefficients: SparseRows, row: number): void => {
    const firing = new Set<number>();
    for (let at = codes.offsets[row] as number; at < (codes.offsets[row + 1] as number); at++) {
      if (codes.values[at] !== 0) firing.add(codes.latents[at] as number);
    }
    const on: number[] = [];
    const withChild = new Set<number>();
    forPositive(coefficients, row, (feature) => on.push(feature));
    const present = new Set(on);
    for (const feature of on) {
      const parent = parentOf[feature] as number;
      if (parent < 0 || !present.has(parent)) continue;
      withChild.add(parent);
      increment(together, feature);
      if (!firing.has(latentOf[parent] as number)) increment(togetherSilent, feature);
    }
    for (const feature of on) {
      if (withChild.has(feature)) continue;
      increment(alone, feature);
      if (!firing.has(latentOf[feature] as number)) increment(aloneSilent, feature);
    }
  };

  const entryOf = (parent: number, child: number): AbsorptionEntry => {
    const withRate = rate(togetherSilent, together, child);
    const aloneRate = rate(aloneSilent, alone, parent);
    const falseNegative = withRate === null || aloneRate === null ? null : withRate - aloneRate;
    const childLatent = latentOf[child] as number;
    const kappa = parentShare(input, childLatent, parent, child);
    const flagged = falseNegative !== null && kappa !== null && falseNegative > THRESHOLD && kappa > THRESHOLD;
    return { parent, child, mainLatent: latentOf[parent] as number, childLatent, falseNegative, kappa, flagged };
  };

  return {
    add: (codes, coefficients) => {
      const size = codes.offsets.length - 1;
      if (coefficients.offsets.length - 1 !== size) {
        throw new RangeError(
          `absorption: codes and coefficients must have the same samples, got ${size} and ${coefficients.offsets.length - 1}; pass one batch`,
        );
      }
      for (let row = 0; row < size; row++) addSample(codes, coefficients, row);
      samples += size;
    },
    report: () => {
      const entries: AbsorptionEntry[] = [];
      parentOf.forEach((parent, child) => {
        if (parent >= 0) entries.push(entryOf(parent, child));
      });
      const judged = entries.filter(({ falseNegative, kappa }) => falseNegative !== null && kappa !== null);
      const rate = judged.length === 0 ? 0 : judged.filter(({ flagged }) => flagged).length / judged.length;
      return { entries, rate, samples };
    },
  };
}

/** c_P / c_c of the least-squares fit of a decoder row by the two directions; null where the fit is singular or c_c is nothing. */
function parentShare(input: AbsorptionInput, latent: number, parent: number, child: number): number | null {
  const { decoder, targetFeatures, nR } = input;
  const rowOf = (rows: Float32Array | Float64Array, i: number): Float64Array =>
    Float64Array.from(rows.subarray(i * nR, (i + 1) * nR));
  const [own, wP, wC] = [rowOf(decoder, latent), rowOf(targetFeatures, parent), rowOf(targetFeatures, child)];
  const [pp, cc, pc] = [dot(wP, wP), dot(wC, wC), dot(wP, wC)];
  const determinant = pp * cc - pc * pc;
  if (!(determinant > 1e-12 * pp * cc)) return null;
  const [onParent, onChild] = [dot(own, wP), dot(own, wC)];
  const parentPart = (cc * onParent - pc * onChild) / determinant;
  const childPart = (pp * onChild - pc * onParent) / determinant;
  return Math.abs(childPart) * norm(wC) > NONE * norm(own) ? parentPart / childPart : null;
}

function increment(counts: Float64Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

function rate(part: Float64Array, whole: Float64Array, at: number): number | null {
  const total = whole[at] as number;
  return total === 0 ? null : (part[at] as number) / total;
}
