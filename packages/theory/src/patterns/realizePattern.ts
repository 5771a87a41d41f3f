import { checkMatrix, type LpSolver, type Mat, norm, row, unitRows, zeros } from "@monosema/numerics";
import { type FarkasCertificate, type Multiplier, recheckFarkas } from "../recheck/farkas.js";
import { type RealizationCertificate, recheckRealization } from "../recheck/realization.js";
import { recheckSelectionSize, type SelectionSizeCertificate } from "../recheck/selectionSize.js";
import { checkSigma, isTopK, type Sigma, type TopKSigma, thresholdOf } from "../sigma.js";
import { checkPattern, type LatentSets, maskOfPattern } from "./maskOfPattern.js";
import { needSolver } from "./needSolver.js";
import { rowByLeastDistance, rowByProgram } from "./rowProblem.js";
import { selectionByLeastDistance, selectionByProgram } from "./selectionProblem.js";

/** Input of {@link realizePattern}. */
export interface RealizePatternInput {
  /** Input directions, `[n, nP]`. */
  readonly featuresP: Mat;
  /** Features that switch on each latent. */
  readonly pattern: LatentSets;
  /** Activation; its bias, if any, is fixed. For a free bias append a column of ones to the features. */
  readonly sigma: Sigma;
  /** Refuse pre-activations at the threshold where a latent must be off (relu and jumprelu); default false. */
  readonly strict?: boolean;
  /** Least distance by non-negative least squares, or a linear program; default "nnls". */
  readonly method?: "nnls" | "lp";
  /** Solver of linear programs, for method "lp". */
  readonly lp?: LpSolver;
}

/** Whether some encoder has a pattern, with the proof. */
export interface PatternRealization {
  /** True where an encoder was found and verified. */
  readonly realizable: boolean;
  /** True where neither an encoder nor a proof against one passed its check. */
  readonly undecided: boolean;
  /** "lp": largest gap of an encoder with entries in [-1, 1]; "nnls": gap over the norm of a row, for unit features. 0 where not realizable. */
  readonly margin: number;
  /** An encoder with the pattern, `[nQ, nP]`; null where there is none. */
  readonly encoder: Mat | null;
  /** The proof of either answer; null where undecided. */
  readonly certificate: RealizationCertificate | FarkasCertificate | SelectionSizeCertificate | null;
  /** Remarks. */
  readonly warnings: readonly string[];
}

/** Smallest margin that counts as realizable. */
const MARGIN = 1e-7;

/**
 * Decides whether some encoder has a given activation pattern, and gives the encoder or a Farkas certificate. Selected values must lie
 * strictly above the others: a pattern that comes about only by a tie, broken by index, counts as not realizable.
 *
 * Paper Theorem 3.8 claims that a hierarchy makes split patterns realizable. That is false for ReLU: of a regular pentagon
 * {0, 1} is realizable and {0} is not. A set F is realizable under ReLU iff conv(F) and the cone of the other features are disjoint;
 * under JumpReLU with theta > 0 iff conv(F) and conv({0} and the others) are.
 *
 * Cost: one non-negative least-squares problem or linear program per latent for relu, jumprelu, and topk-relu with fewer than k latents
 * per feature; else one coupled problem of n nQ constraints.
 *
 * @throws RangeError where sizes do not fit, a number is not finite or a coupled problem is too large
 * @throws TypeError for method "lp" without a solver
 */
export function realizePattern(input: RealizePatternInput): PatternRealization {
  const { featuresP, pattern, sigma, strict = false, method = "nnls" } = input;
  checkMatrix("realizePattern", "featuresP", featuresP);
  checkSigma("realizePattern", sigma, pattern.length);
  checkPattern("realizePattern", pattern, featuresP.rows);
  if (method === "lp") needSolver("realizePattern", input.lp);
  if (strict && isTopK(sigma)) {
    throw new RangeError(`realizePattern: strict must be false for ${sigma.kind}, got true; leave it out`);
  }
  return realizePatternCore(input);
}

/** {@link realizePattern} of input that was checked. */
export function realizePatternCore(input: RealizePatternInput): PatternRealization {
  const { featuresP, pattern, sigma, strict = false, method = "nnls" } = input;
  const mask = maskOfPattern(pattern, featuresP.rows);
  const solver = method === "lp" ? input.lp : undefined;
  const size: SelectionSizeCertificate = { kind: "selection-size", pattern, features: featuresP.rows, sigma };
  if (recheckSelectionSize(size).holds) return refused(size);
  const task: Task = { featuresP, pattern, sigma, strict, solver };
  if (!isTopK(sigma)) return rowByRow(task);
  const perFeature = Int32Array.from({ length: mask.rows }, (_, d) =>
    mask.data.subarray(d * mask.cols, (d + 1) * mask.cols).reduce((sum, on) => sum + on, 0),
  );
  const spare = sigma.kind === "topk-relu" && perFeature.every((count) => count < sigma.k);
  return spare ? rowByRow(task) : coupled(task, sigma);
}

/** The checked question. */
interface Task {
  readonly featuresP: Mat;
  readonly pattern: LatentSets;
  readonly sigma: Sigma;
  readonly strict: boolean;
  readonly solver: LpSolver | undefined;
}

/** Latents that do not constrain each other. */
function rowByRow(task: Task): PatternRealization {
  const { featuresP, pattern, sigma, strict, solver } = task;
  const { unit } = unitRows(featuresP);
  const encoder = zeros(pattern.length, featuresP.cols);
  let margin = isTopK(sigma) ? 1 : Number.POSITIVE_INFINITY;
  let open = false;
  for (let latent = 0; latent < pattern.length; latent++) {
    const set = new Set(pattern[latent]);
    const level = thresholdOf(sigma, latent) - (sigma.bias?.[latent] ?? 0);
    const on = Array.from({ length: featuresP.rows }, (_, d) => set.has(d));
    const problem = { features: level === 0 ? unit : featuresP, latent, on, level, strict };
    const answer = solver ? rowByProgram(problem, solver) : rowByLeastDistance(problem);
    if (!answer.solved || answer.margin <= MARGIN) {
      // Multipliers are a claim that is checked, also where the solver was not sure of them.
      const { lambda, mu } = level === 0 ? onRawFeatures(featuresP, answer) : answer;
      const proof = farkas(task, lambda, mu);
      if (proof) return refused(proof);
      open = true;
    } else {
      margin = Math.min(margin, answer.margin);
      const scale = isTopK(sigma) && level === 0 ? 1 / (norm(answer.row) || 1) : 1;
      row(encoder, latent).set(answer.row.map((value) => scale * value));
    }
  }
  return open ? undecided(solver) : accepted(task, encoder, pattern.length === 0 ? 1 : margin);
}

/** All latents at once. */
function coupled(task: Task, sigma: TopKSigma): PatternRealization {
  const { featuresP, pattern, solver } = task;
  const biased = sigma.bias?.some((value) => value !== 0) === true;
  const normalised = sigma.kind !== "batchtopk-relu" && !biased;
  const features = normalised ? unitRows(featuresP).unit : featuresP;
  const problem = { features, pattern, sigma, biased };
  const answer = solver ? selectionByProgram(problem, solver) : selectionByLeastDistance(problem);
  if (!answer.solved) return undecided(solver);
  if (answer.margin > MARGIN) return accepted(task, answer.encoder, answer.margin);
  const { lambda, mu } = normalised ? onRawFeatures(featuresP, answer) : answer;
  const proof = farkas(task, lambda, mu);
  return proof ? refused(proof) : undecided(solver);
}

/** Multipliers of unit features as multipliers of the features themselves. */
function onRawFeatures(
  featuresP: Mat,
  { lambda, mu }: { readonly lambda: readonly Multiplier[]; readonly mu: readonly Multiplier[] },
): { readonly lambda: readonly Multiplier[]; readonly mu: readonly Multiplier[] } {
  const raw = (list: readonly Multiplier[]): Multiplier[] =>
    list.map((one) => ({ ...one, value: one.value / (norm(row(featuresP, one.feature)) || 1) }));
  return { lambda: raw(lambda), mu: raw(mu) };
}

function farkas(
  { featuresP, pattern, sigma, strict }: Task,
  lambda: readonly Multiplier[],
  mu: readonly Multiplier[],
): FarkasCertificate | undefined {
  const claim: FarkasCertificate = { kind: "farkas", featuresP, pattern, sigma, strict, lambda, mu, residual: 0 };
  const { holds, residual } = recheckFarkas(claim);
  return holds ? { ...claim, residual } : undefined;
}

function accepted({ featuresP, pattern, sigma, solver }: Task, encoder: Mat, margin: number): PatternRealization {
  const certificate: RealizationCertificate = { kind: "realization", featuresP, pattern, sigma, encoder };
  if (!recheckRealization(certificate).holds) return undecided(solver);
  return { realizable: true, undecided: false, margin, encoder, certificate, warnings: [] };
}

function refused(certificate: FarkasCertificate | SelectionSizeCertificate): PatternRealization {
  return { realizable: false, undecided: false, margin: 0, encoder: null, certificate, warnings: [] };
}

function undecided(solver: LpSolver | undefined): PatternRealization {
  const other = solver ? "nnls" : "lp";
  const warnings = [`neither an encoder nor a proof against one passed its check; try method "${other}"`];
  return { realizable: false, undecided: true, margin: 0, encoder: null, certificate: null, warnings };
}
