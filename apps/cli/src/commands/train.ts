import { resolve } from "node:path";
import type { Command } from "../command.js";
import { dataTexts } from "../dataFile.js";
import { maxNormFrom } from "../extremeNorms.js";
import type { Session } from "../session.js";
import { openAnchors } from "../train/anchors.js";
import { configFrom } from "../train/config.js";
import { type DataPaths, openTrainingData, standSideBySide, type TrainingData } from "../train/data.js";
import { openTrainBackend } from "../train/openTrainBackend.js";
import { trainOptions } from "../train/options.js";
import { resultsText } from "../train/results.js";
import { openResumed, pathsOf, sameContent } from "../train/resumed.js";
import { keepsRun, type Run, reportIn, trainDictionary } from "../train/run.js";
import { trainSeeds } from "../train/seeds.js";
import { seedsText } from "../train/seedsText.js";
import { specFrom, variantFrom } from "../train/spec.js";
import { type OpenedStart, openStart } from "../train/start.js";
import { UsageError } from "../usageError.js";

/** `monosema train`. */
export const train: Command = {
  usage: "train --data FILE [options]",
  summary: "Trains a dictionary on activations from a file; writes a SAELens folder, a report and resumable states.",
  options: trainOptions,
  positionals: [],
  writes: ["cfg.json", "sae_weights.safetensors", "states/step-", "train.json", "report.html", "seeds.json"],
  async run(session) {
    const { given } = session;
    const resumed = await openResumed(session);
    const seeds = resumed ? resumed.seeds : seedsFrom(session);
    const out = session.output(resumed ? given.text("resume") : undefined);
    const start = resumed ? undefined : await openStart(session);
    const paths = resumed ? pathsOf(session, resumed) : givenPaths(session, start);
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

/** Several `--data` follow each other, but each is a source where a dictionary has several, as each `--source` is. */
function givenPaths({ given }: Session, start: OpenedStart | undefined): DataPaths {
  const [data, sources] = [dataTexts(given, "data"), dataTexts(given, "source")];
  if (data.length > 0 && sources.length > 0) {
    throw new UsageError("--data and --source exclude each other; give the sources with --source");
  }
  if (data.length + sources.length === 0) throw new UsageError("--data must be given; see monosema train --help");
  return {
    data: [...data, ...sources],
    target: given.texts("target").map((text) => resolve(text)),
    sideBySide: sources.length > 0 || standSideBySide(variantFrom(given, start?.model.spec)),
  };
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
