import type { Mat } from "@monosema/numerics";
import { conicIndependenceCore } from "../patterns/conicIndependence.js";
import type { Sigma } from "../sigma.js";
import { constructPartialMinimumCore } from "./constructPartialMinimum.js";
import { reachesZero } from "./reachesZero.js";

/** What decides whether a bound is attained. */
export interface AttainmentInput {
  /** `[n, nP]`; unknown where undefined, and then nothing is decided. */
  readonly featuresP: Mat | undefined;
  /** `[n, nR]`. */
  readonly featuresR: Mat;
  /** M_d, `[n]`. */
  readonly weights: ArrayLike<number>;
  /** Number of latents. */
  readonly nQ: number;
  /** Activation. */
  readonly sigma: Sigma;
}

/** The L1 bound is attained iff every feature with a positive code lies outside the cone of the others (ReLU without bias). */
export function attainsL1({ featuresP, nQ, sigma }: AttainmentInput, shrunk: Float64Array): boolean | null {
  const used = [...shrunk.keys()].filter((d) => (shrunk[d] as number) > 0);
  if (featuresP === undefined || sigma.kind !== "relu" || sigma.bias !== undefined || nQ < used.length) return null;
  const { perFeature } = conicIndependenceCore({ featuresP, features: used });
  return perFeature.some(({ undecided }) => undecided) ? null : perFeature.every(({ independent }) => independent);
}

/** True where the partition of the Top-1 bound is realizable with its eigenvectors; another one may be where it is not. */
export function attainsTopOne(
  { featuresP, featuresR, weights, sigma, nQ }: AttainmentInput,
  sets: readonly (readonly number[])[],
): true | null {
  if (featuresP === undefined) return null;
  const pattern = Array.from({ length: nQ }, (_, i) => sets[i] ?? []);
  const { status } = constructPartialMinimumCore({ featuresP, featuresR, weights, sigma, pattern });
  return status === "local-min" ? true : null;
}

/** True where a model with zero loss is known to exist. */
export function attainsZero({ featuresP, nQ, sigma }: AttainmentInput): true | null {
  return featuresP !== undefined && reachesZero(featuresP, nQ, sigma) ? true : null;
}
