import { join, resolve } from "node:path";
import { anchorTerm } from "@monosema/anchoring";
import type { CurvePoint } from "@monosema/experiments";
import {
  columnMeans,
  evaluateModel,
  type Model,
  normStatistics,
  type Rows,
  rowBatches,
  scaleFactor,
  sequentialBatches,
  type TrainReport,
  train as trainModel,
} from "@monosema/sdl";
import { loadTrainingState, type SavedTrainingState, saveCheckpoint, saveTrainingState } from "@monosema/sdl/node";
import type { Command } from "../command.js";
import { allRows, openData, openTarget, sampleRows, stacked } from "../data.js";
import { dataTexts } from "../dataFile.js";
import { type AskedTier, type Session, tiers } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { specFrom, type TrainConfig, trainOptions } from "../trainConfig.js";
import { UsageError } from "../usageError.js";

/** `monosema train`. */
export const train: Command = {
  usage: "train --data FILE [options]",
  summary: "Trains a dictionary on activations from a file; writes a SAELens folder, a report and resumable states.",
  options: trainOptions,
  positionals: [],
  writes: ["cfg.json", "sae_weights.safetensors", "states/step-", "train.json", "report.html"],
  stopsItself: true,
  async run(session) {
    const { given } = session;
    const saved = await savedState(session);
    const early = saved ? (saved.extra.config as TrainConfig) : undefined;
    const out = session.output(saved ? given.text("resume") : undefined);
    const paths = early ? early.data : dataTexts(given, given.texts("data"));
    const parts: Rows[] = [];
    for (const path of paths) parts.push(await openData("data", path));
    const input = await stacked(parts);
    const target = await openTarget(early ? early.target : given.text("target"), input);
    const config = early ?? configFrom(session, paths, input, parts, target);
    const anchors = config.anchors === undefined ? undefined : await openData("anchors", config.anchors);
    if (anchors && (config.spec.nR !== config.spec.nP || anchors.columns !== config.spec.nP)) {
      throw new UsageError(
        `--anchors must have the data's ${config.spec.nP} columns, and input and target the same width, got ${anchors.columns}; make anchors for this data`,
      );
    }
    const saves = (): void =>
      session.keeps(`what was saved is in ${out}; go on with: monosema train --resume ${shellQuoted(out)}`);
    if (saved) saves();
    // The state names its tier where results depend on it.
    const tier = (saved?.state.options.tier as AskedTier | undefined) ?? config.tier;
    const backend = await session.backend(config.backend, tier);
    session.say(`backend: ${backend.detail}`);

    const source = rowBatches(input, { batchSize: config.batch, seed: config.seed, ...(target ? { target } : {}) });
    const inputSample = await sampleRows(input);
    const targetSample = target ? await sampleRows(target) : inputSample;
    const scale = dataScale(config, inputSample, targetSample);
    const mean = config.spec.biases.decoder ? columnMeans(targetSample, config.spec.nR) : undefined;
    const curve: CurvePoint[] = saved ? [...(saved.extra.curve as CurvePoint[])] : [];
    const bar = session.progress({ total: config.steps, from: saved?.state.step ?? 0 });
    let last: TrainReport | undefined;
    try {
      for await (const report of trainModel(backend, config.spec, source, {
        steps: config.steps,
        seed: config.seed,
        optimizer: { lr: config.lr },
        reportEvery: Math.max(1, Math.round(config.steps / 100)),
        init: { decoderBias: "mean" },
        ...(mean ? { mean } : {}),
        ...(scale ? { scale } : {}),
        ...(anchors ? { terms: [anchorTerm(await anchorsOf(anchors), { strength: config.anchorStrength })] } : {}),
        ...(saved ? { resume: saved.state } : {}),
        signal: session.signal,
        checkpoint: {
          every: config.saveEvery,
          save: async (state, model) => {
            await saveTrainingState(out, state, model, { extra: { config, curve }, fs: session.fs });
            saves();
          },
        },
      })) {
        last = report;
        const { step, loss, fvu, l0 } = report;
        if (Number.isFinite(loss)) curve.push({ step, loss, fvu, l0 });
        for (const warning of report.warnings) session.warn(warning);
        bar.update(step, `loss ${loss.toPrecision(4)}  fvu ${fvu.toFixed(4)}  L0 ${l0.toFixed(1)}`);
      }
    } finally {
      bar.end();
    }
    const model = last?.model as Model;
    for (const warning of await saveCheckpoint(out, model, { fs: session.fs })) session.warn(warning);
    const measured = await evaluateModel(backend, model, sequentialBatches(input, config.batch, target));
    await backend.close();
    const document = session.document(backend, out, {
      command: "train" as const,
      spec: config.spec,
      steps: config.steps,
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
    session.finish(
      document,
      [
        `fvu ${fvu.toPrecision(4)}, L0 ${l0.toFixed(2)}, dead ${(100 * deadFraction).toFixed(1)} % over ${input.rows} samples`,
        `checkpoint: ${out}`,
        `report: ${report}`,
      ].join("\n"),
    );
  },
};

async function savedState({ given }: Session): Promise<SavedTrainingState | undefined> {
  const folder = given.text("resume");
  if (folder === undefined) return undefined;
  const others = [...Object.keys(trainOptions), "backend", "tier"].filter(
    (name) => name !== "resume" && (given.texts(name).length > 0 || given.text(name) !== undefined || given.has(name)),
  );
  if (others.length > 0)
    throw new UsageError(
      `--resume takes everything else from the saved run, got --${others.join(", --")}; drop ${others.length > 1 ? "them" : "it"}`,
    );
  const saved = await loadTrainingState(folder);
  if (saved === undefined) {
    throw new UsageError(
      `--resume must name the folder of a run with a saved state, got ${folder} with nothing saved; start the run anew`,
    );
  }
  return saved;
}

function configFrom(
  session: Session,
  data: readonly string[],
  input: Rows,
  parts: readonly Rows[],
  target: Rows | undefined,
): TrainConfig {
  const { given, seed } = session;
  const shape = {
    rows: input.rows,
    widths: parts.map(({ columns }) => columns),
    ...(target ? { target: target.columns } : {}),
  };
  const spec = specFrom(given, shape);
  const batch = Math.min(given.whole("batch", 1) ?? (spec.nQ < 4000 ? 512 : 1024), input.rows);
  const perEpoch = Math.floor(input.rows / batch);
  const [steps, epochs] = [given.whole("steps", 1), given.number("epochs", 1e-9)];
  if (steps !== undefined && epochs !== undefined)
    throw new UsageError("--steps and --epochs exclude each other; give one of them");
  const total =
    steps ?? (epochs === undefined ? Math.max(2000, 10 * perEpoch) : Math.max(1, Math.round(epochs * perEpoch)));
  const [targetPath, anchors] = [given.text("target"), given.text("anchors")];
  const tier = given.choice("tier", tiers);
  return {
    data,
    ...(targetPath === undefined ? {} : { target: resolve(targetPath) }),
    ...(anchors === undefined ? {} : { anchors: resolve(anchors) }),
    anchorStrength: given.number("anchor-strength", 0) ?? 0.1,
    spec,
    normalize: given.choice("normalize", ["meannorm", "rms", "none"]) ?? "meannorm",
    batch,
    lr: given.number("lr", 1e-12) ?? 3e-3,
    steps: total,
    saveEvery: given.whole("save-every", 1) ?? Math.max(1, Math.round(total / 20)),
    seed,
    backend: given.text("backend") ?? "auto",
    ...(tier === undefined ? {} : { tier }),
  };
}

function dataScale(
  { normalize, spec }: TrainConfig,
  input: Float32Array,
  target: Float32Array,
): { input: number; target: number } | undefined {
  if (normalize === "none") return undefined;
  const kind = normalize === "rms" ? "rms" : "meanNorm";
  const factor = (rows: Float32Array, width: number): number => scaleFactor(kind, normStatistics(rows, width), width);
  const own = factor(input, spec.nP);
  return { input: own, target: target === input ? own : factor(target, spec.nR) };
}

async function anchorsOf(rows: Rows): Promise<Parameters<typeof anchorTerm>[0]> {
  const directions = await allRows(rows);
  return { kind: "classMeans", count: rows.rows, input: directions, target: directions };
}
