import { type AnchorSet, anchorTerm, discoverAnchors, truthAnchors } from "@monosema/anchoring";
import { type LinearRepresentationBench, linearRepresentationBench, randomBaseline } from "@monosema/bench";
import { evaluateModel, type Model, train } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { AnchorsRecord, BenchData, BenchRow, CurvePoint } from "../records.js";
import { formatShare } from "../report/format.js";
import { checkSettings, SettingsError } from "./checkSettings.js";
import { type MethodSpec, methodSpec } from "./methodSpec.js";
import type { AnchorKind, Method, Preset } from "./presets.js";
import { dictionaryRecovery, geometryOf, matchedSimilarity, scoreAnchors } from "./recovery.js";

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
  const { preset, methods, anchors, seeds, onPlan, onProgress } = options;
  checkSettings(preset, methods, anchors);
  const discoveries = anchors.includes("discovered") ? new Set(methods.map((m) => discoveryKey(m, preset))).size : 0;
  const trained = methods.reduce((sum, method) => sum + anchors.length * preset.recipes[method].steps, 0);
  onPlan?.(seeds.length * (trained + discoveries * discoverySteps));
  let before = 0;
  let data: BenchData | undefined;
  const rows: BenchRow[] = [];
  for (const seed of seeds) {
    const views = new Map<string, LinearRepresentationBench>();
    const discovered = new Map<string, AnchorSet>();
    for (const method of methods) {
      const { view } = methodSpec(method, preset);
      const lrb = views.get(view) ?? openBench(preset, view, seed);
      views.set(view, lrb);
      data ??= dataOf(preset, lrb);
      for (const kind of anchors) {
        const label = `${method}${kind === "none" ? "" : `, anchors ${kind}`}${seeds.length > 1 ? `, seed ${seed}` : ""}`;
        const key = discoveryKey(method, preset);
        if (kind === "discovered" && !discovered.has(key)) {
          onProgress?.(before, `${label}: discovery`);
          discovered.set(key, await discoveredAnchors(backend, method, preset, lrb, seed));
          before += discoverySteps;
        }
        const truth = kind === "truth" ? truthAnchors(lrb, preset.anchors, seed) : undefined;
        const anchorSet = kind === "discovered" ? discovered.get(key) : truth;
        const report = (done: number, facts: string): void => onProgress?.(before + done, `${label}${facts}`);
        rows.push(await benchRow(backend, options, { method, lrb, seed, anchorSet, report }));
        before += preset.recipes[method].steps;
      }
    }
  }
  if (data === undefined) throw new RangeError("runBench: needs at least one seed and one method, got none; name some");
  return { data, rows };
}

const discoverySteps = 300;

function openBench(preset: Preset, view: MethodSpec["view"], seed: number): LinearRepresentationBench {
  const { n, nP, sparsity, samples, maxInterference } = preset;
  const firing = { kind: "constant", rate: 1 - sparsity } as const;
  try {
    return linearRepresentationBench({ n, nP, firing, samples, maxInterference, view, seed });
  } catch (error) {
    throw new SettingsError((error as Error).message, { cause: error });
  }
}

const dataOf = (
  { n, nP, nQ, sparsity, samples, maxInterference }: Preset,
  { reports }: LinearRepresentationBench,
): BenchData => ({
  n,
  nP,
  nQ,
  sparsity,
  maxInterference: { target: maxInterference, achieved: Math.max(...reports.map((report) => report.maxInterference)) },
  samples,
});

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

interface RowTask {
  readonly method: Method;
  readonly lrb: LinearRepresentationBench;
  readonly seed: number;
  readonly anchorSet: AnchorSet | undefined;
  readonly report: (done: number, facts: string) => void;
}

async function benchRow(
  backend: Backend,
  { preset, signal, onWarning }: RunBenchOptions,
  { method, lrb, seed, anchorSet, report }: RowTask,
): Promise<BenchRow> {
  const { spec, schedule } = methodSpec(method, preset);
  const { steps, batchSize, lr } = preset.recipes[method];
  const strength = anchorSet?.kind === "discovered" ? preset.discoveredStrength : preset.strength;
  const curve: CurvePoint[] = [];
  let model: Model | undefined;
  const started = performance.now();
  const run = train(backend, spec, lrb.batchSource({ batchSize }), {
    steps,
    seed,
    schedule,
    optimizer: { lr },
    reportEvery: Math.max(1, Math.round(steps / 60)),
    ...(anchorSet ? { terms: [anchorTerm(anchorSet, { strength })] } : {}),
    ...(signal ? { signal } : {}),
  });
  for await (const { step, loss, fvu, l0, warnings, model: trained } of run) {
    curve.push({ step, loss, fvu, l0 });
    report(step, `, fvu ${formatShare(fvu ?? Number.NaN)}`);
    for (const warning of warnings) onWarning?.(`${method}: ${warning}`);
    model = trained;
  }
  const seconds = (performance.now() - started) / 1000;
  if (model === undefined) throw new Error("internal: the last report carries no model");

  const excluded = Array.from(anchorSet?.features ?? []);
  const recovery = await dictionaryRecovery(backend, model, lrb, excluded);
  const heldOut = [...lrb.heldOut({ samples: preset.heldOut })];
  const measured = await evaluateModel(backend, model, heldOut);
  const trueEntries = heldOut.reduce((sum, { coefficients }) => sum + coefficients.values.length, 0);
  const { decoder, encoder, raw, matched, mcc } = recovery;
  const geometry = geometryOf(model, lrb);
  return {
    method,
    variant: spec.variant,
    anchors: await anchorsRecord(backend, anchorSet, lrb),
    seed,
    steps,
    samplesSeen: steps * batchSize,
    seconds,
    metrics: {
      decoder,
      encoder,
      raw,
      matched,
      mcc,
      l0: measured.l0,
      trueL0: trueEntries / preset.heldOut,
      fvu: measured.fvu,
      deadFraction: measured.deadFraction,
      shrinkage: measured.shrinkage,
    },
    scoredFeatures: recovery.evaluated,
    randomMip: randomBaseline(spec.nQ, spec.nR).absolute,
    curve,
    bestCosines: Array.from(recovery.bestDecoder).filter((_, feature) => !excluded.includes(feature)),
    ...(geometry ? { geometry } : {}),
    similarity: matchedSimilarity(model, lrb, recovery),
  };
}

async function anchorsRecord(
  backend: Backend,
  anchors: AnchorSet | undefined,
  lrb: LinearRepresentationBench,
): Promise<AnchorsRecord> {
  if (anchors === undefined) return { kind: "none", count: 0 };
  const { kind, count } = anchors;
  return kind === "discovered"
    ? { kind, count, ...(await scoreAnchors(backend, anchors, lrb.targetFeatures)) }
    : { kind, count };
}
