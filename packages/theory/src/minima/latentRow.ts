import { identity, type Mat, row } from "@monosema/numerics";
import type { ExcludedSpace } from "../recheck/noPartialMinimum.js";
import { type Eigenspace, neuronEigenspaces } from "./neuronEigenspaces.js";
import { complement, signedRow } from "./signedRow.js";

/** The stationary encoder row of one latent, or why there is none. */
export interface LatentRow {
  /** Its eigenspace; null where none has a row of the required signs. */
  readonly space: Eigenspace | null;
  /** Unit row, `[nP]`; zeros without one. */
  readonly row: Float64Array;
  /** Smallest |pre-activation| / ||w_p^d|| of it. */
  readonly margin: number;
  /** Energy of the features of the latent. */
  readonly trace: number;
  /** Eigenvalues of the compression, descending. */
  readonly eigenvalues: Float64Array;
  /** A row of the leading eigenspace, `[nP]`. */
  readonly best: Float64Array;
  /** The eigenspaces that were tried in vain. */
  readonly excluded: readonly ExcludedSpace[];
  /** False where one of them could not be decided. */
  readonly decided: boolean;
}

/** The features and weights of a model. */
export interface WeightedFeatures {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
}

/**
 * Finds the stationary row that is positive on the features of a latent and, unless only the positive signs count, negative on all
 * others. At most one eigenvalue admits positive codes.
 */
export function latentRow(model: WeightedFeatures, set: readonly number[], positiveOnly: boolean): LatentRow {
  const { featuresP } = model;
  const off = positiveOnly ? [] : complement(featuresP.rows, set);
  if (set.length === 0) {
    const basis = identity(featuresP.cols);
    const dead: Eigenspace = { value: 0, multiplicity: 0, leading: true, basis };
    return search(featuresP, set, off, { eigenvalues: new Float64Array(0), trace: 0, spaces: [dead] });
  }
  return search(featuresP, set, off, neuronEigenspaces(model, set));
}

function search(
  featuresP: Mat,
  on: readonly number[],
  off: readonly number[],
  { eigenvalues, trace, spaces }: ReturnType<typeof neuronEigenspaces>,
): LatentRow {
  const excluded: ExcludedSpace[] = [];
  const first = spaces[0] as Eigenspace;
  const best = first.basis.rows > 0 ? row(first.basis, 0) : new Float64Array(featuresP.cols);
  const shared = { trace, eigenvalues, best };
  let decided = true;
  for (const space of spaces) {
    if (on.length + off.length === 0)
      return { ...shared, space, row: best, margin: Number.POSITIVE_INFINITY, excluded, decided };
    const found = signedRow(featuresP, on, off, space.basis);
    if (found.status === "solved") {
      return { ...shared, space, row: found.row, margin: found.margin, excluded, decided };
    }
    decided &&= found.status === "infeasible";
    excluded.push({
      value: space.value,
      multiplicity: space.multiplicity,
      basis: space.basis,
      multipliers: found.multipliers,
    });
  }
  return { ...shared, space: null, row: new Float64Array(featuresP.cols), margin: 0, excluded, decided };
}
