import type { Selection, SelectOptions, Tensor } from "./backend.js";
import { matrixShape, requireShape } from "./shapes.js";

/** A checked selection in numbers: what `select` of every backend works from. */
export interface SelectionPlan {
  /** What was asked for. */
  readonly selection: Selection;
  /** Samples, B. */
  readonly batch: number;
  /** Latents, Q. */
  readonly latents: number;
  /** Levels of the codes. */
  readonly levels: number;
  /**
   * Consecutive pairs that compete, by position b Q + i: a row (topK), the batch (batchTopK) or a group of latents in a row
   * (groupMax); 1 for thresholds, which compare each pair with its own.
   */
  readonly span: number;
  /** Most entries of each span, cumulated by level: the last one is the total; empty for thresholds. */
  readonly counts: readonly number[];
  /** Keep entries that are not positive. */
  readonly signed: boolean;
  /** Ascending widths of prefix levels. */
  readonly prefixes?: readonly number[];
}

/**
 * Checks the arguments of `select`.
 *
 * @param x - shape `[B, P]`
 * @param encoder - shape `[Q, P]`
 * @throws RangeError where shapes, counts or widths do not fit
 */
export function selectionPlan(x: Tensor, encoder: Tensor, selection: Selection, options: SelectOptions): SelectionPlan {
  const [batch, width] = matrixShape("select", "x", x.shape);
  const [latents] = matrixShape("select", "encoder", encoder.shape);
  requireShape("select", "encoder", encoder.shape, [latents, width]);
  if (options.bias !== undefined) requireShape("select", "bias", options.bias.shape, [latents]);
  if (options.auxiliary !== undefined) checkAuxiliary(options.auxiliary.among, options.auxiliary.k, latents);
  const { prefixes } = options;
  if (prefixes !== undefined) checkPrefixes(prefixes, latents);
  const plan = { selection, batch, latents, signed: selection.kind === "topK" && selection.signed === true };
  const byPrefix = prefixes === undefined ? {} : { prefixes };
  if (selection.kind === "threshold") {
    if (typeof selection.theta !== "number") requireShape("select", "theta", selection.theta.shape, [latents]);
    return { ...plan, ...byPrefix, levels: prefixes?.length ?? 1, span: 1, counts: [] };
  }
  if (selection.kind === "groupMax") {
    checkGroups(selection.groups, latents);
    return { ...plan, ...byPrefix, levels: prefixes?.length ?? 1, span: latents / selection.groups, counts: [1] };
  }
  const ks = typeof selection.k === "number" ? [selection.k] : selection.k;
  checkRanks(selection.kind, ks, latents);
  if (prefixes !== undefined && ks.length > 1) {
    throw new RangeError("select: levels come from k or from prefixes, got both; pass one k, or no prefixes");
  }
  const levels = prefixes?.length ?? ks.length;
  return selection.kind === "topK"
    ? { ...plan, ...byPrefix, levels, span: latents, counts: ks }
    : { ...plan, ...byPrefix, levels, span: batch * latents, counts: ks.map((k) => Math.floor(k * batch)) };
}

function checkRanks(kind: string, ks: readonly number[], latents: number): void {
  const valid = (k: number) => k > 0 && k <= latents && (kind === "batchTopK" || Number.isInteger(k));
  if (ks.length > 0 && ks.every((k, i) => valid(k) && (i === 0 || k > (ks[i - 1] as number)))) return;
  const range = `${kind === "topK" ? "an integer from 1" : "a number above 0 and up"} to ${latents} latents`;
  throw new RangeError(`select: k must be ${range}, ascending by level, got [${ks}]; change k`);
}

function checkGroups(groups: number, latents: number): void {
  if (Number.isInteger(groups) && groups > 0 && latents % groups === 0) return;
  throw new RangeError(
    `select: groups must be a whole number that divides ${latents} latents, got ${groups}; change groups`,
  );
}

function checkPrefixes(prefixes: readonly number[], latents: number): void {
  const ascending = prefixes.every((w, i) => Number.isInteger(w) && w > (i === 0 ? 0 : (prefixes[i - 1] as number)));
  if (ascending && prefixes.at(-1) === latents) return;
  throw new RangeError(`select: prefixes must ascend to ${latents} latents, got [${prefixes}]; end with ${latents}`);
}

function checkAuxiliary(among: Tensor, k: number, latents: number): void {
  requireShape("select", "auxiliary.among", among.shape, [latents]);
  if (Number.isInteger(k) && k >= 0 && k <= latents) return;
  throw new RangeError(`select: auxiliary.k must be an integer from 0 to ${latents} latents, got ${k}; lower it`);
}
