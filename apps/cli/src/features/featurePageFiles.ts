import { basename, join, resolve } from "node:path";
import { decoderMap, type FeatureDocument, withViews } from "@monosema/features";
import { featurePage } from "@monosema/features/page";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { numberText } from "../metricsText.js";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import type { MeasuredFeatures } from "./measured.js";

/** Options that the page repeats in the commands which recompute its figures. */
const repeated = [
  ...["data", "tensor", "max-norm", "names", "labels", "label-key", "texts", "unembed", "layer", "layers", "audit"],
  ...["codes-in", "rule", "k", "orientation", "unexpected-tensors", "examples", "check"],
];

/** Writes the page; its path. */
export async function writeFeaturePage(
  session: Session,
  backend: Backend,
  out: string,
  model: Model,
  measured: MeasuredFeatures,
): Promise<string> {
  session.doing("making the page");
  const { given } = session;
  const { spec, metadata = {}, weights } = model;
  const checkpoint = given.positionals[0] as string;
  const { records, alive, rows, sampledRows, l0, views } = measured;
  const document: FeatureDocument = {
    title: `Features of ${basename(resolve(checkpoint))}`,
    checkpoint: shellQuoted(checkpoint),
    options: optionsText(session),
    ...{ latents: spec.nQ, alive, rows, sampledRows, warnings: session.document(backend, out, {}).warnings },
    facts: [
      ...Object.entries({ model: metadata.model_name, hook: metadata.hook_name }).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value] as const] : [],
      ),
      ["kind", `${spec.variant}, ${spec.activation.kind}`],
      ["active latents a row", numberText(l0)],
    ],
    features: await withViews(records, views),
    ...(spec.nR >= 2
      ? { map: await decoderMap(backend, weights.decoder, spec.nQ, spec.nR, { seed: session.seed }) }
      : {}),
  };
  for (const [name, text] of Object.entries(featurePage(document).files)) await session.write(join(out, name), text);
  return join(out, "index.html");
}

/** The options of this command line that its figures depend on. */
function optionsText({ given, seed }: Session): string {
  const texts = repeated.flatMap((name) => given.texts(name).map((text) => `--${name} ${shellQuoted(text)}`));
  return [...texts, ...(seed === 0 ? [] : [`--seed ${seed}`])].join(" ");
}
