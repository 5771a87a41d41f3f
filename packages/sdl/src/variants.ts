import type { Activation } from "./activations/table.js";
import type { Biases, SdlSpec } from "./spec.js";
import type { Terms } from "./terms/table.js";
import { transcodes } from "./transcodes.js";
import { validateSpec } from "./validateSpec.js";

/** Options shared by {@link sae}, {@link transcoder}, {@link crosscoder} and {@link crosslayer}. */
export interface VariantOptions {
  /** Latents Q. */
  readonly nQ: number;
  /** The activation sigma. */
  readonly activation: Activation;
  /** Default: none, as in the paper. `true` trains b_enc and b_dec, b_dec subtracted from the input (transcoders: not subtracted). */
  readonly biases?: boolean | Biases;
  /** Default false. */
  readonly unitNormDecoder?: boolean;
  /** Default `sum`. */
  readonly reduction?: "sum" | "mean";
  /** Loss terms beside the reconstruction. Default: none. */
  readonly terms?: Terms;
}

/** Options of {@link sae}. */
export interface SaeOptions extends VariantOptions {
  /** Width P of the activations. */
  readonly nP: number;
  /** One matrix serves as encoder and decoder. Default false. */
  readonly tied?: boolean;
}

/** Options of {@link transcoder}. */
export interface TranscoderOptions extends VariantOptions {
  /** Input width P. */
  readonly nP: number;
  /** Target width R. */
  readonly nR: number;
  /** Adds x_p skip^T to the reconstruction, skip starting at 0. Default false. */
  readonly skip?: boolean;
}

/** Options of {@link crosscoder}. */
export interface CrosscoderOptions extends VariantOptions {
  /** Width of each source; input and target are the sources side by side. */
  readonly sources: readonly number[];
  /** One matrix serves as encoder and decoder. Default false. */
  readonly tied?: boolean;
}

/** Options of {@link crosslayer}. */
export interface CrosslayerOptions extends VariantOptions {
  /** Width of the source of each layer, such as what its MLP reads; the input is the sources side by side. */
  readonly sources: readonly number[];
  /** Width of the target of each layer, such as what its MLP writes; the target is these side by side. Default: `sources`. */
  readonly targets?: readonly number[];
  /** Latents of each layer, summing to `nQ`. Default: equally many. */
  readonly latents?: readonly number[];
}

/**
 * A sparse autoencoder: the target is the input (paper section 3).
 *
 * @throws RangeError for a combination that cannot work
 */
export function sae({ nP, tied = false, ...options }: SaeOptions): SdlSpec {
  return spec({ variant: "sae", nP, nR: nP, tied, skip: false }, options);
}

/**
 * A transcoder: another target than the input, such as the output of the layer that reads it.
 *
 * @throws RangeError for a combination that cannot work
 */
export function transcoder({ nP, nR, skip = false, ...options }: TranscoderOptions): SdlSpec {
  return spec({ variant: "transcoder", nP, nR, tied: false, skip }, options);
}

/**
 * A crosscoder: one dictionary for m stacked sources, input and target `[B, sum of widths]`.
 *
 * @throws RangeError for a combination that cannot work
 */
export function crosscoder({ sources, tied = false, ...options }: CrosscoderOptions): SdlSpec {
  const width = sources.reduce((sum, source) => sum + source, 0);
  return spec({ variant: "crosscoder", nP: width, nR: width, sources, tied, skip: false }, options);
}

/**
 * A cross-layer transcoder (Ameisen et al. 2025): latents of layer l read source l and write to the targets of layers l and later,
 * y_m = b_m + sum over l <= m of f_l W_dec^{l->m}. Trained as one transcoder from all sources to all targets: the loss sums over
 * layers, topk and batchtopk count the latents of all layers together, and the norm of a decoder row is that of all its targets.
 *
 * @throws RangeError for a combination that cannot work
 */
export function crosslayer({ sources, targets = sources, latents, ...options }: CrosslayerOptions): SdlSpec {
  const count = sources.length;
  if (count === 0) {
    throw new RangeError("crosslayer: sources must name at least one layer, got none; give the width of each source");
  }
  for (const [name, list] of Object.entries({ targets, latents })) {
    if (list === undefined || list.length === count) continue;
    throw new RangeError(
      `crosslayer: ${name} must be one for each of the ${count} sources, got ${list.length}; give one per layer`,
    );
  }
  if (latents === undefined && options.nQ % count !== 0) {
    throw new RangeError(
      `crosslayer: nQ must be a multiple of the ${count} layers, got ${options.nQ}; change it, or give the latents of each layer`,
    );
  }
  const layers = sources.map((nP, layer) => ({
    nP,
    nR: targets[layer] as number,
    nQ: latents?.[layer] ?? options.nQ / count,
  }));
  const [nP, nR] = [sources, targets].map((widths) => widths.reduce((sum, width) => sum + width, 0)) as [
    number,
    number,
  ];
  return spec({ variant: "crosslayer", nP, nR, layers, tied: false, skip: false }, options);
}

type Shape = Pick<SdlSpec, "variant" | "nP" | "nR" | "tied" | "skip" | "sources" | "layers">;

function spec(shape: Shape, options: VariantOptions): SdlSpec {
  const {
    nQ,
    activation,
    biases = false,
    unitNormDecoder = false,
    reduction = "sum",
    terms = {},
    ...unknown
  } = options;
  const all = { encoder: true, decoder: true, subtractDecoderBias: !transcodes(shape) };
  const none = { encoder: false, decoder: false, subtractDecoderBias: false };
  const trained = typeof biases === "boolean" ? (biases ? all : none) : biases;
  return validateSpec({ ...shape, nQ, activation, biases: trained, unitNormDecoder, reduction, terms, ...unknown });
}
