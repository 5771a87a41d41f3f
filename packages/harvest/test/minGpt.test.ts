import { describe, expect, it } from "vitest";
import { openModel } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";

const zeros = (shape: readonly number[]) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, dtype: "torch.float32", data: Buffer.alloc(4 * count).toString("base64") };
};
const block: Readonly<Record<string, readonly number[]>> = {
  "ln_1.weight": [4],
  "ln_1.bias": [4],
  "ln_2.weight": [4],
  "ln_2.bias": [4],
  "attn.c_attn.weight": [12, 4],
  "attn.c_attn.bias": [12],
  "attn.c_proj.weight": [4, 4],
  "attn.c_proj.bias": [4],
  "mlp.c_fc.weight": [16, 4],
  "mlp.c_fc.bias": [16],
  "mlp.c_proj.weight": [4, 16],
  "mlp.c_proj.bias": [4],
};
const model = {
  config: { n_layer: 1, n_head: 2, n_embd: 4, vocab_size: 3, block_size: 5 } as Record<string, unknown>,
  "transformer.wte.weight": zeros([3, 4]),
  "transformer.wpe.weight": zeros([5, 4]),
  "transformer.ln_f.weight": zeros([4]),
  "transformer.ln_f.bias": zeros([4]),
  ...Object.fromEntries(Object.entries(block).map(([name, shape]) => [`transformer.h.0.${name}`, zeros(shape)])),
};
const open = (content: unknown) => openModel(memoryFiles({ "model.json": JSON.stringify(content) }, "model.json"));

describe("a minGPT model", () => {
  it("has the hooks of GPT-2 and the sizes of its config", async () => {
    const { hooks, tokens, format, architecture } = await open(model);
    expect({ format, architecture, tokens }).toEqual({
      ...{ format: "mingpt", architecture: "gpt2" },
      tokens: { vocabulary: 3, context: 5 },
    });
    const names = ["hook_embed", "blocks.0.hook_resid_pre", "blocks.0.mlp.hook_post", "ln_final.hook_normalized"];
    expect(hooks.filter(({ name }) => names.includes(name)).map(({ name, shape }) => [name, shape?.[2]])).toEqual(
      [4, 4, 16, 4].map((width, i) => [names[i], width]),
    );
  });

  it.each([
    ["a tensor that is missing", { "transformer.wpe.weight": undefined }, "missing-tensor"],
    ["a tensor of another shape", { "transformer.wpe.weight": zeros([4, 4]) }, "bad-shape"],
    ["a tensor that is cut short", { "transformer.wte.weight": { ...zeros([3, 4]), data: "AAAA" } }, "size-mismatch"],
    ["half precision", { "transformer.wte.weight": { ...zeros([3, 4]), dtype: "torch.float16" } }, "unsupported-dtype"],
    ["heads that do not divide the width", { config: { ...model.config, n_head: 3 } }, "bad-config"],
    ["layers that are no number", { config: { ...model.config, n_layer: 1.5 } }, "bad-config"],
  ])("with %s is refused", async (_, change, code) => {
    await expect(open({ ...model, ...change })).rejects.toMatchObject({ name: "FormatError", code });
  });

  it("with data that are not base64 is refused when they are read", async () => {
    const data = "!".repeat(64);
    const opened = await open({ ...model, "transformer.wte.weight": { ...zeros([3, 4]), data } });
    const { external } = await opened.graph(["hook_embed"], 2);
    const reading = async () => {
      for (const weights of external) for await (const _ of weights.parts());
    };
    await expect(reading()).rejects.toMatchObject({ code: "not-base64" });
  });
});
