import { resolve } from "node:path";
import type { HoldoutRecord, TrainedFile } from "@monosema/experiments";
import type { Model, Schedule, SdlSpec } from "@monosema/sdl";
import * as z from "zod/mini";
import { maxNormFrom } from "../extremeNorms.js";
import type { Given } from "../options.js";
import { type AskedTier, type Session, tiers } from "../session.js";
import { UsageError } from "../usageError.js";
import type { TrainingData } from "./data.js";
import { heldOutRows, holdoutFrom } from "./holdout.js";

/** Everything beside the objective that decides a run, as JSON; saved with its states. */
export interface TrainConfig {
  /** What was trained on. */
  readonly data: readonly TrainedFile[];
  /** Targets of a transcoder. */
  readonly target?: readonly TrainedFile[];
  /** Rows above this many times the median norm were left out. */
  readonly maxNorm?: number;
  /** Rows that are kept out of training. */
  readonly holdout: HoldoutRecord;
  /** Absolute path of the anchors. */
  readonly anchors?: string;
  /** lambda of the anchors. */
  readonly anchorStrength: number;
  /** The dictionary that the run started from. */
  readonly init?: string;
  /** What that does to each sample. */
  readonly inputScaling: Model["inputScaling"];
  /** Common size of samples in training. */
  readonly normalize: "meannorm" | "rms" | "none";
  /** Samples per step. */
  readonly batch: number;
  /** Learning rate. */
  readonly lr: number;
  /** Largest gradient norm. */
  readonly clip?: number;
  /** Warm-ups and decay: steps for the learning rate to rise, shares of the planned steps for the others. */
  readonly schedule: Pick<Schedule, "warmup" | "decay" | "sparsityRamp">;
  /** Steps between resamplings. */
  readonly resample?: number;
  /** Steps. */
  readonly steps: number;
  /** Steps between resumable states. */
  readonly saveEvery: number;
  /** Seconds between them at most. */
  readonly saveEverySeconds?: number;
  /** Seed. */
  readonly seed: number;
  /** Model that the activations come from. */
  readonly modelName?: string;
  /** Place in it. */
  readonly hook?: string;
  /** Backend, by the name that the run was opened with. */
  readonly backend: string;
  /** Its tier, as asked: other tiers differ in the last bits of thresholds. */
  readonly tier?: AskedTier;
}

/** What a run starts from, where that is not chance. */
export interface Start {
  /** Absolute path of the checkpoint. */
  readonly path: string;
  /** The dictionary. */
  readonly model: Model;
}

/**
 * The configuration of a new run.
 *
 * @throws UsageError for values that cannot work
 */
export function configFrom({ given, seed }: Session, data: TrainingData, spec: SdlSpec, start?: Start): TrainConfig {
  const { files, targetFiles, input } = data;
  const holdout = holdoutFrom(given, seed);
  const rows = input.rows - heldOutRows(input, holdout);
  const batch = Math.min(given.whole("batch", 1) ?? (spec.nQ < 4000 ? 512 : 1024), rows);
  refuseEmptySelection(spec, batch);
  const steps = stepsFrom(given, Math.floor(rows / batch));
  const anchors = given.text("anchors");
  return {
    data: files,
    holdout,
    anchorStrength: given.positive("anchor-strength") ?? 0.1,
    inputScaling: start?.model.inputScaling ?? "none",
    normalize: normalizeFrom(given, start),
    batch,
    lr: given.positive("lr") ?? 3e-3,
    schedule: scheduleFrom(given, steps),
    steps,
    saveEvery: given.whole("save-every", 1) ?? Math.max(1, Math.round(steps / 20)),
    seed,
    backend: given.text("backend") ?? "auto",
    ...withoutUndefined({
      target: targetFiles.length > 0 ? targetFiles : undefined,
      maxNorm: maxNormFrom(given),
      anchors: anchors && resolve(anchors),
      init: start?.path,
      clip: given.positive("clip"),
      resample: given.whole("resample", 1),
      saveEverySeconds: given.positive("save-every-seconds"),
      modelName: given.text("model-name"),
      hook: given.text("hook"),
      tier: given.choice("tier", tiers),
    }),
  };
}

/** A dictionary that scales each sample by itself leaves nothing to a common scale. */
function normalizeFrom(given: Given, start: Start | undefined): TrainConfig["normalize"] {
  const scaling = start?.model.inputScaling ?? "none";
  const asked = given.choice("normalize", ["meannorm", "rms", "none"]);
  if (scaling === "none") return asked ?? "meannorm";
  if (asked === undefined || asked === "none") return "none";
  throw new UsageError(`--normalize must be none with --init of a dictionary of ${scaling}, got ${asked}; drop it`);
}

function stepsFrom(given: Given, perEpoch: number): number {
  const [steps, epochs] = [given.whole("steps", 1), given.positive("epochs")];
  if (steps !== undefined && epochs !== undefined)
    throw new UsageError("--steps and --epochs exclude each other; give one of them");
  return steps ?? (epochs === undefined ? Math.max(2000, 10 * perEpoch) : Math.max(1, Math.round(epochs * perEpoch)));
}

/** Options up to 1 are shares of the steps, above 1 numbers of them. */
function scheduleFrom(given: Given, steps: number): TrainConfig["schedule"] {
  const share = (name: string): number | undefined => {
    const value = given.number(name, 0);
    if (value === undefined || value <= 1) return value;
    if (Number.isInteger(value) && value <= steps) return value / steps;
    throw new UsageError(
      `--${name} must be a share of the steps up to 1, or a whole number of them up to ${steps}, got ${value}; correct it`,
    );
  };
  const rise = share("lr-warmup");
  return withoutUndefined({
    warmup: rise === undefined ? undefined : Math.round(rise * steps),
    decay: share("lr-decay"),
    sparsityRamp: share("sparsity-warmup"),
  });
}

function refuseEmptySelection({ activation }: SdlSpec, batch: number): void {
  if (!("k" in activation) || activation.k * batch >= 1) return;
  throw new UsageError(
    `--k times --batch must select at least one latent, got ${activation.k} times ${batch}; raise --k or --batch`,
  );
}

/**
 * The configuration of a saved run.
 *
 * @throws UsageError where it is not one
 */
export function parseConfig(value: unknown, folder: string): TrainConfig {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `--resume must name the folder of a run of monosema train, got ${folder}, whose saved configuration is not valid (${issue?.path.join(".")}: ${issue?.message}); start the run anew`,
  );
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const withoutUndefined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

const [text, number] = [z.string(), z.number()];
const file = z.strictObject({
  path: text,
  tensor: z.exactOptional(text),
  model: z.exactOptional(text),
  sha256: text,
  rows: number,
});
const schema: z.ZodMiniType<TrainConfig> = z.strictObject({
  data: z.array(file).check(z.minLength(1)),
  // States from before there were several hold one file.
  target: z.exactOptional(
    z.pipe(
      z.union([z.array(file), file]),
      z.transform((value): TrainedFile[] => (Array.isArray(value) ? value : [value])),
    ),
  ),
  maxNorm: z.exactOptional(number),
  // States from before there was one have trained on all rows.
  holdout: z._default(z.strictObject({ fraction: number, seed: number }), { fraction: 0, seed: 0 }),
  anchors: z.exactOptional(text),
  anchorStrength: number,
  init: z.exactOptional(text),
  inputScaling: z.enum(["none", "constantNorm", "layerNorm"]),
  normalize: z.enum(["meannorm", "rms", "none"]),
  batch: number,
  lr: number,
  clip: z.exactOptional(number),
  schedule: z.strictObject({
    warmup: z.exactOptional(number),
    decay: z.exactOptional(number),
    sparsityRamp: z.exactOptional(number),
  }),
  resample: z.exactOptional(number),
  steps: number,
  saveEvery: number,
  saveEverySeconds: z.exactOptional(number),
  seed: number,
  modelName: z.exactOptional(text),
  hook: z.exactOptional(text),
  backend: text,
  tier: z.exactOptional(z.enum(tiers)),
});
