import { checkMatrix, checkWeights, dot, type Mat, row, zeros } from "@monosema/numerics";
import { checkPattern } from "../patterns/maskOfPattern.js";
import { type NoPartialMinimumCertificate, recheckNoPartialMinimum } from "../recheck/noPartialMinimum.js";
import { type PartialMinimumCertificate, recheckPartialMinimum } from "../recheck/partialMinimum.js";
import { checkSigma, type Sigma } from "../sigma.js";
import { type BoundaryMinimum, boundaryMinimum } from "./boundaryMinimum.js";
import { checkDisjoint } from "./checkDisjoint.js";
import { disjointDecoder } from "./disjointDecoder.js";
import { type LatentRow, latentRow } from "./latentRow.js";
import { topOneRows } from "./topOneRows.js";

/** Features, weights and a pattern of disjoint sets. */
export interface ConstructPartialMinimumInput {
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** Weight M_d of each feature, not negative, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Features that switch on each latent, pairwise disjoint; empty for a dead latent. */
  readonly pattern: readonly (readonly number[])[];
  /** `relu` or `topk-relu`, without bias. */
  readonly sigma: Sigma;
  /** Where there is none inside, search the closed region of the pattern; default false. */
  readonly boundary?: boolean;
}

/** A latent for which no stationary encoder row has the pattern. */
export interface ConstructionFailure {
  /** The latent; -1 where each latent alone could be built but not all together (Top-1). */
  readonly neuron: number;
  /** Eigenvalues of its compression, descending, `[rank]`. */
  readonly eigenvalues: Float64Array;
  /** Proof; null where numbers were too close to decide, or where the rows of Top-1 do not fit together. */
  readonly farkas: NoPartialMinimumCertificate | null;
}

/** A partial minimum with a given pattern, or why there is none. */
export interface PartialMinimum {
  /** Type of the interior partial minimum; `none` where there is none, `undecided` where numbers were too close to decide. */
  readonly status: "local-min" | "saddle" | "none" | "undecided";
  /** Outcome of the search on the closed region, if asked for and the status is `none`. */
  readonly boundary?: BoundaryMinimum | null;
  /** Energy explained by each latent, 0 for a dead one; empty without a partial minimum. `[nQ]`. */
  readonly lambda: readonly number[];
  /** Whether that is the largest possible, per latent. */
  readonly leading: readonly boolean[];
  /** Dimension of the eigenspace of each latent, 0 for a dead one. */
  readonly multiplicity: readonly number[];
  /** `[nQ, nP]`, unit rows; null without a partial minimum. */
  readonly encoder: Mat | null;
  /** `[nQ, nR]`; null without a partial minimum. */
  readonly decoder: Mat | null;
  /** Approximate loss, sum of (trace - lambda) and the energy of uncovered features; null without a partial minimum. */
  readonly loss: number | null;
  /** Smallest relative distance of a pre-activation from its threshold; null without a partial minimum. */
  readonly margin: number | null;
  /** What failed; null with a partial minimum. */
  readonly failure: ConstructionFailure | null;
  /** Proof, rechecked; null without a partial minimum (see `failure`). */
  readonly certificate: PartialMinimumCertificate | null;
  /** What to know before the point is used. */
  readonly warnings: readonly string[];
}

/**
 * Builds the partial minimum of the approximate loss with a given pattern of disjoint sets.
 *
 * Paper Theorem 3.6 (every realizable polysemantic pattern has one, with positive loss) is false: for two orthonormal features with
 * M = (2, 1) on one latent there is none. Corrected: there is one exactly where each latent has an encoder row of the right signs with
 * B(K y - lambda y) = 0, y = B^T w, B = W_{p,F} D^{1/2}, K = D^{1/2} W_{r,F}^T W_{r,F} D^{1/2}. It is a local minimum where all lambda
 * are leading, else a strict saddle. Cost O(sum |F|^3) and a least-distance problem per latent and eigenvalue.
 *
 * @throws RangeError where shapes do not fit, sets overlap (use alternatingConvexSearch), or the activation is another
 */
export function constructPartialMinimum(input: ConstructPartialMinimumInput): PartialMinimum {
  checkAll(input);
  return constructPartialMinimumCore(input);
}

/** {@link constructPartialMinimum} of input that was checked. */
export function constructPartialMinimumCore(input: ConstructPartialMinimumInput): PartialMinimum {
  const { featuresP, pattern, sigma } = input;
  const coupled = sigma.kind === "topk-relu" && sigma.k === 1;
  const latents = pattern.map((set) => latentRow(input, set, coupled));
  const failed = latents.findIndex(({ space }) => space === null);
  if (failed >= 0) return failure(input, failed, latents[failed] as LatentRow);

  const encoder = zeros(pattern.length, featuresP.cols);
  let margin = latents.reduce((least, latent) => Math.min(least, latent.margin), Number.POSITIVE_INFINITY);
  latents.forEach((latent, i) => {
    row(encoder, i).set(latent.row);
  });
  if (coupled) {
    const joint = topOneRows(
      featuresP,
      pattern,
      latents.map(({ space }) => (space as { basis: Mat }).basis),
    );
    if (joint.status !== "solved") {
      const status = joint.status === "infeasible" ? "none" : "undecided";
      const farkas = null;
      return nothing(input, status, { neuron: -1, eigenvalues: new Float64Array(0), farkas });
    }
    encoder.data.set(joint.encoder.data);
    margin = joint.margin;
  }
  return success(input, latents, encoder, margin);
}

function success(
  input: ConstructPartialMinimumInput,
  latents: readonly LatentRow[],
  encoder: Mat,
  margin: number,
): PartialMinimum {
  const { featuresR, weights, pattern } = input;
  const decoder = disjointDecoder(input, pattern, encoder);
  const lambda = latents.map(({ space }) => space?.value ?? 0);
  const leading = latents.map(({ space }) => space?.leading ?? true);
  const covered = new Set(pattern.flat());
  let loss = latents.reduce((sum, { trace }, i) => sum + (trace - (lambda[i] as number)), 0);
  for (let d = 0; d < featuresR.rows; d++) {
    if (!covered.has(d)) loss += (weights[d] as number) * dot(row(featuresR, d), row(featuresR, d));
  }
  const saddle = leading.indexOf(false);
  const certificate: PartialMinimumCertificate = {
    kind: "partial-minimum",
    ...input,
    encoder,
    decoder,
    lambda,
    loss,
    ascent: saddle < 0 ? null : { latent: saddle, row: (latents[saddle] as LatentRow).best },
  };
  const { holds, detail } = recheckPartialMinimum(certificate);
  const result = {
    lambda,
    leading,
    multiplicity: latents.map(({ space }) => space?.multiplicity ?? 0),
    encoder,
    decoder,
    loss,
    margin,
    failure: null,
    certificate,
  };
  if (!holds) {
    return {
      ...result,
      status: "undecided",
      certificate: null,
      warnings: [`the certificate did not recheck: ${detail}`],
    };
  }
  return { ...result, status: saddle < 0 ? "local-min" : "saddle", warnings: [] };
}

function failure(input: ConstructPartialMinimumInput, neuron: number, latent: LatentRow): PartialMinimum {
  const { featuresP, featuresR, weights, pattern } = input;
  const features = pattern[neuron] as readonly number[];
  const farkas: NoPartialMinimumCertificate = {
    kind: "no-partial-minimum",
    featuresP,
    featuresR,
    weights,
    features,
    spaces: latent.excluded,
  };
  const proved = latent.decided && recheckNoPartialMinimum(farkas).holds;
  const what = { neuron, eigenvalues: latent.eigenvalues, farkas: proved ? farkas : null };
  return nothing(input, proved ? "none" : "undecided", what);
}

function nothing(
  input: ConstructPartialMinimumInput,
  status: "none" | "undecided",
  failed: ConstructionFailure,
): PartialMinimum {
  const result: PartialMinimum = {
    status,
    lambda: [],
    leading: [],
    multiplicity: [],
    encoder: null,
    decoder: null,
    loss: null,
    margin: null,
    failure: failed,
    certificate: null,
    warnings: status === "none" ? [] : ["the signs of the stationary rows are too close to 0 to decide"],
  };
  return status === "none" && input.boundary ? { ...result, boundary: boundaryMinimum(input, input.pattern) } : result;
}

function checkAll({ featuresP, featuresR, weights, pattern, sigma }: ConstructPartialMinimumInput): void {
  const caller = "constructPartialMinimum";
  checkMatrix(caller, "featuresP", featuresP);
  checkMatrix(caller, "featuresR", featuresR, { rows: featuresP.rows });
  checkWeights(caller, weights, featuresP.rows);
  checkSigma(caller, sigma, pattern.length);
  checkPattern(caller, pattern, featuresP.rows);
  if ((sigma.kind !== "relu" && sigma.kind !== "topk-relu") || sigma.bias !== undefined) {
    throw new RangeError(
      `${caller}: sigma must be relu or topk-relu without bias, got ${sigma.kind}; use alternatingConvexSearch`,
    );
  }
  checkDisjoint(caller, pattern);
}
