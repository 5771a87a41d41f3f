import { parseArgs } from "node:util";
import { tiers } from "@monosema/simd";
import { didYouMean } from "./didYouMean.js";
import { UsageError } from "./usageError.js";

/** One option of a command, for parsing and for its help. */
export interface Option {
  /** What the value is, such as `FILE`; absent for switches. */
  readonly value?: string;
  /** The value may be left out, which gives the empty text: the next argument is the value where it ends so. */
  readonly ending?: string;
  /** One line. */
  readonly help: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  /** One letter that stands for it. */
  readonly short?: string;
  /** The value is a path that the command reads or writes. */
  readonly path?: "input" | "output";
}

/** Options by name, without dashes. */
export type Options = Readonly<Record<string, Option>>;

/** What every command takes. */
export const commonOptions: Options = {
  backend: { value: "NAME", help: "auto, simd, reference, tfjs-cpu, tfjs-wasm or tfjs-node (default auto)" },
  tier: { value: "T", help: `kernels of the simd backend: auto, ${tiers.join(", ")} (default auto)` },
  threads: { value: "N", help: "threads, where the backend can choose" },
  seed: { value: "S", help: "whole number (default 0)" },
  out: { value: "FOLDER", help: "where results go (default runs/<command>-<time>)" },
  force: { help: "replace the results that an earlier run left in --out; other files there stay" },
  json: { help: "print exactly one JSON document on standard output; progress goes to standard error" },
  quiet: { help: "no progress" },
  help: { help: "this text; -h too", short: "h" },
  version: { help: "the version; -v too", short: "v" },
};

/** Values of a command line. */
export interface Given {
  /** Arguments that are no options. */
  readonly positionals: readonly string[];
  /** Whether a switch was given. */
  has(name: string): boolean;
  /** Text of an option. */
  text(name: string): string | undefined;
  /** All texts of an option, which may be one that can be repeated. */
  texts(name: string): readonly string[];
  /** Text that must be one of `choices`. */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
  /** Comma-separated texts, each one of `choices`. */
  list<T extends string>(name: string, choices: readonly T[]): readonly T[] | undefined;
  /** A number of at least `minimum`. */
  number(name: string, minimum: number): number | undefined;
  /** A number above 0. */
  positive(name: string): number | undefined;
  /** A whole number of at least `minimum`. */
  whole(name: string, minimum: number): number | undefined;
}

/**
 * Parses the arguments after the command name.
 *
 * @throws UsageError that names the option, what it must be, and what came
 */
export function parseOptions(command: string, options: Options, args: readonly string[]): Given {
  const { values, positionals } = parsed(command, options, args);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : undefined;
  };
  const refuse = (name: string, requirement: string, got: string, meant = ""): UsageError =>
    new UsageError(`--${name} must be ${requirement}, got ${got}${meant}; see monosema ${command} --help`);
  const numberThat = (name: string, holds: (value: number) => boolean, requirement: string): number | undefined => {
    const given = text(name);
    if (given === undefined) return undefined;
    const value = given.trim() === "" ? Number.NaN : Number(given);
    if (!(Number.isFinite(value) && holds(value))) throw refuse(name, requirement, given);
    return value;
  };
  const number = (name: string, minimum: number): number | undefined =>
    numberThat(name, (value) => value >= minimum, `a number of at least ${minimum}`);
  const oneOf = <T extends string>(name: string, given: string, choices: readonly T[]): T => {
    const found = choices.find((choice) => choice === given);
    if (found === undefined) throw refuse(name, `one of ${choices.join(", ")}`, given, didYouMean(given, choices));
    return found;
  };
  return {
    positionals,
    text,
    number,
    positive: (name) => numberThat(name, (value) => value > 0, "a number above 0"),
    has: (name) => values[name] === true,
    texts: (name) => [values[name] ?? []].flat().filter((value) => typeof value === "string"),
    choice: (name, choices) => {
      const given = text(name);
      return given === undefined ? undefined : oneOf(name, given, choices);
    },
    list: (name, choices) => {
      const given = text(name);
      return given === undefined
        ? undefined
        : [...new Set(given.split(",").map((part) => oneOf(name, part.trim(), choices)))];
    },
    whole(name, minimum) {
      const value = number(name, minimum);
      if (value !== undefined && !Number.isSafeInteger(value))
        throw refuse(name, `a whole number of at least ${minimum}`, String(text(name)));
      return value;
    },
  };
}

/** Options that stand without their value get the empty one. */
function withEmptyValues(options: Options, args: readonly string[]): string[] {
  return args.map((arg, i) => {
    const { ending } = options[arg.replace(/^--/, "")] ?? {};
    const isAlone = arg.startsWith("--") && ending !== undefined && !args[i + 1]?.endsWith(ending);
    return isAlone ? `${arg}=` : arg;
  });
}

type Values = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

function parsed(command: string, options: Options, args: readonly string[]): { values: Values; positionals: string[] } {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, multiple, short }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        multiple: multiple ?? false,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  const see = `see monosema ${command} --help`;
  try {
    const result = parseArgs({
      args: withEmptyValues(options, args),
      options: config,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const seen = new Set<string>();
    for (const token of result.tokens) {
      if (token.kind !== "option") continue;
      if (seen.has(token.name) && !options[token.name]?.multiple)
        throw new UsageError(`--${token.name} may be given once, got it again; ${see}`);
      seen.add(token.name);
    }
    return { values: result.values as Values, positionals: result.positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const unknown = /Unknown option '(-[^']*)'/.exec(String(error))?.[1];
    const meant = didYouMean(unknown?.replace(/^-+/, "") ?? "", Object.keys(options)).replace("mean ", "mean --");
    const message = unknown
      ? `${unknown} is not an option of ${command}${meant}; ${see}`
      : `${(error as Error).message}; ${see}`;
    throw new UsageError(message, { cause: error });
  }
}
