import { type Mat, matFrom } from "@monosema/numerics";
import { byItem, type TheoryVector } from "../../../numerics/test/support/vectors.js";
import type { Sigma } from "../../src/sigma.js";

/** An activation of a file: an object, or the name of a kind. */
export function sigmaOf(sigma: string | Sigma, k?: number): Sigma {
  if (typeof sigma !== "string") return sigma;
  return (k === undefined ? { kind: sigma } : { kind: sigma, k }) as Sigma;
}

/** Encoder, decoder, features and weights of a file, as far as it has them. */
export function modelOf({ inputs }: TheoryVector): {
  encoder: Mat;
  decoder: Mat;
  featuresP: Mat;
  featuresR: Mat;
  weights: Float64Array;
  sigma: Sigma;
} {
  const { wp, wr = wp, we, wd, weights, sigma = "relu", k } = inputs;
  const featuresP = byItem(wp);
  return {
    featuresP,
    featuresR: byItem(wr),
    encoder: we === undefined ? featuresP : matFrom(we),
    decoder: wd === undefined ? byItem(wr) : byItem(wd),
    weights: Float64Array.from(weights ?? new Array(featuresP.rows).fill(1)),
    sigma: sigmaOf(sigma, k),
  };
}
