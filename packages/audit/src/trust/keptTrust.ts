import type { Backend } from "@monosema/tensor";
import type { RowReservoir } from "../inference/rowReservoir.js";
import type { Dictionary } from "../subject/foldDictionary.js";
import { keptSamples } from "./keptSamples.js";
import { type LatentTrust, latentTrust } from "./latentTrust.js";
import type { Replication } from "./replication.js";
import { trustSample } from "./trustSample.js";

/** How far each latent can be trusted, from the samples that were kept. */
export async function keptTrust(
  backend: Backend,
  dictionary: Dictionary,
  reservoir: RowReservoir,
  replication?: Replication,
): Promise<LatentTrust> {
  const kept = keptSamples(reservoir.kept(), dictionary.decoder.cols);
  return latentTrust(await trustSample(backend, { ...dictionary, ...kept }), replication);
}
