import {
  arrayImages,
  type HarvestModel,
  type HarvestSource,
  imagePreparation,
  imageSource,
  type TextSourceOptions,
  textSource,
} from "@monosema/harvest";
import { folderImages } from "@monosema/harvest/node";
import { parseJson } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import { openText } from "../data.js";
import type { Given, Options } from "../options.js";
import { statOf } from "../statOf.js";
import { UsageError } from "../usageError.js";
import { openHarvestTokenizer, openTexts, textOptions } from "./texts.js";

/** The options of {@link openSource}. */
export const sourceOptions: Options = {
  ...textOptions,
  length: { value: "N", help: "tokens of a window, start token included (default 128)" },
  start: { value: "ID", help: "token id before every window, or none (default: the model's)" },
  images: {
    value: "FOLDER",
    help: "images instead of texts: a folder (needs the package sharp), or npy of bytes [N, height, width] or [N, height, width, 3]",
    path: "input",
  },
  preprocess: {
    value: "FILE",
    help: "how images are made ready: the model's preprocessor_config.json, or JSON such as '{\"size\": 224}'",
  },
};

/** Opens what goes into the model: `--texts`, `--tokens` or `--images`. */
export async function openSource(given: Given, model: HarvestModel): Promise<HarvestSource> {
  const images = given.text("images");
  if (images === undefined) {
    const texts = await openTexts(given);
    return textSource(model, { texts, ...(await openHarvestTokenizer(given, model)), ...windowsFrom(given) });
  }
  const unused = ["texts", "tokens", "tokenizer", "length", "start"].filter((name) => given.text(name) !== undefined);
  if (unused.length > 0) {
    throw new UsageError(`--${unused.join(", --")} is for texts, got --images, too; leave it out`);
  }
  const preparation = imagePreparation(...(await preprocess(given)));
  const isFolder = statOf(images)?.isDirectory() === true;
  return imageSource(model, {
    images: isFolder ? await folderImages(images) : await arrayImages(await fileSource(images)),
    preparation,
  });
}

/** The JSON of `--preprocess`, and a name for it. */
async function preprocess(given: Given): Promise<readonly [unknown, string]> {
  const text = given.text("preprocess");
  if (text === undefined) {
    throw new UsageError(
      "--preprocess must be given for --images: the model's preprocessor_config.json, or JSON such as '{\"size\": 224}'",
    );
  }
  const isJson = text.trimStart().startsWith("{");
  return [parseJson(isJson ? text : await openText("preprocess", text), "--preprocess"), "--preprocess"];
}

function windowsFrom(given: Given): Partial<TextSourceOptions> {
  const [length, start] = [given.whole("length", 1), given.text("start") === "none" ? null : given.whole("start", 0)];
  return { ...(length === undefined ? {} : { length }), ...(start === undefined ? {} : { start }) };
}
