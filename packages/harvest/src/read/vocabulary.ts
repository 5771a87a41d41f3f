import { FormatError, parseJson, readText } from "@monosema/tensor";
import type { Files } from "../files.js";

/** Name of the file that lies beside activations. */
/** Name of the file. */
export const vocabularyName = "vocab.json";

/**
 * The texts of tokens, by their ids, from the vocab.json beside activations: a list, or a record of texts by id; undefined without one.
 *
 * @throws FormatError `vocabulary`, `not-json`, `not-text`
 */
export async function readVocabulary(files: Files): Promise<ReadonlyMap<number, string> | undefined> {
  if (!files.names.includes(vocabularyName)) return undefined;
  const source = await files.open(vocabularyName);
  const text = await readText(source).finally(() => source.close());
  const parsed = parseJson(text, source.name);
  const entries = typeof parsed === "object" && parsed !== null ? Object.entries(parsed) : [["", parsed] as const];
  const texts = new Map<number, string>();
  for (const [id, token] of entries) {
    if (!/^\d+$/.test(id) || typeof token !== "string") {
      const got = `${JSON.stringify(token)} for ${JSON.stringify(id)}`;
      const message = `the file must be a list of texts or a record of texts by id, got ${got}; write it again`;
      throw new FormatError("vocabulary", message, { file: source.name });
    }
    texts.set(Number(id), token);
  }
  return texts;
}
