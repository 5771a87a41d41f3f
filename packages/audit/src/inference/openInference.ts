import { type Batch, type Model, type ModelOutput, scaleSamples, transcodes } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { auditedSamples } from "../model/auditedSamples.js";
import { rowsOf } from "../model/rowsOf.js";
import { activeCounts } from "./comparedCodes.js";
import { frozenDecoder } from "./frozenDecoder.js";
import { type CodeSearch, searchedCodes } from "./inferredCodes.js";
import { penalisedNnls } from "./nonNegativeCodes.js";
import { matchingPursuit } from "./orthogonalMatchingPursuit.js";

/** Ways to find codes of a decoder without its encoder: `orthogonalMatchingPursuit` and `nonNegativeCodes`. */
export const inferenceMethods = ["omp", "nnls"] as const;

/** One of {@link inferenceMethods}. */
export type InferenceMethod = (typeof inferenceMethods)[number];

const searches: Readonly<Record<InferenceMethod, CodeSearch>> = { omp: matchingPursuit, nnls: penalisedNnls };

/** A decoder on a backend, ready to run without its encoder. */
export interface Inference {
  /**
   * Codes and reconstruction of samples, each with at most as many active latents as the encoder gives it; for `infer` of `evaluateModel`.
   *
   * @param batch - samples with their targets
   * @param encoded - what the encoder makes of them
   */
  readonly infer: (batch: Batch, encoded: ModelOutput) => Promise<ModelOutput>;
  /** Frees the tensor on the backend; the backend stays open. */
  readonly dispose: () => void;
}

/**
 * Puts the decoder of a model on a backend. Targets are seen: the codes of a transcoder are those that explain its target best, not what
 * can be told from its input.
 *
 * @throws RangeError where a weight is not finite
 */
export function openInference(backend: Backend, model: Model, method: InferenceMethod): Inference {
  const { weights, spec, inputScaling } = model;
  const { nP, nR } = spec;
  const { inputs, targets } = auditedSamples(model);
  const frozen = frozenDecoder("openInference", backend, rowsOf(weights.decoder, nR));
  const bias = weights.decoderBias ?? new Float32Array(nR);
  return {
    async infer({ input, target = input }, { codes: encoded }) {
      const centred = rowsOf(targets(target, inputs(input)), nR);
      centred.data.forEach((value, at) => {
        centred.data[at] = value - (bias[at % nR] as number);
      });
      const { codes, residuals } = await searchedCodes(searches[method], frozen, centred, activeCounts(encoded));
      if (transcodes(spec)) {
        return {
          codes,
          reconstruction: Float32Array.from(target, (value, at) => value - (residuals.data[at] as number)),
        };
      }
      const fitted = Float32Array.from(
        centred.data,
        (value, at) => value - (residuals.data[at] as number) + (bias[at % nR] as number),
      );
      return { codes, reconstruction: scaleSamples(inputScaling, input, nP).restore(fitted, nR) };
    },
    dispose: frozen.dispose,
  };
}
