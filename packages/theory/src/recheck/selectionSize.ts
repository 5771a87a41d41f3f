import { isTopK, type Sigma } from "../sigma.js";
import type { Recheck } from "./outcome.js";

/** A pattern that asks for a number of latents per feature that its activation cannot select. */
export interface SelectionSizeCertificate {
  /** Discriminant. */
  readonly kind: "selection-size";
  /** Features that switch on each latent. */
  readonly pattern: readonly (readonly number[])[];
  /** Number of features. */
  readonly features: number;
  /** Activation. */
  readonly sigma: Sigma;
}

/** Counts the latents per feature (of the batch, for BatchTopK) against what is selected. */
export function recheckSelectionSize({ pattern, features, sigma }: SelectionSizeCertificate): Recheck {
  if (!isTopK(sigma)) return { holds: false, detail: `${sigma.kind} selects any number of latents`, residual: 1 };
  const sizes = Array.from({ length: features }, (_, d) => pattern.filter((set) => set.includes(d)).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const most = Math.max(0, ...sizes);
  const exact = Math.min(sigma.k, pattern.length);
  if (sigma.kind === "batchtopk-relu") {
    return {
      holds: total > sigma.k * features,
      detail: `${total} latents are on in a batch of ${features}, ${sigma.k} each are allowed on average`,
      residual: 0,
    };
  }
  const holds = sigma.kind === "topk" ? sizes.some((size) => size !== exact) : most > sigma.k;
  return { holds, detail: `up to ${most} latents are on for one feature, k is ${sigma.k}`, residual: 0 };
}
