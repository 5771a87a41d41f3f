import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { linkTarget } from "@monosema/tensor/node";
import { dataFile, pathsAt } from "./dataFile.js";
import type { Given, Options } from "./options.js";
import { statOf } from "./statOf.js";
import { UsageError } from "./usageError.js";

/** A path of a command line and what names it there, such as `--codes`. */
export interface NamedPath {
  readonly name: string;
  readonly path: string;
}

/**
 * Compares what a command will write with what it reads, and with itself, before any work: the same file is the same through links,
 * other spellings and letters of another case where the disk takes them for equal.
 *
 * @throws UsageError for an output that is an input, another output, no file, or in no folder
 */
export function checkOutputs(outputs: readonly NamedPath[], inputs: readonly NamedPath[]): void {
  const read = new Map(
    inputs.flatMap(({ name, path }) => filesOf(path).map((file) => [identity(file), name] as const)),
  );
  const written = new Map<string, string>();
  for (const { name, path } of outputs) {
    refuseNoFile(name, path);
    const id = identity(path);
    const other = read.get(id);
    if (other !== undefined)
      throw new UsageError(`${name} must not be a file that is read, got that of ${other}, ${path}; choose another`);
    const twin = written.get(id);
    if (twin !== undefined)
      throw new UsageError(`${name} and ${twin} must be different files, got ${path} for both; choose another`);
    written.set(id, name);
  }
}

/** The paths of a command line that are read or written: positional arguments, and options by their `path`. */
export function namedPaths(given: Given, options: Options, kind: "input" | "output"): readonly NamedPath[] {
  const own = kind === "input" ? given.positionals.map((path) => ({ name: path, path })) : [];
  const named = Object.entries(options).flatMap(([option, { path, ending }]) =>
    path === kind
      ? given
          .texts(option)
          .filter((text) => ending === undefined || text !== "")
          .flatMap((text) => placesOf(text, kind).map((place) => ({ name: `--${option}`, path: place })))
      : [],
  );
  return [...own, ...named];
}

/** What an input may name is a matrix of a file, or several files by a pattern. */
function placesOf(text: string, kind: "input" | "output"): readonly string[] {
  const { path } = dataFile(text);
  const there = kind === "input" ? pathsAt(path) : [];
  return there.length > 0 ? there : [path];
}

/** A file itself, or the files in a folder. */
function filesOf(path: string): readonly string[] {
  return statOf(path)?.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
}

/** The same text for the same file, whether it is there or not. */
function identity(path: string): string {
  const target = linkTarget(path);
  const file = statOf(target);
  if (file?.isFile()) return `${file.dev} ${file.ino}`;
  const folder = dirname(target);
  const whole = join(statOf(folder) ? realpathSync(folder) : folder, basename(target));
  // A new file: these systems take letters of another case for equal.
  return process.platform === "darwin" || process.platform === "win32" ? whole.toLowerCase() : whole;
}

function refuseNoFile(name: string, path: string): void {
  const file = statOf(path);
  if (file?.isDirectory()) throw new UsageError(`${name} must name a file, got the folder ${path}; name a file in it`);
  if (file && !file.isFile())
    throw new UsageError(`${name} must name a plain file, got ${path}, a device or pipe; choose another`);
  let folder = dirname(linkTarget(path));
  while (folder !== dirname(folder) && statOf(folder) === undefined) folder = dirname(folder);
  try {
    if (statOf(folder)?.isDirectory()) accessSync(folder, constants.W_OK);
    else throw new RangeError("not a folder");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new UsageError(
      `${name} must lie in a folder that can be written, got ${path} (${folder}: ${reason}); choose another`,
      {
        cause: error,
      },
    );
  }
}
