import type { HarvestModel } from "../../src/models/harvestModel.js";
import type { Runtime } from "../../src/runtime/runtime.js";

/** Width of both hooks of the toy. */
export const width = 3;

/** What the toy gives at a hook for a token at a place of its window: exact in float16. */
export const toyValue = (hook: string, token: number, place: number, d: number): number =>
  (hook === "a" ? 1 : -1) * (token === 99 ? 40 : 1) * (1 + (token % 7) + place / 8 + d / 64);

/** A model of 100 tokens with the hooks a and b; token 99 has rows of massive norm. */
export function toyModel(): HarvestModel & { readonly sha256: string } {
  return {
    name: "toy",
    format: "toy",
    architecture: "table",
    sha256: "0".repeat(64),
    hooks: [
      { name: "a", shape: ["B", "T", width] },
      { name: "b", shape: ["B", "T", width] },
    ],
    tokens: { vocabulary: 100, context: 64, start: 1 },
    graph: async (hooks) => ({ proto: new TextEncoder().encode(hooks.join()), external: [] }),
    inputs: (windows) => {
      const length = Math.max(...windows.map((ids) => ids.length));
      const data = new BigInt64Array(windows.length * length);
      for (const [b, ids] of windows.entries()) for (const [t, id] of ids.entries()) data[b * length + t] = BigInt(id);
      return { ids: { type: "int64", dims: [windows.length, length], data } };
    },
    close: async () => {},
  };
}

/** Runs the toy; counts the groups that were run. */
export function toyRuntime(): Runtime & { readonly groups: number; readonly open: Runtime["open"] } {
  const count = { groups: 0 };
  return {
    name: "toy",
    version: "1",
    get groups() {
      return count.groups;
    },
    open: async () => ({
      inputs: ["ids"],
      outputs: ["a", "b"],
      run: async ({ ids }, outputs) => {
        count.groups += 1;
        const [windows = 0, length = 0] = ids?.dims ?? [];
        const tokens = ids?.data as BigInt64Array;
        const of = (hook: string): Float32Array =>
          Float32Array.from({ length: windows * length * width }, (_, i) => {
            const at = Math.floor(i / width);
            return toyValue(hook, Number(tokens[at]), at % length, i % width);
          });
        return Object.fromEntries(
          outputs.map((hook) => [hook, { type: "float32" as const, dims: [windows, length, width], data: of(hook) }]),
        );
      },
      close: async () => {},
    }),
  };
}
