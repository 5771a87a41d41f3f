import { fileName, formatWhole } from "@monosema/experiments/format";
import type { FeatureDocument } from "@monosema/features";
import type { Given, Options } from "../options.js";
import { shellQuoted } from "../shellQuoted.js";
import type { FeatureInputs } from "./inputs.js";
import type { MeasuredFeatures } from "./measured.js";

/** Options that decide no figure. */
const elsewhere: readonly string[] = ["latents"];

/** All that is known of the features of a dictionary, as a page or a terminal shows it; examples without views. */
export function featureDocument(
  given: Given,
  options: Options,
  { model, data }: FeatureInputs,
  { records, alive, rows, sampledRows, l0 }: MeasuredFeatures,
  warnings: readonly string[],
): FeatureDocument {
  const [checkpoint = ""] = given.positionals;
  const { model: source, hook, leftOut } = data;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["model", source],
    ["hook", hook],
    ["rows", formatWhole(rows)],
    ["left out for their norm", leftOut.length === 0 ? undefined : formatWhole(leftOut.length)],
    ["latents", `${formatWhole(records.length)}, of which ${formatWhole(alive)} fire`],
    ["active latents a row", l0.toFixed(1)],
    ["dictionary", `${model.spec.variant}, ${model.spec.activation.kind}`],
  ];
  return {
    title: fileName(checkpoint),
    checkpoint: shellQuoted(checkpoint),
    options: optionsText(given, options),
    ...{ latents: records.length, alive, rows, sampledRows, warnings, features: records },
    facts: facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  };
}

/** The options that were given, for a command line. */
function optionsText(given: Given, options: Options): string {
  return Object.keys(options)
    .filter((name) => !elsewhere.includes(name))
    .flatMap((name) => given.texts(name).map((text) => `--${name} ${shellQuoted(text)}`))
    .join(" ");
}
