import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@monosema/tensor";
import { expect, it } from "vitest";
import { openModel } from "../src/index.js";
import { folderFiles } from "../src/node.js";
import { describeRuntimes, floats, relativeError, runOnce } from "./support/runtimes.js";

const folder = join(import.meta.dirname, "fixtures/models");
const windows: readonly Int32Array[] = JSON.parse(readFileSync(join(folder, "windows.json"), "utf8")).map(
  (ids: number[]) => Int32Array.from(ids),
);

describeRuntimes("models of transformers", (openRuntime) => {
  it.each(["llama", "mistral", "qwen2", "gpt2", "bert", "roberta"])(
    "%s equals PyTorch at every hook, padded windows included",
    async (name) => {
      const { tensors } = readSafetensors(readFileSync(join(folder, name, "reference.safetensors")));
      const model = await openModel(await folderFiles(join(folder, name)));
      const hooks = model.hooks.map((hook) => hook.name);
      const outputs = await runOnce(await openRuntime(), await model.graph(hooks, 9), model.inputs(windows));
      for (const [w, window] of windows.entries()) {
        for (const hook of hooks) {
          const { dims } = outputs[hook] ?? { dims: [] };
          const [, length = 0, width = 0] = dims;
          expect(model.hooks.find((known) => known.name === hook)?.shape).toEqual(["B", "T", width]);
          const rows = floats(outputs[hook]).subarray(w * length * width, (w * length + window.length) * width);
          const expected = referenceOf(
            (key) => tensors.get(`${w}/${key}`)?.data as Float32Array | undefined,
            hook,
            width,
          );
          expect(relativeError(rows, expected), hook).toBeLessThan(2e-6); // float32, norms and rotations of PyTorch too
        }
      }
      await model.close();
    },
  );
});

/** GPT-2 computes q, k and v as one. */
function referenceOf(find: (key: string) => Float32Array | undefined, hook: string, width: number): Float32Array {
  const found = find(hook);
  if (found !== undefined) return found;
  const [, layer, part = ""] = /^blocks\.(\d+)\.attn\.hook_(.)$/.exec(hook) ?? [];
  const all = find(`blocks.${layer}.attn.qkv`);
  if (all === undefined) throw new Error(`the reference lacks ${hook}`);
  const first = "qkv".indexOf(part) * width;
  return all.filter((_, i) => i % (3 * width) >= first && i % (3 * width) < first + width);
}
