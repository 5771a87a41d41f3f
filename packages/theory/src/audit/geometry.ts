import { dictionaryChecks } from "../dictionary/dictionaryChecks.js";
import { type Mat, takeRows } from "../mat.js";
import { conicIndependence } from "../patterns/conicIndependence.js";
import type { DecoderPairs } from "./decoderPairs.js";
import { type AuditFinding, type AuditPart, capped } from "./finding.js";

/** Coherence of the directions that are not zero; spark, Babel function and isometry up to a number of directions. */
export function coherence(of: string, directions: Mat, pairs: DecoderPairs, most: number): AuditPart {
  const { mu, maxSigned, zeroRows } = pairs;
  const zero = new Set(zeroRows);
  const used = Array.from({ length: directions.rows }, (_, i) => i).filter((i) => !zero.has(i));
  const [n, width] = [used.length, directions.cols];
  if (n === 0) return { findings: [], undecided: [`${of}: all directions are zero`] };
  const welch = n > width ? Math.sqrt((n - width) / (width * (n - 1))) : 0;
  const summary = `${of}: coherence ${mu.toPrecision(3)} (at least ${welch.toPrecision(3)} for ${n} directions in ${width} dimensions), largest signed cosine ${maxSigned.toPrecision(3)}`;
  const simple = { of, mu, maxSigned, welch, directions: n };
  if (n > most) {
    return {
      findings: [{ kind: "coherence", summary, evidence: simple }],
      undecided: [`${of}: spark, Babel function and isometry of ${n} directions: raise limits.directions`],
    };
  }
  const { sparkLower, spark, babel, rip, coherenceSparsity, troppK } = dictionaryChecks({
    featuresP: takeRows(directions, used),
    conic: false,
  });
  const evidence = { ...simple, sparkLower, spark, babel, rip: rip.constant, coherenceSparsity, troppK };
  return { findings: [{ kind: "coherence", summary, evidence }], undecided: [] };
}

/** Features inside the cone of the others, proved: under ReLU no encoder row fires on one of them alone. */
export function conicFeatures(
  featuresP: Mat,
  limits: { readonly conic: number; readonly findings: number },
): AuditPart {
  const n = featuresP.rows;
  if (n > limits.conic) {
    return { findings: [], undecided: [`conic independence of ${n} features: raise limits.conic`] };
  }
  const { perFeature, positivelySpanning, warnings } = conicIndependence({ featuresP });
  const inside = perFeature.flatMap(({ feature, independent, distance, certificate }): AuditFinding[] =>
    independent || certificate === null
      ? []
      : [
          {
            kind: "conic",
            feature,
            summary: "lies in the cone of the other features: no ReLU row fires on it alone",
            evidence: { distance },
            certificate,
          },
        ],
  );
  const independent = perFeature.filter((one) => one.independent).length;
  const smallest = perFeature.reduce((least, { distance }) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  const summary: AuditFinding = {
    kind: "conic",
    summary: `${independent} of ${n} features lie outside the cone of the others`,
    evidence: { of: "features", independent, tested: n, smallestDistance: smallest, positivelySpanning },
  };
  const listed = capped(inside, limits.findings);
  return { findings: [summary, ...listed.findings], undecided: [...listed.undecided, ...warnings] };
}
