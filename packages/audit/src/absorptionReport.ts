import { type AbsorptionEntry, absorption, matchFeatures } from "@monosema/bench";
import { checkMatrix, checkRange, checkWhole, dot, type Mat, multiply, row, takeRows } from "@monosema/numerics";
import type { Sigma } from "@monosema/theory";
import { checkModel, isolatedCodesCore, sampleBlocks } from "@monosema/theory/core";
import { sparseRows } from "./subject/sparseRows.js";

/** A model, its features, samples of their coefficients and a hierarchy. */
export interface AbsorptionReportInput {
  /** `[nQ, nP]`. */
  readonly encoder: Mat;
  /** `[nQ, nR]`. */
  readonly decoder: Mat;
  /** Coefficients, `[samples, n]`, at least 0. */
  readonly x: Mat;
  /** `[n, nP]`. */
  readonly featuresP: Mat;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** The general feature. */
  readonly parent: number;
  /** The features that may absorb it. */
  readonly children: readonly number[];
  /** Activation. */
  readonly sigma: Sigma;
}

/** Absorption of the parent into one child. */
export interface ChildAbsorption {
  /** The child feature. */
  readonly child: number;
  /** Latent whose decoder is closest to the child. */
  readonly childNeuron: number;
  /** Pr(main latent silent | parent and child on) - Pr(silent | parent on, no child on); null where a group is empty. */
  readonly falseNegative: number | null;
  /** Parent's share of the child's decoder relative to the child's, by least squares; null where the child has none. */
  readonly kappa: number | null;
  /** How much the child inhibits the main latent, relative to the parent's drive; null where the parent does not drive it. */
  readonly encoderSuppression: number | null;
  /** Both the rate and `kappa` above .1, thresholds of our own that were not validated. */
  readonly flagged: boolean;
}

/** Absorption of a parent into its children. */
export interface AbsorptionReport {
  /** Latent whose decoder is closest to the parent. */
  readonly mainNeuron: number;
  /** One entry per child, in their order. */
  readonly children: readonly ChildAbsorption[];
  /** What to know before the numbers are used. */
  readonly warnings: readonly string[];
}

/**
 * Measures absorption: the parent's latent falls silent where a child is on, and the child's decoder carries the parent.
 *
 * Theorem 3.8 of arXiv 2512.05534 explains absorption by partial minima and does not hold for ReLU. What does hold: where the child
 * implies the parent, w_D^C += kappa w_D^P with w_E^P -= kappa w_E^C keeps the loss at 0 and lowers L1, so that `kappa` and
 * `encoderSuppression` agree on a model absorbed this way. Cost O(samples nQ nP).
 *
 * @throws RangeError where shapes do not fit, a number is not finite, or the parent is among the children
 */
export function absorptionReport(input: AbsorptionReportInput): AbsorptionReport {
  checkAll(input);
  return absorptionReportCore(input);
}

/** {@link absorptionReport} of input that was checked. */
export function absorptionReportCore(input: AbsorptionReportInput): AbsorptionReport {
  const { encoder, decoder, x, featuresP, featuresR, parent, children, sigma } = input;
  const named = [parent, ...children];
  const { match } = matchFeatures({ learned: decoder, truth: takeRows(featuresR, named), assignment: "greedy" });
  const parentOf = new Int32Array(featuresP.rows).fill(-1);
  const latentOf = new Int32Array(featuresP.rows).fill(-1);
  for (const child of children) parentOf[child] = parent;
  named.forEach((feature, at) => {
    latentOf[feature] = match[at] as number;
  });
  const counter = absorption({
    ...{ parentOf, latentOf },
    ...{ decoder: decoder.data, targetFeatures: featuresR.data, nR: featuresR.cols },
  });
  for (const block of sampleBlocks(x, sigma)) {
    const { codes } = isolatedCodesCore({ encoder, featuresP: multiply(block, featuresP), sigma });
    counter.add(sparseRows(codes), sparseRows(block));
  }
  const entries = new Map(counter.report().entries.map((entry) => [entry.child, entry]));

  const mainNeuron = match[0] as number;
  const main = row(encoder, mainNeuron);
  const drive = dot(main, row(featuresP, parent));
  const warnings: string[] = [];
  if (drive <= 0) warnings.push("the parent does not drive its own latent: encoderSuppression is undefined");
  const reports = children.map((child): ChildAbsorption => {
    const { childLatent, falseNegative, kappa, flagged } = entries.get(child) as AbsorptionEntry;
    if (childLatent === mainNeuron) warnings.push(`child ${child} and the parent share latent ${mainNeuron}`);
    if (falseNegative === null) warnings.push(`child ${child}: no sample for one of the two groups`);
    if (kappa === null) warnings.push(`child ${child}: its share of latent ${childLatent} is none, kappa is undefined`);
    const encoderSuppression = drive > 0 ? Math.max(0, -dot(main, row(featuresP, child)) / drive) : null;
    return { child, childNeuron: childLatent, falseNegative, kappa, encoderSuppression, flagged };
  });
  return { mainNeuron, children: reports, warnings };
}

function checkAll(input: AbsorptionReportInput): void {
  const { encoder, x, featuresP, parent, children } = input;
  const n = featuresP.rows;
  checkModel("absorptionReport", input);
  checkMatrix("absorptionReport", "x", x, { cols: n });
  checkRange("absorptionReport", "x", x.data, 0);
  checkWhole("absorptionReport", "parent", parent, 0, n - 1);
  children.forEach((child) => {
    checkWhole("absorptionReport", "children", child, 0, n - 1);
    if (child === parent) {
      throw new RangeError(`absorptionReport: children must not hold the parent, got ${child}; leave it out`);
    }
  });
  if (encoder.rows === 0) throw new RangeError("absorptionReport: encoder must have a latent, got 0; pass one per row");
}
