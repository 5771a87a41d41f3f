import { commonOptions, type Given, type Options } from "../options.js";
import { trainOptions } from "../train/options.js";

/** What a sweep decides itself, or cannot hand to other machines. */
const own: readonly string[] = ["init", "resume", "save-every", "save-every-seconds", "seeds"];
/** What says where the data are. */
const places: readonly string[] = ["anchors", "data", "source", "target", "tensor"];

/** Options of `train` that a sweep takes. */
export const sweptOptions: Options = Object.fromEntries(
  Object.entries(trainOptions).filter(([name]) => !own.includes(name)),
);

const plain = Object.entries({ ...sweptOptions, seed: commonOptions.seed }).filter(([name]) => !places.includes(name));

/** Options whose values a grid may vary. */
export const gridOptions: Options = Object.fromEntries(
  plain.flatMap(([name, option]) => (option?.value === undefined ? [] : [[name, option]])),
);

/** Options that decide how a run trains, and what the command line gives for them: `true` for a switch. */
export function trainingOptions(given: Given): Readonly<Record<string, string | true>> {
  return Object.fromEntries(
    plain.flatMap(([name, option]) => {
      const value = option?.value === undefined ? given.has(name) || undefined : given.text(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** The same as arguments of a command line. */
export const trainingArguments = (options: Readonly<Record<string, string | true>>): readonly string[] =>
  Object.entries(options).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
