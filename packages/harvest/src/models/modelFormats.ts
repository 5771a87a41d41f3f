import { FormatError } from "@monosema/tensor";
import type { Files } from "../files.js";
import { gguf } from "./gguf/gguf.js";
import { minGpt } from "./gpt2/minGpt.js";
import type { HarvestModel } from "./harvestModel.js";
import { llama2c } from "./llama/llama2c.js";
import type { ModelFormat } from "./modelFormat.js";
import { onnx } from "./onnx/onnx.js";
import { safetensors } from "./safetensors/safetensors.js";

/** All kinds of model files; the first that recognises some files opens them. */
export const modelFormats: readonly ModelFormat[] = [gguf, safetensors, onnx, llama2c, minGpt];

/**
 * Opens a model by its headers.
 *
 * @throws FormatError `unknown-format` where the files are of no kind in {@link modelFormats}, or what is wrong with them
 */
export async function openModel(files: Files): Promise<HarvestModel> {
  for (const format of modelFormats) if (await format.detects(files)) return await format.open(files);
  const names = modelFormats.map(({ name }) => name).join(", ");
  const got = files.main ?? (files.names.join(", ") || "an empty folder");
  throw new FormatError("unknown-format", `a model must be one of ${names}, got ${got}; convert it, or name its file`, {
    file: files.name,
  });
}
