import { join, resolve } from "node:path";
import { anchorTerm } from "@monosema/anchoring";
import type { CurvePoint } from "@monosema/experiments";
import {
  columnMeans,
  evaluateModel,
  type Model,
  type Normalisation,
  normalisation,
  rowBatches,
  type SdlSpec,
  type TrainOptions,
  type TrainReport,
  train as trainModel,
} from "@monosema/sdl";
import { saveCheckpoint, saveTrainingState } from "@monosema/sdl/node";
import type { Command } from "../command.js";
import { sampleRows } from "../data.js";
import { dataTexts } from "../dataFile.js";
import { maxNormFrom } from "../extremeNorms.js";
import { numberText } from "../metricsText.js";
import type { AskedTier, Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { openAnchors } from "../train/anchors.js";
import { configFrom, type TrainConfig } from "../train/config.js";
import { openTrainingData, type TrainingData } from "../train/data.js";
import { trainOptions } from "../train/options.js";
import { provenanceOf } from "../train/provenance.js";
import { openResumed, pathsOf, sameContent } from "../train/resumed.js";
import { specFrom } from "../train/spec.js";
import { openStart } from "../train/start.js";
import { warnUndefinedFvu } from "../undefinedFvu.js";
import { UsageError } from "../usageError.js";
import { watchedBatches } from "../watchedBatches.js";

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
    const { config, spec, weights } = resumed
      ? { config: sameContent(resumed.config, data), spec: resumed.saved.state.spec, weights: undefined }
      : await newRun(session, data);
    const anchors = config.anchors === undefined ? undefined : await openAnchors(config.anchors, spec);
    const provenance = provenanceOf(config, data.dropped, anchors);
    const named = (model: Model): Model => ({ ...model, metadata: { ...model.metadata, ...provenance } });

    const saves = (): void =>
      session.keeps(`what was saved is in ${out}; go on with: monosema train --resume ${shellQuoted(out)}`);
    if (resumed) saves();
    // The state names its tier where results depend on it.
    const tier = (resumed?.saved.state.options.tier as AskedTier | undefined) ?? config.tier;
    const backend = await session.backend(config.backend, tier);
    session.say(`backend: ${backend.detail}`);

    const { input, target } = data;
    const source = rowBatches(input, { batchSize: config.batch, seed: config.seed, ...(target ? { target } : {}) });
    const curve: CurvePoint[] = [...(resumed?.curve ?? [])];
    const bar = session.progress({ total: config.steps, from: resumed?.saved.state.step ?? 0 });
    let last: TrainReport | undefined;
    session.stopsItself(true);
    try {
      for await (const report of trainModel(backend, spec, source, {
        ...(await optionsOf(config, spec, data)),
        ...(weights ? { weights } : {}),
        ...(anchors ? { terms: [anchorTerm(anchors, { strength: config.anchorStrength })] } : {}),
        ...(resumed ? { resume: resumed.saved.state } : {}),
        signal: session.signal,
        checkpoint: {
          every: config.saveEvery,
          ...(config.saveEverySeconds === undefined ? {} : { seconds: config.saveEverySeconds }),
          save: async (state, model) => {
            await saveTrainingState(out, state, named(model), { extra: { config, curve }, fs: session.fs });
            saves();
          },
        },
      })) {
        last = report;
        const { step, loss, fvu, l0 } = report;
        if (Number.isFinite(loss)) curve.push({ step, loss, fvu, l0 });
        for (const warning of report.warnings) session.warn(warning);
        bar.update(step, `loss ${loss.toPrecision(4)}  fvu ${fvu?.toFixed(4) ?? "n/a"}  L0 ${l0.toFixed(1)}`);
      }
    } finally {
      session.stopsItself(false);
      bar.end();
    }
    const model = named(last?.model as Model);
    for (const warning of await saveCheckpoint(out, model, { fs: session.fs })) session.warn(warning);
    const batches = watchedBatches(session, "evaluating", input, config.batch, target);
    const measured = await evaluateModel(backend, model, batches);
    warnUndefinedFvu(session, measured);
    await backend.close();
    const document = session.document(backend, out, {
      command: "train" as const,
      spec,
      ...provenance,
      rows: input.rows,
      samplesSeen: config.steps * source.batchSize,
      samplesPerSecond: Math.round(last?.samplesPerSecond ?? 0),
      checkpoint: out,
      metrics: { ...measured, loss: curve.at(-1)?.loss ?? Number.NaN },
      curve,
    });
    const { trainReport } = await import("@monosema/experiments/report"); // loads the plotting library
    const report = join(out, "report.html");
    await session.write(report, trainReport(document));
    await session.write(join(out, "train.json"), `${JSON.stringify(document, null, 2)}\n`);
    const { fvu, l0, deadFraction } = measured;
    const without = data.dropped > 0 ? `, ${data.dropped} rows of extreme norm left out` : "";
    session.finish(
      document,
      [
        `fvu ${numberText(fvu)}, L0 ${l0.toFixed(2)}, dead ${(100 * deadFraction).toFixed(1)} % over ${input.rows} samples${without}`,
        `checkpoint: ${out}`,
        `report: ${report}`,
      ].join("\n"),
    );
  },
};

function givenPaths({ given }: Session): { readonly data: readonly string[]; readonly target?: string } {
  const target = given.text("target");
  const data = dataTexts(given, given.texts("data"));
  if (data.length === 0) throw new UsageError("--data must be given; see monosema train --help");
  return { data, ...(target === undefined ? {} : { target: resolve(target) }) };
}

/** Objective, configuration and, with `--init`, the weights of a run that begins. */
async function newRun(
  session: Session,
  data: TrainingData,
): Promise<{ readonly config: TrainConfig; readonly spec: SdlSpec; readonly weights?: Model["weights"] }> {
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

/** What decides the steps of a run beside the objective; the same for the same configuration and data. */
async function optionsOf(config: TrainConfig, spec: SdlSpec, data: TrainingData): Promise<TrainOptions> {
  const { steps, seed, lr, clip, schedule, resample, inputScaling } = config;
  return {
    steps,
    seed,
    optimizer: { lr, ...(clip === undefined ? {} : { clip }) },
    schedule,
    reportEvery: Math.max(1, Math.round(steps / 100)),
    init: { decoderBias: "mean" },
    inputScaling,
    ...(resample === undefined ? {} : { resampling: { every: resample } }),
    ...(await normalised(config, spec, data)),
  };
}

async function normalised(
  { normalize }: TrainConfig,
  spec: SdlSpec,
  { input, target }: TrainingData,
): Promise<Partial<Normalisation>> {
  const inputs = await sampleRows(input);
  const targets = target && (await sampleRows(target));
  if (normalize !== "none") return normalisation(normalize === "rms" ? "rms" : "meanNorm", spec, inputs, targets);
  return spec.biases.decoder ? { mean: columnMeans(targets ?? inputs, spec.nR) } : {};
}
