import { type Contribution, checksum, type ExtraTerm, type SdlSpec, type Weights } from "@monosema/sdl";
import { algebra, type Tensor } from "@monosema/tensor";
import type { AnchorSet } from "./anchors.js";
import { dualRows } from "./dualRows.js";

/** Options of {@link anchorTerm}. */
export interface AnchorOptions {
  /** lambda; a sum over anchors, not a mean. Default .1 (the paper's value on the benchmark). */
  readonly strength?: number;
  /** Which side is held: both (paper eq. 26), one of them, or both with dual rows in the encoder. Default `both`. */
  readonly mode?: "both" | "encoder" | "decoder" | "dual";
  /** Anchored rows start at their anchors. Default false. */
  readonly start?: boolean;
  /** Fraction of the steps over which lambda rises linearly from 0. Default 0. */
  readonly warmup?: number;
  /** Fraction of the steps, at the end, over which lambda falls linearly to 0. Default 0. */
  readonly decay?: number;
}

/**
 * The anchoring term lambda sum_{i<K} (||encoder_i - a_p^i||^2 + ||decoder_i - a_r^i||^2) (paper eq. 25-26), to be passed to `train`
 * as one of its `terms`. With tied weights one side is counted.
 *
 * @param anchors - rows of latents 0 to K-1
 * @throws RangeError for options out of range, or when opened for a spec whose widths or latents do not fit
 */
export function anchorTerm(
  anchors: AnchorSet,
  { strength = 0.1, mode = "both", start = false, warmup = 0, decay = 0 }: AnchorOptions = {},
): ExtraTerm {
  if (!(strength >= 0))
    throw new RangeError(`anchorTerm: strength must be at least 0, got ${strength}; use 0 for none`);
  for (const [name, value] of Object.entries({ warmup, decay })) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(
        `anchorTerm: ${name} must be a fraction from 0 to 1, got ${value}; give a share of the steps`,
      );
    }
  }
  const { count } = anchors;
  const nP = anchors.input.length / count;
  const nR = anchors.target.length / count;
  const onInput = mode === "dual" ? dualRows(anchors.input, count) : anchors.input;
  const sides = {
    encoder: mode === "decoder" ? undefined : onInput,
    decoder: mode === "encoder" ? undefined : anchors.target,
  };
  const checkFit = (spec: SdlSpec): void => {
    if (spec.layers) {
      throw new RangeError(
        `anchorTerm: the model must be of one layer, got a cross-layer transcoder of ${spec.layers.length}, whose rows are zero for other layers; anchor a transcoder`,
      );
    }
    if (spec.nP === nP && spec.nR === nR && count <= spec.nQ) return;
    throw new RangeError(
      `anchorTerm: anchors must fit nP ${spec.nP}, nR ${spec.nR} and at most nQ ${spec.nQ} rows, got [${count}, ${nP}] and [${count}, ${nR}]; make anchors for this model`,
    );
  };
  return {
    name: "anchoring",
    options: { strength, mode, start, warmup, decay, count, rows: checksum(anchors.input, anchors.target) },
    anchored: count,
    ...(start
      ? {
          initialise(weights: Weights, spec: SdlSpec) {
            checkFit(spec);
            if (sides.encoder) weights.encoder.set(sides.encoder);
            if (sides.decoder && !(spec.tied && sides.encoder)) weights.decoder.set(sides.decoder);
          },
        }
      : {}),
    open(backend, spec) {
      checkFit(spec);
      const { add, mul, square, sub, sum } = algebra(backend);
      const encoder = sides.encoder && backend.tensor(sides.encoder, [count, nP]);
      const decoder = sides.decoder && !(spec.tied && encoder) ? backend.tensor(sides.decoder, [count, nR]) : undefined;
      return {
        name: "anchoring",
        contribute({ parameters, step, steps }): Contribution {
          const rise = warmup > 0 ? Math.min(1, step / (warmup * steps)) : 1;
          const fall = decay > 0 ? Math.min(1, (1 - step / steps) / decay) : 1;
          const lambda = strength * rise * fall;
          const distance = (rows: Tensor, targets: Tensor): Tensor =>
            sum(square(sub(backend.rows(rows, 0, count), targets)));
          return {
            value() {
              const parts = [
                ...(encoder ? [distance(parameters.encoder.value, encoder)] : []),
                ...(decoder ? [distance(parameters.decoder.value, decoder)] : []),
              ];
              return mul(
                parts.reduce((a, b) => add(a, b)),
                lambda,
              );
            },
            ...(encoder ? { encoder: { anchors: { rows: encoder, strength: lambda } } } : {}),
            ...(decoder ? { decoder: { anchors: { rows: decoder, strength: lambda } } } : {}),
          };
        },
        dispose: () => backend.dispose(...[encoder, decoder].flatMap((t) => t ?? [])),
      };
    },
  };
}
