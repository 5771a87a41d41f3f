import { FormatError } from "@monosema/tensor";
import { llamaGguf } from "../llama/gguf.js";
import type { ModelFormat } from "../modelFormat.js";
import { networkModel } from "../network/networkModel.js";
import { firstBytes, onlyFile, opened, requireFile } from "../onlyFile.js";
import type { GgufArchitecture } from "./architecture.js";
import { openGguf } from "./openGguf.js";
import { ggufTokenizer } from "./tokenizer.js";

/** The networks that are built of GGUF files: one file each, one line here. */
const architectures: readonly GgufArchitecture[] = [llamaGguf];

/** llama.cpp's GGUF, versions 2 and 3. */
export const gguf: ModelFormat = {
  name: "gguf",
  detects: async (files) => {
    const name = onlyFile(files, ".gguf");
    return name !== undefined && new TextDecoder().decode(await firstBytes(files, name, 4)) === "GGUF";
  },
  open: async (files) =>
    await opened(files, requireFile(files, ".gguf"), async (source) => {
      const file = await openGguf(source);
      const { metadata } = file;
      const kind = metadata["general.architecture"];
      const architecture = architectures.find(({ names }) => names.includes(String(kind)));
      if (architecture === undefined) {
        const names = architectures.flatMap(({ names }) => names).join(", ");
        const message = `the architecture must be one of ${names}, got ${kind}; use a model of these, or its ONNX export`;
        throw new FormatError("unsupported-architecture", message, { file: source.name });
      }
      const start = metadata["tokenizer.ggml.bos_token_id"];
      const { "general.name": name, "general.license": licence } = metadata;
      return networkModel(await architecture.network(file, String(kind)), {
        name: typeof name === "string" ? name : source.name,
        ...(typeof licence === "string" ? { licence } : {}),
        format: "gguf",
        tokens: { ...ggufTokenizer(metadata), ...(typeof start === "number" ? { start } : {}) },
        close: () => source.close(),
      });
    }),
};
