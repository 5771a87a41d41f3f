import { type AnchorSet, discoverAnchors, featureAnchors, truthAnchors } from "@monosema/anchoring";
import type { LinearRepresentationBench } from "@monosema/bench";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { BenchData, BenchRow } from "../records.js";
import { benchRow } from "./benchRow.js";
import { checkSettings } from "./checkSettings.js";
import { methodSpec } from "./methodSpec.js";
import type { Method } from "./methods.js";
import type { AnchorKind, Preset } from "./preset.js";
import type { OpensBatches } from "./sampleStore.js";
import { type DataOf, rankedByRate, type SeedData, seedData, type ViewData } from "./seedData.js";
import type { TrainingPlace } from "./trainOn.js";

/** Options of {@link runBench}. */
export interface RunBenchOptions {
  /** Data, training and anchoring. */
  readonly preset: Preset;
  /** Methods to train, in the order of the rows. */
  readonly methods: readonly Method[];
  /** Anchoring of each method. */
  readonly anchors: readonly AnchorKind[];
  /** Seeds; each has its own features, samples, initialisation and anchors. */
  readonly seeds: readonly number[];
  /** Stops the running training. */
  readonly signal?: AbortSignal;
  /** Called once with the planned number of steps. */
  readonly onPlan?: (steps: number) => void;
  /** Called during training with the steps done in all. */
  readonly onProgress?: (done: number, label: string) => void;
  /** Called for each warning. */
  readonly onWarning?: (warning: string) => void;
  /** Data of a preset and seed; default: made anew. */
  readonly dataOf?: DataOf;
  /** Makes the batches of data sets that are too large to be kept; default: in this thread. */
  readonly opensBatches?: OpensBatches;
  /** Keeps data and dictionaries; default: they are not kept. */
  readonly save?: BenchSaver;
  /** Does each row, or finds it done; default: trains and measures it. */
  readonly doRow?: DoRow;
}

/** Does a row of a benchmark: with `train`, which trains and measures it, or otherwise, where it has been done before. */
export type DoRow = (task: BenchTask, train: (place?: TrainingPlace) => Promise<BenchRow>) => Promise<BenchRow>;

/** A row of a benchmark that is to be done. */
export interface BenchTask {
  /** What is trained. */
  readonly method: Method;
  /** Where its anchors come from. */
  readonly anchors: AnchorKind;
  /** Seed of data, initialisation and anchors. */
  readonly seed: number;
}

/** The rows of a benchmark, in their order. */
export const benchTasks = ({
  seeds,
  methods,
  anchors,
}: Pick<RunBenchOptions, "seeds" | "methods" | "anchors">): readonly BenchTask[] =>
  seeds.flatMap((seed) => methods.flatMap((method) => anchors.map((kind) => ({ method, anchors: kind, seed }))));

/** Where data and dictionaries of a benchmark go. */
export interface BenchSaver {
  /** Keeps one view of the data of a seed, once; returns where it is. */
  readonly data: (seed: number, data: ViewData, rates: Float64Array) => Promise<string>;
  /** Keeps a dictionary; returns where it is. */
  readonly dictionary: (row: Pick<BenchRow, "method" | "anchors" | "seed">, model: Model) => Promise<string>;
}

/** Result of {@link runBench}. */
export interface BenchResult {
  /** The data of the first seed. */
  readonly data: BenchData;
  /** One row per seed, method and anchoring. */
  readonly rows: readonly BenchRow[];
}

/**
 * The benchmark: for each seed data with known features, for each method and anchoring a training run, then recovery on the
 * dictionary and metrics on held-out samples (paper sections 5 and 6).
 *
 * @throws SettingsError for a preset that cannot work; what training throws
 */
export async function runBench(backend: Backend, options: RunBenchOptions): Promise<BenchResult> {
  const { preset, methods, anchors, seeds, onPlan, onProgress, opensBatches, save, doRow = doNow } = options;
  const { dataOf = (own, seed) => seedData(own, seed, opensBatches) } = options;
  checkSettings(preset, methods, anchors);
  const discoveries = anchors.includes("discovered") ? new Set(methods.map((m) => discoveryKey(m, preset))).size : 0;
  const trained = methods.reduce((sum, method) => sum + anchors.length * preset.recipes[method].steps, 0);
  onPlan?.(seeds.length * (trained + discoveries * discoverySteps));
  let before = 0;
  let data: BenchData | undefined;
  const rows: BenchRow[] = [];
  for (const seed of seeds) {
    const ofSeed = dataOf(preset, seed);
    const discovered = new Map<string, AnchorSet>();
    const saved = new Map<string, string>();
    for (const method of methods) {
      const { view } = methodSpec(method, preset);
      const viewed = ofSeed.view(view);
      const { lrb } = viewed;
      data ??= dataRecord(preset, ofSeed, lrb);
      for (const kind of anchors) {
        const label = `${method}${kind === "none" ? "" : `, anchors ${kind}`}${seeds.length > 1 ? `, seed ${seed}` : ""}`;
        const train = async (place?: TrainingPlace): Promise<BenchRow> => {
          if (save && !saved.has(view)) saved.set(view, await save.data(seed, viewed, ofSeed.rates()));
          const key = discoveryKey(method, preset);
          if (kind === "discovered" && !discovered.has(key)) {
            onProgress?.(before, `${label}: discovery`);
            discovered.set(key, await discoveredAnchors(backend, method, preset, lrb, seed));
            before += discoverySteps;
          }
          const anchorSet = kind === "discovered" ? discovered.get(key) : knownAnchors(kind, preset, ofSeed, lrb, seed);
          const report = (done: number, facts: string): void => onProgress?.(before + done, `${label}${facts}`);
          const { row, model } = await benchRow(backend, options, { method, ofSeed, seed, anchorSet, place, report });
          const kept = save && { checkpoint: await save.dictionary(row, model), data: saved.get(view) as string };
          return { ...row, ...kept };
        };
        rows.push(await doRow({ method, anchors: kind, seed }, train));
        before += preset.recipes[method].steps;
      }
    }
  }
  if (data === undefined) throw new RangeError("runBench: needs at least one seed and one method, got none; name some");
  return { data, rows };
}

const doNow: DoRow = (_, train) => train();

const discoverySteps = 300;

function dataRecord(preset: Preset, ofSeed: SeedData, { reports }: LinearRepresentationBench): BenchData {
  const { n, nP, nQ, sparsity, maxInterference, samples } = preset;
  const achieved = Math.max(...reports.map((report) => report.maxInterference));
  return {
    n,
    nP,
    nQ,
    ...(preset.data === undefined && sparsity !== undefined
      ? { sparsity }
      : { meanL0: ofSeed.rates().reduce((sum, rate) => sum + rate, 0) }),
    maxInterference: { target: maxInterference, achieved },
    samples,
  };
}

/** Anchors that are true features: a random subset, or those that fire most often, the most frequent first. */
function knownAnchors(
  kind: AnchorKind,
  { anchors, frequentAnchors }: Preset,
  ofSeed: SeedData,
  lrb: LinearRepresentationBench,
  seed: number,
): AnchorSet | undefined {
  if (kind === "truth") return truthAnchors(lrb, anchors, seed);
  if (kind !== "frequent") return undefined;
  return featureAnchors(lrb, rankedByRate(ofSeed.rates()).slice(0, frequentAnchors), "frequent");
}

/** Methods with the same key share one discovery: the same view, batches and learning rate. */
function discoveryKey(method: Method, preset: Preset): string {
  const { batchSize, lr } = preset.recipes[method];
  return [methodSpec(method, preset).view, batchSize, lr].join(" ");
}

async function discoveredAnchors(
  backend: Backend,
  method: Method,
  preset: Preset,
  lrb: LinearRepresentationBench,
  seed: number,
): Promise<AnchorSet> {
  const { batchSize, lr } = preset.recipes[method];
  const dims = { variant: lrb.view, nP: lrb.nP, nR: lrb.nR };
  return await discoverAnchors(backend, dims, lrb.batchSource({ batchSize }), {
    expected: lrb.n,
    nQ: preset.nQ,
    k: preset.recipes.topk.k,
    steps: discoverySteps,
    lr,
    seed,
    ...(lrb.n >= 1000 ? { duplicate: 0.7 } : {}),
  });
}
