import type { CheckpointFiles } from "@monosema/sdl";
import { FormatError, parseJson, readText } from "@monosema/tensor";
import { isRecord, type JsonRecord } from "./configKeys.js";

/**
 * Reads a file that holds one JSON object.
 *
 * @throws FormatError `missing-file`, `not-json`, or those of `readText` of @monosema/tensor
 */
export async function readConfig(files: CheckpointFiles, name: string): Promise<JsonRecord> {
  if (!files.names.has(name)) {
    const message = `${name} must lie beside the weights, got none; copy the whole folder`;
    throw new FormatError("missing-file", message, { file: files.folder });
  }
  const source = await files.open(name);
  const value = parseJson(await readText(source).finally(() => source.close()), source.name);
  if (isRecord(value)) return value;
  const message = "the text must be a JSON object, got another value; save the file again";
  throw new FormatError("not-json", message, { file: source.name });
}
