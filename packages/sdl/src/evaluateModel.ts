import type { Backend } from "@monosema/tensor";
import type { Batch } from "./batch.js";
import { fractionUnexplained } from "./fractionUnexplained.js";
import { columnsOf, offsets } from "./layers.js";
import { type ModelOutput, openModel } from "./loadedModel.js";
import type { Model } from "./model.js";

/** Metrics of a dictionary on a set of samples, in original units. */
export interface ModelMetrics {
  /** Samples evaluated. */
  readonly samples: number;
  /** Mean of the squared error over samples and dimensions. */
  readonly mse: number;
  /** Fraction of variance unexplained, about the mean of the set; null for targets without variance. */
  readonly fvu: number | null;
  /** The fvu of the target of each layer of a cross-layer transcoder. */
  readonly layerFvu?: readonly (number | null)[];
  /** 1 - fvu; null where that is. */
  readonly explainedVariance: number | null;
  /** Mean number of active latents of a sample. */
  readonly l0: number;
  /** Latents that no sample activates, divided by Q. */
  readonly deadFraction: number;
  /** Mean of ||x_hat|| / ||x_r|| over samples with ||x_r|| > 1e-6; 1 if there are none. */
  readonly shrinkage: number;
}

/** Options of {@link evaluateModel}. */
export interface EvaluateOptions {
  /** Called with each batch and what the dictionary made of it, such as for F1; waited for. */
  readonly onBatch?: (batch: Batch, output: ModelOutput) => void | Promise<void>;
  /** Gives what is measured in the place of what the encoder gives, such as other codes of the same decoder. */
  readonly infer?: (batch: Batch, encoded: ModelOutput) => Promise<ModelOutput>;
}

/**
 * Runs a dictionary over batches, in one pass and in float64 sums, so that the batch size does not matter.
 *
 * @param batches - samples `[B, P]`, for transcoders with targets `[B, R]`
 * @throws RangeError for no samples, widths that do not fit, or as {@link openModel}
 */
export async function evaluateModel(
  backend: Backend,
  model: Model,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  { onBatch, infer }: EvaluateOptions = {},
): Promise<ModelMetrics> {
  const { nP, nR, nQ, layers = [] } = model.spec;
  const sums = targetSums(nR);
  const starts = offsets(layers, "nR");
  const layerSums = layers.map((layer) => targetSums(layer.nR));
  const isActive = new Uint8Array(nQ);
  let entries = 0;
  const loaded = openModel(backend, model);
  try {
    for await (const batch of batches) {
      const target = batch.target ?? batch.input;
      if (target.length !== batch.size * nR) {
        throw new RangeError(
          `evaluateModel: targets must have width ${nR}, the dictionary's output, got ${target.length / batch.size}; ${batch.target || nP === nR ? "check the data" : "pass batch.target"}`,
        );
      }
      const encoded = await loaded.run(batch.input, batch.size);
      const output = infer ? await infer(batch, encoded) : encoded;
      for (const latent of output.codes.latents) isActive[latent] = 1;
      entries += output.codes.latents.length;
      sums.add(target, output.reconstruction);
      for (const [l, one] of layerSums.entries()) {
        const columns = [nR, starts[l] as number, starts[l + 1] ?? nR] as const;
        one.add(columnsOf(target, ...columns), columnsOf(output.reconstruction, ...columns));
      }
      await onBatch?.(batch, output);
    }
  } finally {
    loaded.dispose();
  }
  const { samples, error, shrinkage, fvu } = sums.result();
  return {
    samples,
    mse: error / (samples * nR),
    fvu,
    ...(layers.length > 0 ? { layerFvu: layerSums.map((one) => one.result().fvu) } : {}),
    explainedVariance: fvu === null ? null : 1 - fvu,
    l0: entries / samples,
    deadFraction: isActive.reduce((dead, active) => dead + 1 - active, 0) / nQ,
    shrinkage,
  };
}

/** Sums over samples that {@link evaluateModel} streams. */
interface TargetSums {
  /** Adds targets and reconstructions `[B, R]`. */
  readonly add: (target: Float32Array | Float64Array, reconstruction: Float32Array) => void;
  /** Sum of squared errors, its share of the sum of squares about the mean, mean norm ratio. */
  readonly result: () => { samples: number; error: number; fvu: number | null; shrinkage: number };
}

/** Moments are taken about the first sample, so that data far from zero lose no digits. */
function targetSums(nR: number): TargetSums {
  const origin = new Float64Array(nR);
  const first = new Float64Array(nR);
  let samples = 0;
  let second = 0;
  let power = 0;
  let error = 0;
  let ratios = 0;
  let measured = 0;
  return {
    add: (target, reconstruction) => {
      if (samples === 0) origin.set(target.subarray(0, nR));
      for (let row = 0; row < target.length; row += nR) {
        let targetSquares = 0;
        let outputSquares = 0;
        for (let d = 0; d < nR; d++) {
          const x = target[row + d] as number;
          const y = reconstruction[row + d] as number;
          const shifted = x - (origin[d] as number);
          first[d] = (first[d] as number) + shifted;
          second += shifted * shifted;
          error += (y - x) ** 2;
          targetSquares += x * x;
          outputSquares += y * y;
        }
        power += targetSquares;
        samples += 1;
        if (targetSquares > 1e-12) {
          ratios += Math.sqrt(outputSquares / targetSquares);
          measured += 1;
        }
      }
    },
    result: () => {
      if (samples === 0)
        throw new RangeError("evaluateModel: batches must hold at least one sample, got none; check the data");
      const squaredMean = first.reduce((sum, s) => sum + s * s, 0) / samples;
      const variance = second - squaredMean;
      const fvu = fractionUnexplained(error, variance, power);
      return { samples, error, fvu, shrinkage: measured > 0 ? ratios / measured : 1 };
    },
  };
}
