import type { Command } from "../command.js";
import { maxNormFrom } from "../extremeNorms.js";
import type { Session } from "../session.js";
import { gridOption } from "../sweep/grid.js";
import { openAnchors } from "../train/anchors.js";
import { configFrom } from "../train/config.js";
import { openTrainingData, type TrainingData } from "../train/data.js";
import { givenPaths } from "../train/givenPaths.js";
import { openTrainBackend } from "../train/openTrainBackend.js";
import { trainOptions } from "../train/options.js";
import { resultsText } from "../train/results.js";
import { openResumed, pathsOf, sameContent } from "../train/resumed.js";
import { keepsRun, type Run, reportIn, trainDictionary } from "../train/run.js";
import { trainSeeds } from "../train/seeds.js";
import { seedsText } from "../train/seedsText.js";
import { specFrom } from "../train/spec.js";
import { type OpenedStart, openStart } from "../train/start.js";

/** `monosema train`. */
export const train: Command = {
  usage: "train --data FILE [options]",
  summary: "Trains a dictionary on activations from a file; writes a SAELens folder, a report and resumable states.",
  options: { ...trainOptions, ...gridOption },
  positionals: [],
  writes: [
    "cfg.json",
    "sae_weights.safetensors",
    "states/step-",
    "train.json",
    "report.html",
    "seeds.json",
    "sweep.json",
  ],
  async run(session) {
    const { given } = session;
    if (given.texts("grid").length > 0) return await (await import("../train/onePass.js")).trainGrid(session);
    const resumed = await openResumed(session);
    const seeds = resumed ? resumed.seeds : seedsFrom(session);
    const out = session.output(resumed ? given.text("resume") : undefined);
    const start = resumed ? undefined : await openStart(session);
    const paths = resumed ? pathsOf(session, resumed) : givenPaths(session, start?.model.spec);
    const data = await openTrainingData(session, paths, resumed ? resumed.config.maxNorm : maxNormFrom(given));
    const run = await withAnchors(
      resumed ? { ...resumed, config: sameContent(resumed.config, data) } : newRun(session, data, start),
    );
    if (seeds) {
      const document = await trainSeeds(session, out, run, seeds, data);
      session.finish(document, seedsText(document));
      return;
    }
    if (resumed) keepsRun(session, out);
    const backend = await openTrainBackend(session, run.config, run.saved);
    const document = await trainDictionary(session, backend, out, run, data);
    await backend.close();
    session.finish(document, resultsText(document, reportIn(out)));
  },
};

/** The seeds of `--seeds`; undefined for one run. */
function seedsFrom({ given, seed }: Session): readonly number[] | undefined {
  const count = given.whole("seeds", 2);
  return count === undefined ? undefined : Array.from({ length: count }, (_, i) => seed + i);
}

/** A run that begins: with `--init` from the weights of a dictionary. */
function newRun(session: Session, data: TrainingData, start: OpenedStart | undefined): Run {
  const spec = specFrom(session.given, data, start?.model.spec);
  start?.refuseOther(spec);
  return {
    spec,
    config: configFrom(session, data, spec, start),
    ...(start ? { weights: start.model.weights } : {}),
  };
}

async function withAnchors(run: Run): Promise<Run> {
  const { anchors } = run.config;
  return anchors === undefined ? run : { ...run, anchors: await openAnchors(anchors, run.spec) };
}
