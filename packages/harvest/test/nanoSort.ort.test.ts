import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openModel } from "../src/index.js";
import { folderFiles } from "../src/node.js";
import { describeRuntimes, floats, runOnce } from "./support/runtimes.js";
import { shared } from "./support/shared.js";

interface Stored {
  readonly shape: readonly number[];
  readonly data: string;
}

const path = join(shared, "lm/gpt-nano-sort/gpt-nano-sort-model.json");

/** Published intermediate results by the hooks that they are. */
const published: Readonly<Record<string, string>> = {
  tok_emb: "hook_embed",
  x: "blocks.0.hook_resid_pre",
  ln1: "blocks.0.ln1.hook_normalized",
  q: "blocks.0.attn.hook_q",
  k: "blocks.0.attn.hook_k",
  v: "blocks.0.attn.hook_v",
  y: "blocks.0.attn.hook_z",
  yProj: "blocks.0.hook_attn_out",
  attnResid: "blocks.0.hook_resid_mid",
  ln2: "blocks.0.ln2.hook_normalized",
  fc: "blocks.0.mlp.hook_pre",
  gelu: "blocks.0.mlp.hook_post",
  mlp: "blocks.0.hook_mlp_out",
  mlpResid: "blocks.0.hook_resid_post",
  block0: "blocks.0.hook_resid_post",
  block1: "blocks.1.hook_resid_post",
  block2: "blocks.2.hook_resid_post",
  ln_f: "ln_final.hook_normalized",
};

describeRuntimes(
  "gpt-nano-sort",
  (openRuntime) => {
    it("equals the published intermediate results at every hook that has one", async () => {
      const partials: Readonly<Record<string, Stored>> = JSON.parse(
        readFileSync(path.replace("model", "t0-partials"), "utf8"),
      );
      const numbers = (name: string) => {
        const { data } = partials[name] as Stored;
        return new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer);
      };
      const ids = Int32Array.from(numbers("idx"));
      const windows = [0, 1, 2].map((row) => ids.subarray(11 * row, 11 * row + 11));
      const model = await openModel(await folderFiles(path));
      const graph = await model.graph([...new Set(Object.values(published))], 11);
      const outputs = await runOnce(await openRuntime(), graph, model.inputs(windows));
      for (const [name, hook] of Object.entries(published)) {
        const [expected, actual] = [numbers(name), floats(outputs[hook])];
        const merged = "qkv".includes(name) ? mergedHeads(expected) : expected;
        expect(actual.length).toBe(merged.length);
        const difference = actual.reduce((most, x, i) => Math.max(most, Math.abs(x - (merged[i] as number))), 0);
        expect(difference, name).toBeLessThan(1e-5); // the results are float32 of PyTorch
      }
      await model.close();
    });
  },
  "lm/gpt-nano-sort/gpt-nano-sort-model.json",
);

/** `[3, 3 heads, 11, 16]` as `[3, 11, 48]`. */
function mergedHeads(x: Float32Array): Float32Array {
  return x.map((_, i) => {
    const [d, h, t, b] = [i % 16, Math.floor(i / 16) % 3, Math.floor(i / 48) % 11, Math.floor(i / 528)];
    return x[((b * 3 + h) * 11 + t) * 16 + d] as number;
  });
}
