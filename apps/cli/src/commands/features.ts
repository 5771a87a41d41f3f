import { type FeatureRecord, withViews } from "@monosema/features";
import { withoutRows } from "@monosema/sdl";
import { checkpointOptions } from "../checkpoint.js";
import type { Command } from "../command.js";
import { maxNormOption } from "../extremeNorms.js";
import { cardText } from "../features/cardText.js";
import { checkOption } from "../features/checks.js";
import { featureBatch } from "../features/featureData.js";
import { featureDocument } from "../features/featureDocument.js";
import { featureFileNames, writeFeatures } from "../features/featureFiles.js";
import { writeFeaturePage } from "../features/featurePageFiles.js";
import { featuresText } from "../features/featuresText.js";
import { openFeatureInputs } from "../features/inputs.js";
import { interesting } from "../features/interesting.js";
import { lensOptions } from "../features/lens.js";
import { measuredFeatures } from "../features/measured.js";
import { imagesOption } from "../features/rowImages.js";
import { textsOption } from "../features/rowTexts.js";
import { auditOption } from "../features/verdicts.js";
import { namesOption } from "../names.js";
import { ruleOption, underRule, wholeFile } from "../rule.js";
import { sampleOptions } from "../samples.js";
import { shardingOf, shardOptions } from "../shards/shardOptions.js";
import { codesInOption } from "../storedCodes.js";

/** Latents shown where none are asked for. */
const SHOWN = 12;
/** Characters of a line: examples are cut there, but for latents that are asked for. */
const COLUMNS = 120;

/** `monosema features`. */
export const features: Command = {
  usage:
    'features CHECKPOINT --data FILE|DIR [--latents 613,7] [--check "613: RULE"] [--names FILE] [--labels FILE] [--unembed FILE:NAME] [--audit FOLDER]',
  summary:
    "What activates each latent: strongest examples in context, rates, neighbours, tokens and classes; names and their evidence. All latents in features.json.",
  options: {
    data: sampleOptions.data,
    tensor: sampleOptions.tensor,
    ...maxNormOption,
    latents: { value: "Q,Q", help: "latents to show in full" },
    examples: { value: "N", help: "strongest examples of each latent (default 12)" },
    ...namesOption,
    ...checkOption,
    labels: {
      value: "FILE",
      help: "class of each row, as for monosema anchors: shows which class each latent tells, and how well",
      path: "input",
    },
    "label-key": { value: "KEY", help: "key or column of the class where labels are records" },
    ...textsOption,
    ...imagesOption,
    ...lensOptions,
    ...auditOption,
    ...codesInOption,
    page: { value: "on|off", help: "write the page, index.html (default on)" },
    ...shardOptions,
    ...ruleOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT"],
  writes: featureFileNames,
  async run(session) {
    const hasPage = session.given.choice("page", ["on", "off"]) !== "off";
    const sharding = shardingOf(session.given, { "codes-in": "codes are read in one pass" });
    const out = session.output();
    const inputs = await openFeatureInputs(session);
    try {
      const backend = await session.backend();
      const { samples, leftOut } = inputs.data;
      const kept = wholeFile(session, withoutRows(samples, leftOut), featureBatch);
      const { model, facts } = await underRule(session, backend, inputs.model, kept);
      const measured = await measuredFeatures(session, backend, model, inputs, sharding);
      const { records, alive, rows, sampledRows, views } = measured;
      const statistics = await writeFeatures(session, out, records, alive);
      const { warnings } = session.document(backend, out, {});
      const known = featureDocument(session, features.options, inputs, measured, warnings);
      const page = hasPage ? await writeFeaturePage(session, backend, out, model, known, views) : null;
      const { asked } = inputs;
      const chosen = asked.length > 0 ? asked.map((q) => records[q] as FeatureRecord) : interesting(records, SHOWN);
      const shown = await withViews(chosen, views);
      await backend.close();
      const latents = records.length;
      const document = session.document(backend, out, {
        ...{ latents, alive, rows, sampledRows, statistics, page, ...facts },
      });
      const text = [
        ...known.facts.map(([name, value]) => `${name.padEnd(25)}${value}`),
        "",
        ...(asked.length > 0 ? shown.flatMap(cardText) : [...featuresText(shown, COLUMNS), ""]),
        `every latent: ${statistics}`,
        ...(page === null ? [] : [`page: ${page}`]),
      ];
      session.finish(document, text.join("\n"));
    } finally {
      await inputs.close();
    }
  },
};
