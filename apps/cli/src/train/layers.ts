import {
  type Activation,
  type ActivationDefaults,
  activationDefaults,
  type CrosslayerOptions,
  type LayerWidths,
  type SdlSpec,
} from "@monosema/sdl";
import type { Given } from "../options.js";
import { UsageError } from "../usageError.js";
import { sourceWidths } from "./sourceWidths.js";

/** Widths of the samples. */
export interface DataShape {
  /** Widths of the sources, where they stand side by side, else that of all. */
  readonly widths: readonly number[];
  /** Widths of the targets, as of the sources; none where none are given. */
  readonly targetWidths: readonly number[];
}

/** Sources, targets and, of a dictionary to start from, latents of each layer. */
export function layersFrom(
  given: Given,
  { widths, targetWidths }: DataShape,
  start?: SdlSpec,
): Pick<CrosslayerOptions, "latents"> & Required<Pick<CrosslayerOptions, "sources" | "targets">> {
  const of = (width: keyof LayerWidths) => start?.layers?.map((layer) => layer[width]);
  const sources = sourceWidths(given, "sources", "crosslayer", widths, of("nP"));
  const targets = sourceWidths(given, "targets", "crosslayer", targetWidths, of("nR"));
  if (sources.length !== targets.length) {
    throw new UsageError(
      `--variant crosslayer needs a source and a target for each layer, got ${sources.length} and ${targets.length}; give as many of each, in order of the layers`,
    );
  }
  const latents = of("nQ");
  return { sources, targets, ...(latents ? { latents } : {}) };
}

/** The defaults of an activation for each layer: as many active latents again for each. */
export function defaultsOfLayers(kind: Activation["kind"], nQ: number, layers: number): ActivationDefaults {
  if (nQ % layers !== 0)
    throw new UsageError(`--latents must be a multiple of the ${layers} layers, got ${nQ}; change it`);
  const { activation, ...rest } = activationDefaults(kind, nQ / layers);
  return { ...rest, activation: "k" in activation ? { ...activation, k: activation.k * layers } : activation };
}
