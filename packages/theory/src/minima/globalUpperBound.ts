import { type Mat, takeRows } from "../mat.js";
import { gram } from "../multiply.js";
import { rank } from "../numerics/rank.js";
import { conicIndependence } from "../patterns/conicIndependence.js";
import { PROPORTIONAL } from "../recheck/theorem.js";
import { thresholdOf } from "../sigma.js";
import { unitRows } from "../unitRows.js";
import type { WeightedModel } from "./maskedModel.js";

/** Most features whose conic independence is tested. */
const MOST_FEATURES = 300;

/** Smallest approximate loss, relative to that of the zero output, that some model of this size is known to reach: 0 or 1. */
export function globalUpperBound({ encoder, featuresP, sigma }: WeightedModel): number {
  const n = featuresP.rows;
  if (encoder.rows < n || sigma.bias?.some((value) => value !== 0)) return 1;
  const { unit, norms } = unitRows(featuresP);
  if (norms.some((length) => length === 0)) return 1;
  const cosines = gram(unit);
  if (pairs(cosines, (cosine) => 1 - cosine <= PROPORTIONAL).length > 0) return 1;
  switch (sigma.kind) {
    case "relu":
      return separable(unit, cosines) ? 0 : 1;
    case "topk-relu":
      return sigma.k === 1 || isolable(featuresP) ? 0 : 1;
    case "jumprelu": {
      const positive = Array.from({ length: n }, (_, i) => thresholdOf(sigma, i)).every((theta) => theta > 0);
      return positive && norms.every((length) => Math.abs(length - 1) <= 1e-9) ? 0 : 1;
    }
    default:
      return 1;
  }
}

/** Representatives of the antipodal pairs are independent: then some encoder has codes of rank n. */
function separable(unit: Mat, cosines: Mat): boolean {
  const representatives = pairs(cosines, (cosine) => 1 + cosine <= PROPORTIONAL).map(([d]) => d);
  return representatives.length <= 1 || rank(takeRows(unit, representatives)).rank === representatives.length;
}

/** Some ReLU row fires on each feature alone. */
function isolable(featuresP: Mat): boolean {
  if (featuresP.rows <= featuresP.cols && rank(featuresP).rank === featuresP.rows) return true;
  return (
    featuresP.rows <= MOST_FEATURES &&
    conicIndependence({ featuresP }).perFeature.every(({ independent }) => independent)
  );
}

function pairs(cosines: Mat, wanted: (cosine: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let d = 0; d < cosines.rows; d++) {
    for (let e = 0; e < d; e++) if (wanted(cosines.data[d * cosines.rows + e] as number)) found.push([e, d]);
  }
  return found;
}
