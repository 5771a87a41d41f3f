import type { RuntimeTensor } from "../runtime/runtime.js";
import type { HarvestWindow } from "../windows/windowGroups.js";

/** Rows of some hooks, and where they come from. */
export interface CollectedRows {
  /** Number of rows. */
  readonly rows: number;
  /** `[rows, width]` by hook. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Token of each row. */
  readonly token: Int32Array;
  /** Document of each row. */
  readonly document: Int32Array;
  /** Position of each row in its document. */
  readonly position: Int32Array;
}

/** Gathers the rows of windows from what a model gives. */
export interface RowCollector {
  /**
   * Adds the rows of some windows.
   *
   * @param outputs - `[B, T, width]` by hook
   * @param before - tokens that went before each window, whose rows are left out
   */
  add(windows: readonly HarvestWindow[], outputs: Readonly<Record<string, RuntimeTensor>>, before: number): void;
  /** Everything since the last call. */
  take(): CollectedRows;
}

/**
 * A collector for up to `capacity` rows at a time; memory for them is taken once.
 *
 * @throws RangeError for outputs of another shape or that are not finite
 */
export function rowCollector(widths: ReadonlyMap<string, number>, capacity: number): RowCollector {
  const values = new Map([...widths].map(([hook, width]) => [hook, new Float32Array(capacity * width)]));
  const [token, document, position] = [new Int32Array(capacity), new Int32Array(capacity), new Int32Array(capacity)];
  let rows = 0;
  return {
    add(windows, outputs, before) {
      for (const [hook, width] of widths) {
        const { data, length } = hookOutput(hook, outputs[hook], windows.length, width);
        const into = values.get(hook) as Float32Array;
        let at = rows * width;
        for (const [b, { ids, document: of, position: from }] of windows.entries()) {
          const first = (b * length + before) * width;
          const part = data.subarray(first, first + ids.length * width);
          const bad = part.findIndex((value) => !Number.isFinite(value));
          if (bad >= 0) {
            throw new RangeError(
              `harvest: ${hook} must be finite, got ${part[bad]} at position ${from + Math.floor(bad / width)} of document ${of}; the model overflows there, leave the document out`,
            );
          }
          into.set(part, at);
          at += part.length;
        }
      }
      for (const { ids, document: of, position: from } of windows) {
        token.set(ids, rows);
        document.fill(of, rows, rows + ids.length);
        for (let t = 0; t < ids.length; t++) position[rows + t] = from + t;
        rows += ids.length;
      }
    },
    take() {
      const taken = {
        rows,
        values: new Map(
          [...widths].map(([hook, width]) => [hook, (values.get(hook) as Float32Array).subarray(0, rows * width)]),
        ),
        token: token.subarray(0, rows),
        document: document.subarray(0, rows),
        position: position.subarray(0, rows),
      };
      rows = 0;
      return taken;
    },
  };
}

/** Width of a hook's output. */
export function outputWidth(hook: string, output: RuntimeTensor | undefined): number {
  const width = output?.dims.at(-1);
  if (output?.type === "float32" && output.dims.length === 3 && width !== undefined && width > 0) return width;
  const got = output === undefined ? "nothing" : `${output.type} [${output.dims.join(", ")}]`;
  throw new RangeError(`harvest: ${hook} must be float32 [windows, tokens, width], got ${got}; choose another hook`);
}

function hookOutput(
  hook: string,
  output: RuntimeTensor | undefined,
  windows: number,
  width: number,
): { readonly data: Float32Array; readonly length: number } {
  const [count, length] = output?.dims ?? [];
  if (outputWidth(hook, output) !== width || count !== windows) {
    throw new RangeError(
      `harvest: ${hook} must be [${windows}, tokens, ${width}], got [${output?.dims.join(", ")}]; choose another hook`,
    );
  }
  return { data: (output as { readonly data: Float32Array }).data, length: length as number };
}
