import { checkRange } from "../checkRange.js";
import { checkInput, checkWhole } from "../checks.js";
import { isolatedCodes } from "../codes/isolatedCodes.js";
import { sampleBlocks } from "../loss/sampleBlocks.js";
import { type Mat, row, takeRows } from "../mat.js";
import { multiply } from "../multiply.js";
import type { Sigma } from "../sigma.js";
import { unitRows } from "../unitRows.js";
import { dot, norm } from "../vector.js";

/** Rates and ratios above which a child counts as absorbing: our own choice, not validated. */
const FLAG = 0.1;
/** Relative size below which the child's share of its latent's decoder counts as none. */
const NONE = 1e-9;

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
  const { encoder, decoder, featuresP, featuresR, parent, children } = input;
  checkAll(input);
  const latents = unitRows(decoder).unit;
  const closest = (feature: number) => argmax(multiply(latents, takeRows(featuresR, [feature]), { transposeB: true }));
  const mainNeuron = closest(parent);
  const groups = countGroups(input, mainNeuron);
  const main = row(encoder, mainNeuron);
  const drive = dot(main, row(featuresP, parent));
  const warnings: string[] = [];
  if (drive <= 0) warnings.push("the parent does not drive its own latent: encoderSuppression is undefined");

  const reports = children.map((child, at): ChildAbsorption => {
    const childNeuron = closest(child);
    if (childNeuron === mainNeuron) warnings.push(`child ${child} and the parent share latent ${mainNeuron}`);
    const silent = rate(groups.withChild[at] as Group);
    const usual = rate(groups.alone);
    const falseNegative = silent === null || usual === null ? null : silent - usual;
    if (falseNegative === null) warnings.push(`child ${child}: no sample for one of the two groups`);
    const kappa = decoderShare(row(decoder, childNeuron), row(featuresR, parent), row(featuresR, child));
    if (kappa === null) warnings.push(`child ${child}: its share of latent ${childNeuron} is none, kappa is undefined`);
    return {
      child,
      childNeuron,
      falseNegative,
      kappa,
      encoderSuppression: drive > 0 ? Math.max(0, -dot(main, row(featuresP, child)) / drive) : null,
      flagged: falseNegative !== null && kappa !== null && falseNegative > FLAG && kappa > FLAG,
    };
  });
  return { mainNeuron, children: reports, warnings };
}

function checkAll(input: AbsorptionReportInput): void {
  const { encoder, decoder, x, featuresP, featuresR, parent, children } = input;
  const n = featuresP.rows;
  checkInput("absorptionReport", "featuresP", featuresP);
  checkInput("absorptionReport", "encoder", encoder, { cols: featuresP.cols });
  checkInput("absorptionReport", "featuresR", featuresR, { rows: n });
  checkInput("absorptionReport", "decoder", decoder, { rows: encoder.rows, cols: featuresR.cols });
  checkInput("absorptionReport", "x", x, { cols: n });
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

/** Samples of one kind. */
interface Group {
  /** Number of samples. */
  samples: number;
  /** Those in which the main latent is silent. */
  silent: number;
}

/** Parent on without any child, and parent on with each child. */
function countGroups(
  { encoder, x, featuresP, parent, children, sigma }: AbsorptionReportInput,
  main: number,
): { alone: Group; withChild: Group[] } {
  const alone: Group = { samples: 0, silent: 0 };
  const withChild = children.map((): Group => ({ samples: 0, silent: 0 }));
  for (const block of sampleBlocks(x, sigma)) {
    const { codes } = isolatedCodes({ encoder, featuresP: multiply(block, featuresP), sigma });
    for (let sample = 0; sample < block.rows; sample++) {
      const coefficients = row(block, sample);
      if (!((coefficients[parent] as number) > 0)) continue;
      const silent = (codes.data[sample * codes.cols + main] as number) === 0 ? 1 : 0;
      let any = false;
      children.forEach((child, at) => {
        if (!((coefficients[child] as number) > 0)) return;
        any = true;
        count(withChild[at] as Group, silent);
      });
      if (!any) count(alone, silent);
    }
  }
  return { alone, withChild };
}

function count(group: Group, silent: number): void {
  group.samples++;
  group.silent += silent;
}

function rate({ samples, silent }: Group): number | null {
  return samples === 0 ? null : silent / samples;
}

/** c_P / c_c of the least-squares fit c_P w_P + c_c w_c of a decoder; null where it is undefined. */
function decoderShare(decoder: Float64Array, parent: Float64Array, child: Float64Array): number | null {
  const pp = dot(parent, parent);
  const cc = dot(child, child);
  const pc = dot(parent, child);
  const determinant = pp * cc - pc * pc;
  if (!(determinant > 1e-12 * pp * cc)) return null;
  const onParent = dot(decoder, parent);
  const onChild = dot(decoder, child);
  const parentShare = (cc * onParent - pc * onChild) / determinant;
  const childShare = (pp * onChild - pc * onParent) / determinant;
  return Math.abs(childShare) * norm(child) > NONE * norm(decoder) ? parentShare / childShare : null;
}

/** The first row with the largest entry of a column. */
function argmax({ data }: Mat): number {
  let best = 0;
  data.forEach((value, i) => {
    if (value > (data[best] as number)) best = i;
  });
  return best;
}
