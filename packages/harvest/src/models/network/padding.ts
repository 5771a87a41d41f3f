import type { RuntimeTensor } from "../../runtime/runtime.js";
import type { TokenFacts } from "../harvestModel.js";

/**
 * The ids of windows `[B, T]`, T the longest; zeros behind shorter ones.
 *
 * @throws RangeError where a window is empty or too long, or an id is none of the vocabulary
 */
export function paddedIds(
  windows: readonly Int32Array[],
  { vocabulary = 2 ** 31, context }: Pick<TokenFacts, "vocabulary" | "context">,
): Extract<RuntimeTensor, { type: "int64" }> {
  const length = longest(windows, context);
  const data = new BigInt64Array(windows.length * length);
  for (const [b, window] of windows.entries()) {
    for (const [t, id] of window.entries()) {
      if (!(id >= 0 && id < vocabulary)) {
        const place = `token ${t} of window ${b}`;
        throw new RangeError(
          `inputs: ids must be from 0 to ${vocabulary - 1}, got ${id} at ${place}; use the model's own tokenizer`,
        );
      }
      data[b * length + t] = BigInt(id);
    }
  }
  return { type: "int64", dims: [windows.length, length], data };
}

/** Which places of the same windows `[B, T]` hold tokens. */
export function paddingMask(windows: readonly Int32Array[]): readonly boolean[] {
  const length = longest(windows, undefined);
  return windows.flatMap((window) => Array.from({ length }, (_, t) => t < window.length));
}

function longest(windows: readonly Int32Array[], context = Number.POSITIVE_INFINITY): number {
  const lengths = windows.map((window) => window.length);
  const most = Math.max(0, ...lengths);
  if (most >= 1 && most <= context && Math.min(...lengths) >= 1) return most;
  throw new RangeError(
    `inputs: windows must be one or more of 1 to ${context} tokens, got lengths ${lengths.join(", ") || "none"}; cut the text`,
  );
}
