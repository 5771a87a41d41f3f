import { resolve } from "node:path";
import type { CurvePoint, TrainedFile } from "@monosema/experiments";
import type { SdlSpec } from "@monosema/sdl";
import { loadTrainingState, type SavedTrainingState } from "@monosema/sdl/node";
import * as z from "zod/mini";
import { dataFile } from "../dataFile.js";
import type { Given } from "../options.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { type DataPaths, standSideBySide, type TrainingData } from "./data.js";
import { besideResume, trainOptions } from "./options.js";
import { readSeeds } from "./seedsFile.js";

/** A run that goes on, or several that differ by seed. */
export interface Resumed extends SavedProgress {
  /** Configuration, with the paths, steps and saving that the command line gives. */
  readonly config: TrainConfig;
  /** Objective. */
  readonly spec: SdlSpec;
  /** The seeds of several runs, whose states lie in folders of their own. */
  readonly seeds?: readonly number[];
}

/** How far a run has come. */
export interface SavedProgress {
  /** Its state. */
  readonly saved?: SavedTrainingState;
  /** Its training curve so far. */
  readonly curve?: readonly CurvePoint[];
}

/**
 * The run of `--resume`; undefined without it.
 *
 * @throws UsageError where nothing is saved, or for options that belong to a new run
 */
export async function openResumed({ given, warn }: Session): Promise<Resumed | undefined> {
  const folder = given.text("resume");
  if (folder === undefined) return undefined;
  const others = [...Object.keys(trainOptions), "backend", "tier", "seed", "out", "force"].filter(
    (name) =>
      !besideResume.includes(name) &&
      (given.texts(name).length > 0 || given.text(name) !== undefined || given.has(name)),
  );
  if (others.length > 0)
    throw new UsageError(
      `--resume takes everything else from the saved run, got --${others.join(", --")}; drop ${others.length > 1 ? "them" : "it"}`,
    );
  const several = await readSeeds(folder);
  if (several) return { ...several, config: continued(given, several.config) };
  const { saved, curve } = await progressIn(folder);
  if (saved === undefined) {
    throw new UsageError(
      `--resume must name the folder of a run with a saved state, got ${folder} with nothing saved; start the run anew`,
    );
  }
  saved.warnings.forEach(warn);
  const config = continued(given, parseConfig(saved.extra.config, folder));
  return { saved, config, spec: saved.state.spec, ...(curve ? { curve } : {}) };
}

/** How far the run of a folder has come; nothing where nothing is saved. */
export async function progressIn(folder: string): Promise<SavedProgress> {
  const saved = await loadTrainingState(folder);
  return saved ? { saved, curve: curveOf(saved.extra.curve) } : {};
}

/** A saved configuration with what may stand beside `--resume`. */
function continued(given: Given, before: TrainConfig): TrainConfig {
  const steps = given.whole("steps", 1) ?? before.steps;
  if (steps < before.steps) {
    throw new UsageError(
      `--steps must be at least those of the saved run, ${before.steps}, got ${steps}; give more, or start anew`,
    );
  }
  const [anchors, seconds] = [given.text("anchors"), given.positive("save-every-seconds")];
  if (anchors !== undefined && before.anchors === undefined) {
    throw new UsageError("--anchors belongs to a run with anchors, got one without; drop it or start anew");
  }
  return {
    ...before,
    steps,
    saveEvery: given.whole("save-every", 1) ?? before.saveEvery,
    ...(seconds === undefined ? {} : { saveEverySeconds: seconds }),
    ...(anchors === undefined ? {} : { anchors: resolve(anchors) }),
  };
}

/** Where the files of a resumed run lie: as given, else where they were. */
export function pathsOf({ given }: Session, { config, spec }: Resumed): DataPaths {
  const { data, target } = config;
  const [paths, targetPaths] = [[...given.texts("data"), ...given.texts("source")], given.texts("target")];
  if (paths.length > 0 && paths.length !== data.length) {
    throw new UsageError(
      `--${given.texts("source").length > 0 ? "source" : "data"} must name as many files as the saved run had, ${data.length}, got ${paths.length}; give them in the same order`,
    );
  }
  if (targetPaths.length > 0 && target === undefined) {
    throw new UsageError("--target belongs to a run with targets, got one without; drop it or start anew");
  }
  if (targetPaths.length > 0 && targetPaths.length !== target?.length) {
    throw new UsageError(
      `--target must name as many files as the saved run had, ${target?.length}, got ${targetPaths.length}; give them in the same order`,
    );
  }
  // A file that has moved holds its tensor still.
  const placed = (file: TrainedFile, moved: string | undefined): string => {
    const { path, tensor = file.tensor } = moved === undefined ? file : dataFile(resolve(moved));
    return tensor === undefined ? path : `${path}:${tensor}`;
  };
  return {
    data: data.map((file, i) => placed(file, paths[i])),
    target: (target ?? []).map((file, i) => placed(file, targetPaths[i])),
    sideBySide: standSideBySide(spec.variant),
  };
}

/** The configuration with the files as they lie now, whose content must be that of the saved run. */
export function sameContent(config: TrainConfig, { files, targetFiles }: TrainingData): TrainConfig {
  const refuseOther = (option: string, saved: TrainedFile, now: TrainedFile): void => {
    if (saved.sha256 === now.sha256 && saved.tensor === now.tensor) return;
    throw new UsageError(
      `--resume needs the same ${option} as the saved run, ${saved.path} with sha256 ${saved.sha256.slice(0, 12)}..., got ${now.path} with ${now.sha256.slice(0, 12)}...; name the file with --${option}, or start anew from the dictionary with --init`,
    );
  };
  files.forEach((file, i) => void refuseOther("data", config.data[i] as TrainedFile, file));
  targetFiles.forEach((file, i) => void refuseOther("target", config.target?.[i] as TrainedFile, file));
  return { ...config, data: files, ...(config.target ? { target: targetFiles } : {}) };
}

const curve = z.array(
  z.strictObject({ step: z.number(), loss: z.number(), fvu: z.nullable(z.number()), l0: z.number() }),
);

/** The curve serves the report alone: one that is not valid is left out. */
const curveOf = (value: unknown): readonly CurvePoint[] => curve.safeParse(value).data ?? [];
