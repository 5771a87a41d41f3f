import { type Mat, row } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { isTopK, type Sigma } from "../sigma.js";
import { maskedCodes } from "./maskedModel.js";

/** The mask across an entry at the boundary of a region; null where there is none, and for BatchTopK. */
export function neighbourMask(
  { encoder, featuresP, sigma }: { encoder: Mat; featuresP: Mat; sigma: Sigma },
  mask: Mask,
  latent: number,
  feature: number,
): Mask | null {
  const data = Uint8Array.from(mask.data);
  const selected = data.subarray(feature * mask.cols, (feature + 1) * mask.cols);
  const on = selected[latent] === 1;
  selected[latent] = on ? 0 : 1;
  if (!isTopK(sigma)) return { ...mask, data };
  if (sigma.kind === "batchtopk-relu") return null;
  const count = selected.reduce((sum, value) => sum + value, 0);
  if (on) return sigma.kind === "topk" ? null : { ...mask, data };
  if (count <= sigma.k) return { ...mask, data };
  // The latent takes the place of the lowest selected one.
  const values = row(maskedCodes(encoder, featuresP, mask, sigma).pre, feature);
  let lowest = -1;
  for (let i = 0; i < mask.cols; i++) {
    if (i === latent || selected[i] === 0) continue;
    if (lowest < 0 || (values[i] as number) < (values[lowest] as number)) lowest = i;
  }
  selected[lowest] = 0;
  return { ...mask, data };
}
