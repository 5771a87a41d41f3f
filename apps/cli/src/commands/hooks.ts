import type { Command } from "../command.js";
import { collapsedHooks } from "../harvest/hooksText.js";
import { openHarvestModel } from "../harvest/model.js";

/** `monosema hooks`. */
export const hooks: Command = {
  usage: "hooks MODEL",
  summary:
    "Lists what can be harvested of a model: an ONNX file, a GGUF or safetensors model (llama, BERT, GPT-2 and their like).",
  options: {},
  positionals: ["MODEL"],
  writes: [],
  async run(session) {
    const model = await openHarvestModel(session);
    try {
      const own = {
        model: { name: model.name, format: model.format, architecture: model.architecture },
        hooks: model.hooks,
      };
      const document = session.document({ name: "none", detail: "headers only", threads: 1 }, "", own);
      const { name, architecture, format, hooks: all } = model;
      session.finish(document, [`${name}: ${architecture}, ${format}`, "", ...collapsedHooks(all)].join("\n"));
    } finally {
      await model.close();
    }
  },
};
