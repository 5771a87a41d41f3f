import { kthLargestOfMany, type Mat, multiply, row, zeros } from "@monosema/numerics";
import { checkEncoding } from "../checkModel.js";
import { isTopK, type Sigma, type TopKSigma, thresholdOf } from "../sigma.js";

/** Which latents are on, one row per feature. */
export interface Mask {
  /** Number of features n. */
  readonly rows: number;
  /** Number of latents nQ. */
  readonly cols: number;
  /** 1 where the latent is on, 0 where it is off, `[n, nQ]` row-major. */
  readonly data: Uint8Array;
}

/** Input of {@link isolatedCodes}. */
export interface IsolatedCodesInput {
  /** Encoder W_E, `[nQ, nP]`. */
  readonly encoder: Mat;
  /** Input directions, a row per feature (or per sample), `[n, nP]`. */
  readonly featuresP: Mat;
  /** Activation. */
  readonly sigma: Sigma;
}

/** Codes of the features, each on its own at unit scale. */
export interface IsolatedCodes {
  /** Pre-activations featuresP encoder^T (+ bias), `[n, nQ]`. */
  readonly pre: Mat;
  /** Selection mask, `[n, nQ]`. */
  readonly mask: Mask;
  /** mask * pre, `[n, nQ]`. */
  readonly codes: Mat;
  /** All entries that tie at a selection cut, as [latent, feature], by feature, then latent; the lowest indices were selected. */
  readonly ties: readonly (readonly [latent: number, feature: number])[];
  /** Remarks. */
  readonly warnings: readonly string[];
}

/**
 * Pre-activations, selection mask and codes z_d = sigma(W_E w_p^d) of each feature on its own.
 *
 * The pattern of the paper (Definition 3.1) lists positive codes; the mask here is the selection, which also fixes the linear
 * map of pure TopK. Equal values at a selection cut: the lowest index wins and all tied entries are listed.
 *
 * Cost O(nQ nP n).
 *
 * @throws RangeError where sizes do not fit or a number is not finite
 */
export function isolatedCodes(input: IsolatedCodesInput): IsolatedCodes {
  checkEncoding("isolatedCodes", input);
  return isolatedCodesCore(input);
}

/** {@link isolatedCodes} of input that was checked. */
export function isolatedCodesCore({ encoder, featuresP, sigma }: IsolatedCodesInput): IsolatedCodes {
  const pre = multiply(featuresP, encoder, { transposeB: true });
  if (sigma.bias !== undefined) addToRows(pre, sigma.bias);
  const mask: Mask = { rows: pre.rows, cols: pre.cols, data: new Uint8Array(pre.data.length) };
  const ties: [number, number][] = [];
  const warnings: string[] = [];
  if (isTopK(sigma)) {
    if (sigma.k > encoder.rows) warnings.push(`k = ${sigma.k} exceeds the ${encoder.rows} latents: all can be on`);
    select(sigma, pre, mask.data, ties);
  } else {
    for (let i = 0; i < pre.cols; i++) {
      const theta = thresholdOf(sigma, i);
      for (let at = i; at < pre.data.length; at += pre.cols) {
        if ((pre.data[at] as number) > theta) mask.data[at] = 1;
      }
    }
  }
  if (ties.length > 0) warnings.push(`${ties.length} entries tie at a selection cut; the lowest indices were selected`);
  const codes = zeros(pre.rows, pre.cols);
  for (let at = 0; at < codes.data.length; at++) {
    if (mask.data[at] === 1) codes.data[at] = pre.data[at] as number;
  }
  return { pre, mask, codes, ties, warnings };
}

/** RangeError unless codes that were computed before have the sizes of an encoder and features. */
export function checkIsolated(
  caller: string,
  { encoder, featuresP }: IsolatedCodesInput,
  isolated: IsolatedCodes | undefined,
): void {
  if (isolated === undefined) return;
  const { rows, cols } = isolated.mask;
  if (rows !== featuresP.rows || cols !== encoder.rows) {
    throw new RangeError(
      `${caller}: isolated must be the codes of this encoder and these features, got ${rows} x ${cols} for ${featuresP.rows} x ${encoder.rows}; compute them anew`,
    );
  }
}

/** Selects the k largest of each row, or k rows of them all of the whole batch. */
function select(sigma: TopKSigma, pre: Mat, mask: Uint8Array, ties: [number, number][]): void {
  const positive = sigma.kind !== "topk";
  const groups = sigma.kind === "batchtopk-relu" ? 1 : pre.rows;
  const size = pre.data.length / Math.max(1, groups);
  for (let group = 0; group < groups; group++) {
    const values = sigma.kind === "batchtopk-relu" ? pre.data : row(pre, group);
    const kept = sigma.k * (pre.rows / groups);
    const selected = mask.subarray(group * size, (group + 1) * size);
    const cut = kept < size ? kthLargestOfMany(values, kept) : Number.NEGATIVE_INFINITY;
    for (const at of selectAbove(values, cut, kept, positive, selected)) {
      ties.push([at % pre.cols, group + Math.floor(at / pre.cols)]);
    }
  }
}

/** Marks the `count` values from the cut on, only positive ones if asked; gives the places that tie at the cut, if any. */
function selectAbove(
  values: Float64Array,
  cut: number,
  count: number,
  positive: boolean,
  selected: Uint8Array,
): number[] {
  const spare = positive && !(cut > 0); // all positive values fit
  const above = spare ? 0 : cut;
  let left = count;
  for (let at = 0; at < values.length; at++) {
    if ((values[at] as number) > above) {
      selected[at] = 1;
      left--;
    }
  }
  if (spare || left === 0) return [];
  const equal: number[] = [];
  for (let at = 0; at < values.length; at++) if (values[at] === cut) equal.push(at);
  for (const at of equal.slice(0, left)) selected[at] = 1;
  return equal.length > left ? equal : [];
}

function addToRows({ rows, cols, data }: Mat, bias: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) data[i * cols + j] = (data[i * cols + j] as number) + (bias[j] as number);
  }
}
