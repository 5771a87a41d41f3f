import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, openSafetensors, parseJson, type SafetensorsReader, toNumbers } from "@monosema/tensor";
import { withFile } from "@monosema/tensor/node";
import type { CoefficientTables } from "../../coefficients/coefficientTables.js";
import type { CopulaFactor } from "../../coefficients/copulaFactor.js";
import { checkCount } from "../../data/batches.js";
import { benchOfParts, type LinearRepresentationBench } from "../../data/linearRepresentationBench.js";
import { files } from "./files.js";
import { fromConfig } from "./fromConfig.js";
import { fromHierarchyJson, type HierarchyNode } from "./hierarchyJson.js";

/** Options of {@link readSyntheticModel}. */
export interface ReadSyntheticModelOptions {
  /** Seed of the samples; default that of the model, or 0. */
  readonly seed?: number;
  /** N, distinct training samples; default 100,000. */
  readonly samples?: number;
}

/** Data of a folder. */
export interface SyntheticModel {
  /** The data; without reports, since nothing was generated. */
  readonly data: LinearRepresentationBench;
  /** What differs from what SAELens draws, in sentences; the samples themselves always do. */
  readonly differences: readonly string[];
}

/**
 * Opens a `synthetic_model` folder of SAELens (`SyntheticModel.save`, 6.35 and later) as data with known features: its directions, bias,
 * rates, factor and forest. Thresholds of correlated firings come from the stored rates.
 *
 * @throws FormatError for files that are not such a model, or a forest that is not supported
 */
export async function readSyntheticModel(
  folder: string,
  { seed, samples = 100_000 }: ReadSyntheticModelOptions = {},
): Promise<SyntheticModel> {
  checkCount("readSyntheticModel", "samples", samples);
  const json = async (name: string): Promise<unknown> => parseJson(await readFile(join(folder, name), "utf8"), name);
  const { n, nP, magnitudes, differences, ...config } = fromConfig(await json(files.config));
  const weights = await withFile(join(folder, files.weights), async (source) =>
    readWeights(await openSafetensors(source), n, nP),
  );
  const { features, bias, rates, correlation } = weights;
  const forest = existsSync(join(folder, files.hierarchy))
    ? fromHierarchyJson(((await json(files.hierarchy)) as { roots?: HierarchyNode[] }).roots ?? [], n)
    : { scaleByParent: false };
  const tables: CoefficientTables = {
    n,
    rates,
    magnitudes,
    ...(correlation === undefined ? {} : { correlation }),
    ...forest,
  };
  const own = bias.some((value) => value !== 0) ? { bias } : {};
  const directions = { nP, nR: nP, features, targetFeatures: features };
  const parts = { ...directions, ...own, n, seed: seed ?? config.seed ?? 0, samples, tables };
  return { data: benchOfParts(parts, { ...directions, reports: [], view: "sae" }), differences };
}

interface Weights {
  readonly features: Float64Array;
  readonly bias: Float64Array;
  readonly rates: Float64Array;
  readonly correlation?: CopulaFactor;
}

async function readWeights(reader: SafetensorsReader, n: number, nP: number): Promise<Weights> {
  const read = async (name: string, wanted: readonly (number | undefined)[]): Promise<Float64Array> => {
    const { shape } = reader.info(name);
    if (shape.length !== wanted.length || shape.some((size, axis) => size !== (wanted[axis] ?? size))) {
      throw new FormatError(
        "bad-shape",
        `${name} must have the shape [${wanted.map((size) => size ?? "rank")}], got [${shape}]`,
        {
          file: files.weights,
          tensor: name,
        },
      );
    }
    return Float64Array.from(toNumbers((await reader.readTensor(name)).data));
  };
  const features = await read("feature_vectors", [n, nP]);
  const bias = await read("bias", [nP]);
  const rates = await read("firing_probabilities", [n]);
  const wrong = rates.findIndex((rate) => !(rate >= 0 && rate <= 1));
  if (wrong >= 0) {
    throw new FormatError(
      "bad-value",
      `firing_probabilities must lie in [0, 1], got ${rates[wrong]} for feature ${wrong}`,
      {
        file: files.weights,
      },
    );
  }
  if (!reader.tensors.has("correlation_factor")) return { features, bias, rates };
  const factor = await read("correlation_factor", [n, undefined]);
  const diagonal = await read("correlation_diag", [n]);
  const negative = diagonal.findIndex((value) => !(value > 0));
  if (negative >= 0) {
    throw new FormatError(
      "bad-value",
      `correlation_diag must be positive, got ${diagonal[negative]} for feature ${negative}`,
      {
        file: files.weights,
      },
    );
  }
  return { features, bias, rates, correlation: { rank: factor.length / n, factor, own: diagonal.map(Math.sqrt) } };
}
