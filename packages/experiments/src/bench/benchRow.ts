import { type AnchorSet, anchorTerm } from "@monosema/anchoring";
import { type LinearRepresentationBench, randomBaseline } from "@monosema/bench";
import type { Checkpointing, Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { AnchorsRecord, BenchRow, CurvePoint } from "../records.js";
import { formatShare } from "../report/format.js";
import { measured } from "./measured.js";
import { methodSpec } from "./methodSpec.js";
import type { Method } from "./methods.js";
import type { Preset } from "./preset.js";
import { geometryOf, matchedSimilarity, scoreAnchors } from "./recovery.js";
import type { SeedData } from "./seedData.js";
import { type TrainingPlace, type TrainingSoFar, trainOn } from "./trainOn.js";

/** One run of the table. */
export interface RowTask {
  /** What is trained. */
  readonly method: Method;
  /** Data. */
  readonly ofSeed: SeedData;
  /** Seed of data, initialisation and anchors. */
  readonly seed: number;
  /** Anchors, where the run has some. */
  readonly anchorSet: AnchorSet | undefined;
  /** Where its training keeps its states; absent: nowhere. */
  readonly place: TrainingPlace | undefined;
  /** Called with the steps done and how it goes. */
  readonly report: (done: number, facts: string) => void;
}

/** What {@link benchRow} needs of the whole benchmark. */
export interface RowOptions {
  /** Data, training and anchoring. */
  readonly preset: Preset;
  /** Stops the training. */
  readonly signal?: AbortSignal;
  /** Called for each warning. */
  readonly onWarning?: (warning: string) => void;
}

/** Trains one dictionary and measures it. */
export async function benchRow(
  backend: Backend,
  { preset, signal, onWarning }: RowOptions,
  { method, ofSeed, seed, anchorSet, place, report }: RowTask,
): Promise<{ readonly row: BenchRow; readonly model: Model }> {
  const { spec, schedule, view } = methodSpec(method, preset);
  const { steps, batchSize, lr } = preset.recipes[method];
  const data = ofSeed.view(view);
  const curve: CurvePoint[] = [...(place?.saved?.curve ?? [])];
  const started = performance.now();
  const drawn = data.secondsDrawing();
  // Samples are drawn for the first row that needs them and serve all rows.
  const soFar = (): TrainingSoFar => ({
    curve,
    seconds: (place?.saved?.seconds ?? 0) + (performance.now() - started) / 1000 - (data.secondsDrawing() - drawn),
  });
  const options = {
    steps,
    seed,
    schedule,
    optimizer: { lr },
    ...(anchorSet ? { terms: [anchorTerm(anchorSet, anchorOptions(anchorSet, preset))] } : {}),
    ...(signal ? { signal } : {}),
    ...(place?.saved ? { resume: place.saved.state } : {}),
    ...(place ? { checkpoint: checkpointing(place, steps, soFar) } : {}),
  };
  const model = await trainOn(
    backend,
    spec,
    data.openBatches(batchSize),
    options,
    ({ step, loss, fvu, l0, warnings }) => {
      if (Number.isFinite(loss)) curve.push({ step, loss, fvu, l0 }); // else it goes on from its last step
      report(step, `, fvu ${formatShare(fvu ?? Number.NaN)}`);
      for (const warning of warnings) onWarning?.(`${method}: ${warning}`);
    },
  );
  const { seconds } = soFar();

  const { lrb } = data;
  const excluded = Array.from(anchorSet?.features ?? []);
  const { recovery, ...figures } = await measured(backend, model, data, excluded, ofSeed.rates());
  const geometry = geometryOf(model, lrb);
  const row: BenchRow = {
    method,
    variant: spec.variant,
    anchors: await anchorsRecord(backend, anchorSet, lrb),
    seed,
    steps,
    samplesSeen: steps * batchSize,
    seconds,
    ...figures,
    scoredFeatures: recovery.evaluated,
    randomMip: randomBaseline(spec.nQ, spec.nR).absolute,
    curve,
    bestCosines: Array.from(recovery.bestDecoder).filter((_, feature) => !excluded.includes(feature)),
    ...(geometry ? { geometry } : {}),
    similarity: matchedSimilarity(model, lrb, recovery),
  };
  return { row, model };
}

/** Seconds between two states. */
const saveSeconds = 60;

const checkpointing = ({ save }: TrainingPlace, steps: number, soFar: () => TrainingSoFar): Checkpointing => ({
  every: steps + 1, // by time alone
  seconds: saveSeconds,
  save: (state, model) => save(state, model, soFar()),
});

/** Strength and start by kind of anchors. */
function anchorOptions({ kind }: AnchorSet, preset: Preset): { strength: number; start: boolean } {
  if (kind === "discovered") return { strength: preset.discoveredStrength, start: false };
  if (kind === "frequent") return { strength: preset.frequentStrength, start: preset.frequentStart };
  return { strength: preset.strength, start: preset.start };
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
