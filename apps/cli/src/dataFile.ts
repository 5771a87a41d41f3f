import { readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { naturalOrder } from "@monosema/harvest/read";
import type { Given } from "./options.js";
import { statOf } from "./statOf.js";
import { UsageError } from "./usageError.js";

/** Files of numbers, and which of their matrices. */
export interface DataFile {
  /** Path of a file or folder, or a pattern of paths. */
  readonly path: string;
  /** Name of the matrix; absent where none was named. */
  readonly tensor?: string;
}

/** Takes `FILE` or `FILE:tensor` apart, where FILE may be a folder or a pattern; what is there as a file is no tensor name. */
export function dataFile(text: string): DataFile {
  if (pathsAt(text).length > 0) return { path: text };
  for (let at = text.lastIndexOf(":"); at > 0; at = text.lastIndexOf(":", at - 1)) {
    const [path, tensor] = [text.slice(0, at), text.slice(at + 1)];
    if (tensor !== "" && pathsAt(path).length > 0) return { path, tensor };
  }
  return { path: text };
}

/** What is at a path: itself, or where its last part has `*` or `?`, all that they stand for, in natural order. */
export function pathsAt(path: string): readonly string[] {
  if (statOf(path) !== undefined) return [path];
  const [folder, last] = [dirname(path), basename(path)];
  if (!/[*?]/.test(last) || !statOf(folder)?.isDirectory()) return [];
  const literal = last.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "su");
  // As in a shell, a leading dot has to be given.
  const names = readdirSync(folder).filter(
    (name) => pattern.test(name) && name.startsWith(".") === last.startsWith("."),
  );
  return names.sort(naturalOrder).map((name) => join(folder, name));
}

/**
 * The texts of `--data` or another option as absolute `FILE` or `FILE:tensor`, with the tensor of `--tensor` where they name none.
 *
 * @throws UsageError where both name one
 */
export function dataTexts(given: Given, option: string): readonly string[] {
  const tensor = given.text("tensor");
  return given.texts(option).map((text) => {
    const file = dataFile(text);
    if (tensor === undefined) return resolve(text);
    if (file.tensor === undefined) return `${resolve(text)}:${tensor}`;
    throw new UsageError(`--tensor ${tensor} and --${option} ${text} both name a tensor; drop one of them`);
  });
}

/**
 * The texts of `--data` of a command as {@link dataTexts} gives them.
 *
 * @throws UsageError where it is missing
 */
export function dataOf(given: Given, command: string): readonly string[] {
  const texts = dataTexts(given, "data");
  if (texts.length > 0) return texts;
  throw new UsageError(`--data must be given; see monosema ${command} --help`);
}
