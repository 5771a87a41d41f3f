import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import {
  type HarvestModel,
  type HarvestTexts,
  jsonTokenizer,
  openTokenizer,
  openTokens,
  type TextSourceOptions,
  textDocuments,
} from "@monosema/harvest";
import { fileSource } from "@monosema/tensor/node";
import type { Given, Options } from "../options.js";
import { statOf } from "../statOf.js";
import { UsageError } from "../usageError.js";

/** The options of {@link openTexts} and {@link openHarvestTokenizer}. */
export const textOptions: Options = {
  texts: {
    value: "FILE",
    help: "documents: .jsonl with a `text` in each line, .json with a list, or .txt with one in each line; - reads standard input",
    path: "input",
  },
  "text-key": { value: "KEY", help: "key of the text in records (default text)" },
  tokens: {
    value: "FILE",
    help: "token ids instead of texts: npy [documents, tokens] or [tokens], or JSON, a list of lists",
    path: "input",
  },
  tokenizer: {
    value: "FILE",
    help: "tokenizer.json of the model, or tok*.bin of llama2.c (default: the one in the model's file, where there is one)",
    path: "input",
  },
};

/** Opens `--texts` or `--tokens`. */
export async function openTexts(given: Given): Promise<HarvestTexts> {
  const [texts, tokens, key] = [given.text("texts"), given.text("tokens"), given.text("text-key")];
  if ((texts === undefined) === (tokens === undefined)) {
    throw new UsageError(
      "--texts FILE, --tokens FILE or --images FOLDER must be given, one of them; see monosema harvest --help",
    );
  }
  if (tokens !== undefined) {
    const opened = await openTokens(await fileSource(tokens));
    return { name: basename(tokens), repeatable: true, ...opened };
  }
  const path = texts as string;
  if (path === "-") {
    const stream = { name: "-", bytes: () => createReadStream("", { fd: 0, autoClose: false }) };
    return { name: "standard input", repeatable: false, documents: () => textDocuments(stream, options(key)) };
  }
  const file = statOf(path);
  if (file?.isFile() !== true) throw new UsageError(`--texts must name a readable file, got ${path}; check the path`);
  const stream = {
    name: basename(path),
    size: Number(file.size),
    bytes: () => createReadStream(path, { highWaterMark: 2 ** 18 }),
  };
  return { name: stream.name, repeatable: true, documents: () => textDocuments(stream, options(key)) };
}

const options = (key: string | undefined): { readonly key?: string } => (key === undefined ? {} : { key });

/** Opens `--tokenizer`, or the tokenizer that the model's file has; none where token ids are given. */
export async function openHarvestTokenizer(
  given: Given,
  model: HarvestModel,
): Promise<Pick<TextSourceOptions, "tokenizer">> {
  const path = given.text("tokenizer");
  if (path !== undefined) {
    const source = await fileSource(path);
    const tokenizer = await openTokenizer(source);
    const sha256 = createHash("sha256")
      .update(await source.read(0, source.size))
      .digest("hex");
    await source.close();
    return { tokenizer: { ...tokenizer, sha256 } };
  }
  const own = model.tokens?.tokenizer;
  if (own !== undefined) {
    const sha256 = createHash("sha256").update(JSON.stringify(own)).digest("hex");
    return { tokenizer: { ...jsonTokenizer(own, model.name), sha256 } };
  }
  if (given.text("tokens") !== undefined) return {};
  throw new UsageError(
    `--tokenizer FILE must be given for --texts: ${model.name} has none in its file; give its tokenizer.json, or token ids with --tokens`,
  );
}
