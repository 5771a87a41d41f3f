import { resolve } from "node:path";
import { inferenceMethods } from "@monosema/audit";
import { evaluateRecovery } from "@monosema/experiments";
import { finishEvaluate, type Model, withoutRows } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { anchorCount, anchoredFeatures } from "../anchoredFeatures.js";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { dataOf } from "../dataFile.js";
import { measuredSums } from "../evaluate/measuredSums.js";
import { extremeNorms, maxNormFrom, maxNormOption } from "../extremeNorms.js";
import { metricsText } from "../metricsText.js";
import { ruleOption, underRule, wholeFile } from "../rule.js";
import { openSaebench, saebenchFile, saebenchName, saebenchOption } from "../saebench.js";
import { openSamples, sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { shardingOf, shardOptions } from "../shards/shardOptions.js";
import { codesInOption, codesOfRows, openStoredCodes } from "../storedCodes.js";
import { openTruth, type Truth, truthOptions } from "../truth.js";
import { warnUndefinedFvu } from "../undefinedFvu.js";

/** `monosema evaluate`. */
export const evaluate: Command = {
  usage:
    "evaluate CHECKPOINT --data FILE [--target FILE] [--features FILE.npy] [--inference encoder|omp|nnls] [--saebench [FILE.json]]",
  summary: "Measures a dictionary on a file: fvu, L0, dead fraction, shrinkage; with true features also recovery.",
  options: {
    ...sampleOptions,
    ...maxNormOption,
    ...truthOptions,
    features: {
      ...truthOptions.features,
      help: `${truthOptions.features.help}; decoder, encoder and raw take the best |cos| of any latent, matched signed ones, one latent for each feature, as audit does`,
    },
    inference: {
      value: "NAME",
      help: "whose codes are measured: encoder, or codes of the same decoder with as many active latents by omp (orthogonal matching pursuit) or nnls (non-negative least squares with an L1 penalty); default encoder",
    },
    anchored: { help: "score also the features that the checkpoint's anchors were made for" },
    ...codesInOption,
    ...saebenchOption,
    ...shardOptions,
    ...ruleOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT"],
  writes: [saebenchName],
  async run(session) {
    const { given } = session;
    const texts = dataOf(given, "evaluate");
    const sharding = shardingOf(given, {
      saebench: "its file is made of all rows in one pass",
      "codes-in": "codes are read in one pass",
    });
    const file = saebenchFile(session);
    const inference = given.choice("inference", ["encoder", ...inferenceMethods]) ?? "encoder";
    const opened = await openCheckpoint(session);
    const { data, target } = await openSamples(given, texts, opened);
    const stored = await openStoredCodes(given, opened, data.rows);
    const extreme = await extremeNorms(session, { data, target }, maxNormFrom(given));
    const [inputs, targets] = [withoutRows(data, extreme), target && withoutRows(target, extreme)];
    const truth = await openTruth(given, opened.spec);
    const backend = await session.backend();
    const { model, facts: ruleFacts } = await underRule(session, backend, opened, wholeFile(session, inputs, 1024));
    const codes = await codesOfRows(backend, model, stored, inputs, extreme);
    const core =
      file === undefined
        ? undefined
        : await openSaebench(session, texts, { data, target: targets ?? inputs, extreme }, model.spec.nQ);
    const sums = sharding
      ? await (await import("../shards/evaluatedByShards.js")).evaluatedByShards(session, backend, sharding, {
          ...{ model, rows: data.rows, leftOut: extreme, settings: { inference } },
        })
      : await measuredSums(session, backend, model, {
          ...{ inputs, targets, codes, inference },
          ...(core ? { onBatch: core.add } : {}),
        });
    await stored?.close();
    const measured = finishEvaluate(sums);
    if (core && file !== undefined) {
      session.doing("comparing latents");
      await session.write(file, await core.finish(backend, model));
    }
    warnUndefinedFvu(session, measured);
    session.doing("matching latents and features");
    const recovered = truth && (await recoveryOf(session, backend, model, truth));
    await backend.close();
    const metrics = { ...recovered?.metrics, ...measured };
    const facts = {
      inference,
      ...ruleFacts,
      ...recovered?.facts,
      ...(file === undefined ? {} : { saebench: file }),
      ...(extreme.length > 0 ? { dropped: extreme.length } : {}),
    };
    const document = session.document(backend, resolve(given.positionals[0] as string), { metrics, ...facts });
    session.finish(document, metricsText({ ...metrics, ...facts }));
  },
};

/** Recovery of the features that no anchor gave away, unless `--anchored` asks for all. */
async function recoveryOf(session: Session, backend: Backend, model: Model, truth: Truth) {
  const { features, targetFeatures } = truth;
  const n = features.length / model.spec.nP;
  const anchored = anchoredFeatures(model, truth, anchorCount(model));
  const asked = session.given.has("anchored");
  const all = anchored.length === n;
  if (all && !asked) session.warn(`all ${n} features are anchored: they are scored, and say what anchoring gave`);
  const exclude = all || asked ? [] : anchored;
  return {
    metrics: await evaluateRecovery(backend, model, features, targetFeatures, exclude),
    facts: { scoredFeatures: n - exclude.length, anchoredFeatures: anchored.length },
  };
}
