import type { SupportBlock } from "@monosema/tensor";
import type { ArrayName } from "./arrays.js";
import type { LayerWidths, SdlSpec } from "./spec.js";

/** Blocks of rows, one per layer; undefined for arrays and variants that may hold numbers everywhere. */
export type Support = readonly SupportBlock[] | undefined;

/**
 * Where a matrix of a cross-layer transcoder holds numbers (Ameisen et al. 2025): latents of a layer read its source alone, and write to
 * its target and to those of later layers. As one matrix the encoder is block-diagonal, the decoder block-triangular.
 */
export function supportOf({ layers, nR }: Pick<SdlSpec, "layers" | "nR">, name: ArrayName): Support {
  if (layers === undefined || (name !== "encoder" && name !== "decoder")) return undefined;
  const [sources, targets] = [offsets(layers, "nP"), offsets(layers, "nR")];
  return layers.map(({ nQ, nP }, layer) => {
    const [source, target] = [sources[layer] as number, targets[layer] as number];
    return name === "encoder" ? { rows: nQ, from: source, to: source + nP } : { rows: nQ, from: target, to: nR };
  });
}

/** The block that holds a row. */
export function blockOf(support: readonly SupportBlock[], row: number): SupportBlock {
  let end = 0;
  return support.find((block) => {
    end += block.rows;
    return row < end;
  }) as SupportBlock;
}

/** First column or latent of each layer. */
export function offsets(layers: readonly LayerWidths[], width: keyof LayerWidths): readonly number[] {
  let start = 0;
  return layers.map((layer) => {
    const own = start;
    start += layer[width];
    return own;
  });
}

/** Columns `from` to `to - 1` of `[N, width]`. */
export function columnsOf<T extends Float32Array | Float64Array>(rows: T, width: number, from: number, to: number): T {
  const count = rows.length / width;
  const own = to - from;
  const out = rows.slice(0, count * own) as T;
  for (let i = 0; i < count; i++) out.set(rows.subarray(i * width + from, i * width + to), i * own);
  return out;
}

/** Sets the numbers of `[rows, width]` outside the support to 0. */
export function clearOutside(rows: Float32Array | Float64Array, width: number, support: Support): void {
  for (const [start, { from, to }] of rowsOf(width, support)) {
    rows.fill(0, start, start + from).fill(0, start + to, start + width);
  }
}

/** Throws a RangeError unless the numbers outside the support of an array are 0. */
export function requireSupport(
  caller: string,
  spec: Pick<SdlSpec, "layers" | "nP" | "nR">,
  name: ArrayName,
  values: Float32Array | Float64Array,
): void {
  const width = name === "encoder" ? spec.nP : spec.nR;
  if (isZeroOutside(values, width, supportOf(spec, name))) return;
  const what = name === "encoder" ? "outside the source of each layer" : "for the targets of earlier layers";
  throw new RangeError(
    `${caller}: the ${name} of a cross-layer transcoder must be 0 ${what}, got other values; the weights belong to another model`,
  );
}

/** Whether all numbers of `[rows, width]` outside the support are 0. */
export function isZeroOutside(rows: Float32Array | Float64Array, width: number, support: Support): boolean {
  const isZero = (value: number): boolean => value === 0;
  for (const [start, { from, to }] of rowsOf(width, support)) {
    if (!rows.subarray(start, start + from).every(isZero) || !rows.subarray(start + to, start + width).every(isZero))
      return false;
  }
  return true;
}

/** The start of each row, with its block. */
function* rowsOf(width: number, support: Support): Generator<readonly [start: number, block: SupportBlock]> {
  let start = 0;
  for (const block of support ?? []) {
    for (const end = start + block.rows * width; start < end; start += width) yield [start, block];
  }
}
