import { fileName, formatWhole } from "@monosema/experiments/format";
import type { FeatureDocument } from "@monosema/features";
import type { Options } from "../options.js";
import type { Session } from "../session.js";
import { shardOptions } from "../shards/shardOptions.js";
import { shellQuoted } from "../shellQuoted.js";
import type { FeatureInputs } from "./inputs.js";
import type { MeasuredFeatures } from "./measured.js";

/** Options that decide no figure. */
const elsewhere: readonly string[] = ["latents", "page", ...Object.keys(shardOptions)];

/** All that is known of the features of a dictionary, as a page or a terminal shows it; examples without views. */
export function featureDocument(
  session: Session,
  options: Options,
  { model, data }: FeatureInputs,
  { records, alive, rows, sampledRows, l0 }: MeasuredFeatures,
  warnings: readonly string[],
): FeatureDocument {
  const [checkpoint = ""] = session.given.positionals;
  const { spec, metadata = {} } = model;
  const { model: source = metadata.model_name, hook = metadata.hook_name, leftOut } = data;
  const facts: readonly (readonly [name: string, value: unknown])[] = [
    ["model", source],
    ["hook", hook],
    ["rows", formatWhole(rows)],
    ["left out for their norm", leftOut.length === 0 ? undefined : formatWhole(leftOut.length)],
    ["latents", `${formatWhole(records.length)}, of which ${formatWhole(alive)} fire`],
    ["active latents a row", l0.toFixed(1)],
    ["dictionary", `${spec.variant}, ${spec.activation.kind}`],
  ];
  return {
    title: `Features of ${fileName(checkpoint)}`,
    checkpoint,
    options: optionsText(session, options),
    ...{ latents: records.length, alive, rows, sampledRows, warnings, features: records },
    facts: facts.flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
  };
}

/** The options that were given, for a command line. */
function optionsText({ given, seed }: Session, options: Options): string {
  const texts = Object.keys(options)
    .filter((name) => !elsewhere.includes(name))
    .flatMap((name) => given.texts(name).map((text) => `--${name} ${shellQuoted(text)}`));
  return [...texts, ...(seed === 0 ? [] : [`--seed ${seed}`])].join(" ");
}
