/** Every {@link Tier}, the fastest first. */
export const tiers = ["int8", "int16", "float32"] as const;

/**
 * In what precision large products of samples and encoder are taken before the candidates are computed exactly: the selection is the
 * same in all of them, and so are the bits of TopK, BatchTopK and GroupMax.
 */
export type Tier = (typeof tiers)[number];

/** In what numbers a tile of the product is computed. */
export type ScreenKind = "float" | "short" | "byte";

/** Numbers of the kinds that the kernels share. */
export const kindCodes: Readonly<Record<ScreenKind, number>> = { float: 0, short: 1, byte: 2 };

/** How a tile of the product is computed. */
export interface TileChoice {
  readonly kind: ScreenKind;
  /** Columns of a tile. */
  readonly columns: 8 | 16;
  /** Added to the whole numbers of the samples (8 bits: 128 where the engine reads them unsigned). */
  readonly offset: number;
}

/** Steps of a tile's loop for a width: 1, 2 or 4 numbers each, in words that whole vectors of 4 numbers fill. */
export function depthOf(kind: ScreenKind, width: number): number {
  const quarters = Math.ceil(width / 4);
  return { float: width, short: 2 * quarters, byte: quarters }[kind];
}

/** Largest whole number on either side: products of 16 bits may not overflow int32 when summed. */
export function limitOf(kind: ScreenKind, width: number): number {
  return kind === "byte" ? 127 : Math.min(32_767, Math.floor(Math.sqrt((2 ** 31 - 1) / width)));
}

/** Bound on the growth of a norm by rounding in float32. */
export function normRounding(width: number): number {
  return 1 + (width + 16) * 2 ** -24;
}
