import { resolve } from "node:path";
import type { Given } from "./options.js";
import { statOf } from "./statOf.js";
import { UsageError } from "./usageError.js";

/** A file of numbers, and which of its tensors. */
export interface DataFile {
  /** Path of the file. */
  readonly path: string;
  /** Name of the tensor; absent where none was named. */
  readonly tensor?: string;
}

/** Takes `FILE` or `FILE:tensor` apart; what is there as a file is no tensor name. */
export function dataFile(text: string): DataFile {
  if (isThere(text)) return { path: text };
  for (let at = text.lastIndexOf(":"); at > 0; at = text.lastIndexOf(":", at - 1)) {
    const [path, tensor] = [text.slice(0, at), text.slice(at + 1)];
    if (tensor !== "" && isThere(path)) return { path, tensor };
  }
  return { path: text };
}

/**
 * The texts of `--data` as absolute `FILE` or `FILE:tensor`, with the tensor of `--tensor` where they name none.
 *
 * @throws UsageError where both name one
 */
export function dataTexts(given: Given, texts: readonly string[]): readonly string[] {
  const tensor = given.text("tensor");
  return texts.map((text) => {
    const file = dataFile(text);
    if (tensor === undefined) return resolve(text);
    if (file.tensor === undefined) return `${resolve(text)}:${tensor}`;
    throw new UsageError(`--tensor ${tensor} and --data ${text} both name a tensor; drop one of them`);
  });
}

/**
 * The one `--data` of a command as {@link dataTexts} gives it.
 *
 * @throws UsageError where it is missing
 */
export function dataText(given: Given, command: string): string {
  const text = given.text("data");
  if (text === undefined) throw new UsageError(`--data must be given; see monosema ${command} --help`);
  return dataTexts(given, [text])[0] as string;
}

const isThere = (path: string): boolean => statOf(path) !== undefined;
