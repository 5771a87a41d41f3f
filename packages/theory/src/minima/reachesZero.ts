import { gram, type Mat, rank, takeRows, unitRows } from "@monosema/numerics";
import { conicIndependenceCore } from "../patterns/conicIndependence.js";
import { PROPORTIONAL } from "../recheck/theorem.js";
import { type Sigma, thresholdOf } from "../sigma.js";

/** Most features whose conic independence is tested. */
const MOST_FEATURES = 300;

/** Whether some model of nQ latents is known to have zero approximate loss, whatever the targets. */
export function reachesZero(featuresP: Mat, nQ: number, sigma: Sigma): boolean {
  const n = featuresP.rows;
  if (nQ < n || sigma.bias?.some((value) => value !== 0)) return false;
  const { unit, norms } = unitRows(featuresP);
  if (norms.some((length) => length === 0)) return false;
  const cosines = gram(unit);
  if (pairs(cosines, (cosine) => 1 - cosine <= PROPORTIONAL).length > 0) return false;
  switch (sigma.kind) {
    case "relu":
      return separable(unit, cosines);
    case "topk-relu":
      return sigma.k === 1 || isolable(featuresP);
    case "jumprelu": {
      const positive = Array.from({ length: n }, (_, i) => thresholdOf(sigma, i)).every((theta) => theta > 0);
      return positive && norms.every((length) => Math.abs(length - 1) <= 1e-9);
    }
    default:
      return false;
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
    conicIndependenceCore({ featuresP }).perFeature.every(({ independent }) => independent)
  );
}

function pairs(cosines: Mat, wanted: (cosine: number) => boolean): [number, number][] {
  const found: [number, number][] = [];
  for (let d = 0; d < cosines.rows; d++) {
    for (let e = 0; e < d; e++) if (wanted(cosines.data[d * cosines.rows + e] as number)) found.push([e, d]);
  }
  return found;
}
