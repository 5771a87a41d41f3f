import { join } from "node:path";
import { type AnchorSet, anchorTerm } from "@monosema/anchoring";
import type { CurvePoint } from "@monosema/experiments";
import type { TrainDocument } from "@monosema/experiments/report";
import {
  type BatchSource,
  type Model,
  rowBatches,
  type SdlSpec,
  type SharedSource,
  type TrainReport,
  train,
} from "@monosema/sdl";
import { type SavedTrainingState, saveCheckpoint, saveTrainingState } from "@monosema/sdl/node";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { centringNote } from "./centring.js";
import type { TrainConfig } from "./config.js";
import type { Pairs, TrainingData } from "./data.js";
import { splitPairs } from "./holdout.js";
import { learningOf } from "./learning.js";
import { measure } from "./measure.js";
import { provenanceOf } from "./provenance.js";
import { runWarnings } from "./warnings.js";

/** A run that begins or goes on. */
export interface Run {
  /** Its configuration. */
  readonly config: TrainConfig;
  /** Its objective. */
  readonly spec: SdlSpec;
  /** The weights that it starts from, where that is not chance. */
  readonly weights?: Model["weights"];
  /** What its first latents are held to. */
  readonly anchors?: AnchorSet;
  /** The state that it goes on from. */
  readonly saved?: SavedTrainingState;
  /** Its training curve so far. */
  readonly curve?: readonly CurvePoint[];
  /** Its batches, where other runs take the same ones. */
  readonly batches?: SharedSource;
}

/** The report of a run in its folder. */
export const reportIn = (folder: string): string => join(folder, "report.html");

/** Says what stays of a run if the command ends now, and how to go on. */
export const keepsRun = (session: Pick<Session, "keeps">, folder: string): void =>
  session.keeps(`what was saved is in ${folder}; go on with: monosema train --resume ${shellQuoted(folder)}`);

/** The batches of a run: its training rows in an order that its seed decides. */
export const batchesOf = ({ batch, seed }: TrainConfig, { input, target }: Pairs): BatchSource =>
  rowBatches(input, { batchSize: batch, seed, ...(target ? { target } : {}) });

/** Trains and measures one dictionary; its folder holds states, checkpoint, document and report afterwards. */
export async function trainDictionary(
  session: Session,
  backend: Backend,
  out: string,
  { config, spec, weights, anchors, saved, curve: before = [], batches }: Run,
  data: TrainingData,
): Promise<TrainDocument> {
  const provenance = provenanceOf(config, data.dropped, anchors);
  const named = (model: Model): Model => ({ ...model, metadata: { ...model.metadata, ...provenance } });

  const split = splitPairs(data, config.holdout);
  const { input } = split.training;
  const { options, meanToSpread } = await learningOf(config, spec, split.training);
  const centred = spec.biases.subtractDecoderBias || options.inputMean !== undefined;
  const note = centringNote(meanToSpread, spec, centred);
  if (note) (note.isWarning ? session.warn : session.say)(note.text);

  const source = batches ?? batchesOf(config, split.training);
  const curve: CurvePoint[] = [...before];
  const bar = session.progress({ total: config.steps, from: saved?.state.step ?? 0 });
  let last: TrainReport | undefined;
  session.doing("training");
  session.stopsItself(true);
  try {
    for await (const report of train(backend, spec, source, {
      ...options,
      ...(weights ? { weights } : {}),
      ...(anchors ? { terms: [anchorTerm(anchors, { strength: config.anchorStrength })] } : {}),
      ...(saved ? { resume: saved.state } : {}),
      signal: session.signal,
      checkpoint: {
        every: config.saveEvery,
        ...(config.saveEverySeconds === undefined ? {} : { seconds: config.saveEverySeconds }),
        save: async (state, model) => {
          await saveTrainingState(out, state, named(model), { extra: { config, curve }, fs: session.fs });
          keepsRun(session, out);
        },
      },
    })) {
      last = report;
      const { step, loss, fvu, l0 } = report;
      for (const warning of report.warnings) session.warn(warning);
      if (!Number.isFinite(loss)) continue; // a resumed run that has all its steps
      curve.push({ step, loss, fvu, l0 });
      bar.update(step, `loss ${loss.toPrecision(4)}  fvu ${fvu?.toFixed(4) ?? "n/a"}  L0 ${l0.toFixed(1)}`);
    }
  } finally {
    batches?.end();
    session.stopsItself(false);
    bar.end();
  }
  const model = named(last?.model as Model);
  for (const warning of await saveCheckpoint(out, model, { fs: session.fs })) session.warn(warning);
  const measured = await measure(session, backend, model, data, split, config.batch);
  runWarnings({ ...measured, config, spec, trainingRows: input.rows }).forEach(session.warn);
  const { metrics, heldOut, baselines } = measured;

  const document = session.document(backend, out, {
    command: "train" as const,
    spec,
    ...provenance,
    rows: data.input.rows,
    meanToSpread: Number.isFinite(meanToSpread) ? meanToSpread : null,
    samplesSeen: config.steps * source.batchSize,
    samplesPerSecond: Math.round(last?.samplesPerSecond ?? 0),
    checkpoint: out,
    metrics: { ...metrics, loss: curve.at(-1)?.loss ?? Number.NaN },
    heldOut,
    baselines,
    curve,
  });
  const { trainReport } = await import("@monosema/experiments/report"); // loads the plotting library
  await session.write(reportIn(out), trainReport(document));
  await session.write(join(out, "train.json"), `${JSON.stringify(document, null, 2)}\n`);
  return document;
}
