import { type StoredTensor, safetensorsParts } from "@monosema/tensor";
import { type FileContent, writeFolderAtomic } from "@monosema/tensor/node";
import type { BenchOptions, LinearRepresentationBench } from "../../data/linearRepresentationBench.js";
import { files } from "./files.js";
import { toHierarchyJson } from "./hierarchyJson.js";
import { toConfig } from "./toConfig.js";

/** Options of {@link writeSyntheticModel}. */
export interface WriteSyntheticModelOptions {
  /** Write the nearest that SAELens can say where it cannot say the same; default false. */
  readonly lossy?: boolean;
}

/** What {@link writeSyntheticModel} wrote. */
export interface WrittenModel {
  /** What differs from the data when SAELens opens the folder, in sentences; empty where only the random numbers do. */
  readonly differences: readonly string[];
}

/**
 * Writes data as a `synthetic_model` folder that SAELens opens (`SyntheticModel.load_from_disk`): the same directions, bias, rates,
 * factor and forest in float32. An existing folder is replaced.
 *
 * @param data - made from `options`
 * @throws RangeError that names what SAELens cannot say, unless `lossy`, and for a view other than `sae`
 */
export async function writeSyntheticModel(
  folder: string,
  data: LinearRepresentationBench,
  options: BenchOptions,
  { lossy = false }: WriteSyntheticModelOptions = {},
): Promise<WrittenModel> {
  if (data.view !== "sae") {
    throw new RangeError(`writeSyntheticModel: data must have the view sae, got ${data.view}; SAELens has no other`);
  }
  const { config, lost, notes } = toConfig(options);
  if (lost.length > 0 && !lossy) {
    throw new RangeError(
      `writeSyntheticModel: SAELens must be able to draw the same distribution, got ${lost.join("; ")}; pass lossy to write the nearest`,
    );
  }
  const { n, nP, features, bias, parts } = data;
  const { rates, correlation, hierarchy, scaleByParent } = parts.tables;
  const tensors = new Map<string, StoredTensor>([
    ["feature_vectors", floats(features, [n, nP])],
    ["bias", floats(bias ?? new Float64Array(nP), [nP])],
    ["firing_probabilities", floats(rates, [n])],
  ]);
  if (correlation !== undefined) {
    const { factor, own, rank } = correlation;
    tensors.set("correlation_factor", floats(factor, [n, rank]));
    tensors.set(
      "correlation_diag",
      floats(
        own.map((value) => value * value),
        [n],
      ),
    );
  }
  const json = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const contents = new Map<string, FileContent>([
    [files.config, json(config)],
    [files.weights, safetensorsParts(tensors).parts],
  ]);
  if (hierarchy?.childCount.some((count) => count > 0)) {
    contents.set(files.hierarchy, json(toHierarchyJson(hierarchy, scaleByParent)));
  }
  await writeFolderAtomic(folder, contents);
  return { differences: [...lost, ...notes] };
}

function floats(values: Float64Array, shape: readonly number[]): StoredTensor {
  return { dtype: "F32", shape, data: Float32Array.from(values) };
}
