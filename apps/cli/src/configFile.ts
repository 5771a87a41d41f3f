import { readFile } from "node:fs/promises";
import { parseJson } from "@monosema/tensor";
import { didYouMean } from "./didYouMean.js";
import { type Given, type Option, type Options, parseOptions } from "./options.js";
import { UsageError } from "./usageError.js";

/** The option that names a file with the other options. */
export const configOption = {
  value: "FILE",
  help: 'the options as JSON, such as {"data": "x.npy", "grid": {"k": [16, 32], "seed": "0..4"}}; what the command line gives comes first',
  path: "input",
} as const satisfies Option;

/** Options that a file cannot give. */
const never: readonly string[] = ["config", "help", "version"];

/**
 * Options of a command line with those of the file that its `--config` names, as if they were typed before it: an option of the command
 * line takes the place of the file's, and a `--grid KEY` that of this key.
 *
 * @throws UsageError for a key that is no option of the command, or a value that it cannot have
 */
export async function withConfigFile(
  command: string,
  options: Options,
  given: Given,
  args: readonly string[],
): Promise<Given> {
  const path = options.config === undefined ? undefined : given.text("config");
  if (path === undefined) return given;
  const config = parseJson(await readFile(path, "utf8"), path);
  if (typeof config !== "object" || config === null || Array.isArray(config))
    throw new UsageError(`--config must be a file with one record of options, got another value in ${path}`);
  const names = Object.keys(options).filter((name) => !never.includes(name));
  const varied = given.texts("grid").map((text) => text.split("=")[0]);
  const before: string[] = [];
  for (const [name, value] of Object.entries(config)) {
    if (!names.includes(name)) {
      throw new UsageError(
        `--config ${path} may hold options of ${command}, got ${name}${didYouMean(name, names)}; see monosema ${command} --help`,
      );
    }
    if (name === "grid") before.push(...gridArguments(path, value, varied));
    else if (!given.has(name) && given.texts(name).length === 0)
      before.push(...argumentsOf(path, name, value, options[name] as Option));
  }
  return parseOptions(command, options, [...before, ...args]);
}

const gridArguments = (path: string, grid: unknown, varied: readonly (string | undefined)[]): readonly string[] => {
  if (typeof grid !== "object" || grid === null || Array.isArray(grid))
    throw refused(path, "grid", 'a record of lists, such as {"k": [16, 32], "seed": "0..4"}', grid);
  return Object.entries(grid)
    .filter(([key]) => !varied.includes(key))
    .map(([key, values]) => {
      const list = [values].flat();
      if (list.length > 0 && list.every(isPlain)) return `--grid=${key}=${list.join(",")}`;
      throw refused(path, `grid ${key}`, "a list of numbers and texts", values);
    });
};

function argumentsOf(
  path: string,
  name: string,
  value: unknown,
  { value: takes, multiple }: Option,
): readonly string[] {
  if (takes === undefined) {
    if (typeof value === "boolean") return value ? [`--${name}`] : [];
    throw refused(path, name, "true or false", value);
  }
  if (isPlain(value)) return [`--${name}=${value}`];
  if (!Array.isArray(value) || !value.every(isPlain))
    throw refused(path, name, "a number, a text or a list of them", value);
  return multiple ? value.map((one) => `--${name}=${one}`) : [`--${name}=${value.join(",")}`];
}

const isPlain = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

const refused = (path: string, name: string, wanted: string, value: unknown): UsageError =>
  new UsageError(`${name} of --config ${path} must be ${wanted}, got ${JSON.stringify(value)}`);
