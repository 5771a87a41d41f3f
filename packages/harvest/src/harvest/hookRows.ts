import type { RuntimeTensor } from "../runtime/runtime.js";

/** The rows of a hook. */
export interface HookRows {
  /** `[items * places, width]`. */
  readonly data: Float32Array;
  /** Places of an item: tokens, patches, pixels. */
  readonly places: number;
  /** Width of a row. */
  readonly width: number;
}

/** What a hook's output must be. */
export interface HookOutput {
  /** Number of items. */
  readonly items: number;
  /** Items are windows of tokens. */
  readonly ofTokens: boolean;
  /** Width of a row, where it is known already. */
  readonly width?: number;
}

/**
 * The rows of a hook's output: `[items, places, width]` as it is; of images also `[items, width]`, one row each, and a convolution's
 * `[items, width, height, breadth]`, a row of its channels for each pixel, line by line.
 *
 * @throws RangeError for other shapes and types
 */
export function hookRows(hook: string, output: RuntimeTensor | undefined, expected: HookOutput): HookRows {
  const { items, ofTokens, width } = expected;
  const known = output?.type === "float32" && (output.dims.length === 3 || !ofTokens);
  const rows = known ? laidOut(output.dims, output.data) : undefined;
  if (rows && output?.dims[0] === items && rows.width > 0 && (width ?? rows.width) === rows.width) return rows;
  const got = output === undefined ? "nothing" : `${output.type} [${output.dims.join(", ")}]`;
  throw new RangeError(
    `harvest: ${hook} must be float32 [${items}, places, ${width ?? "width"}], got ${got}; choose another hook`,
  );
}

function laidOut(dims: readonly number[], data: Float32Array): HookRows | undefined {
  const [items = 0, second = 0, third = 0, fourth = 0] = dims;
  if (dims.length === 2) return { data, places: 1, width: second };
  if (dims.length === 3) return { data, places: second, width: third };
  if (dims.length !== 4) return undefined;
  const places = third * fourth;
  const rows = new Float32Array(data.length);
  for (let b = 0; b < items; b++) {
    for (let c = 0; c < second; c++) {
      const from = (b * second + c) * places;
      for (let p = 0; p < places; p++) rows[(b * places + p) * second + c] = data[from + p] as number;
    }
  }
  return { data: rows, places, width: second };
}
