import { resolve } from "node:path";
import type { Command } from "../command.js";
import { dataTexts } from "../dataFile.js";
import { maxNormFrom } from "../extremeNorms.js";
import type { AskedTier, Session } from "../session.js";
import { openAnchors } from "../train/anchors.js";
import { configFrom } from "../train/config.js";
import { openTrainingData, type TrainingData } from "../train/data.js";
import { trainOptions } from "../train/options.js";
import { resultsText } from "../train/results.js";
import { openResumed, pathsOf, sameContent } from "../train/resumed.js";
import { keepsRun, type Run, reportIn, trainDictionary } from "../train/run.js";
import { specFrom } from "../train/spec.js";
import { openStart } from "../train/start.js";
import { UsageError } from "../usageError.js";

/** `monosema train`. */
export const train: Command = {
  usage: "train --data FILE [options]",
  summary: "Trains a dictionary on activations from a file; writes a SAELens folder, a report and resumable states.",
  options: trainOptions,
  positionals: [],
  writes: ["cfg.json", "sae_weights.safetensors", "states/step-", "train.json", "report.html"],
  async run(session) {
    const { given } = session;
    const resumed = await openResumed(session);
    const out = session.output(resumed ? given.text("resume") : undefined);
    const paths = resumed ? pathsOf(session, resumed.config) : givenPaths(session);
    const data = await openTrainingData(session, paths, resumed ? resumed.config.maxNorm : maxNormFrom(given));
    const plan: Run = resumed
      ? { ...resumed, config: sameContent(resumed.config, data), spec: resumed.saved.state.spec }
      : await newRun(session, data);
    const { anchors: directions } = plan.config;
    const run = { ...plan, anchors: directions === undefined ? undefined : await openAnchors(directions, plan.spec) };
    if (resumed) keepsRun(session, out);
    // The state names its tier where results depend on it.
    const tier = (resumed?.saved.state.options.tier as AskedTier | undefined) ?? run.config.tier;
    const backend = await session.backend(run.config.backend, tier);
    session.say(`backend: ${backend.detail}`);
    const document = await trainDictionary(session, backend, out, run, data);
    await backend.close();
    session.finish(document, resultsText(document, reportIn(out)));
  },
};

function givenPaths({ given }: Session): { readonly data: readonly string[]; readonly target?: string } {
  const target = given.text("target");
  const data = dataTexts(given, given.texts("data"));
  if (data.length === 0) throw new UsageError("--data must be given; see monosema train --help");
  return { data, ...(target === undefined ? {} : { target: resolve(target) }) };
}

/** A run that begins: with `--init` from the weights of a dictionary. */
async function newRun(session: Session, data: TrainingData): Promise<Run> {
  const start = await openStart(session);
  const shape = { widths: data.widths, ...(data.target ? { target: data.target.columns } : {}) };
  const spec = specFrom(session.given, shape, start?.model.spec);
  start?.refuseOther(spec);
  return {
    spec,
    config: configFrom(session, data, spec, start),
    ...(start ? { weights: start.model.weights } : {}),
  };
}
