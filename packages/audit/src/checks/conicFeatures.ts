import { conicIndependenceCore } from "@monosema/theory/core";
import { type AuditFinding, type AuditPart, capped, leave, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** Features inside the cone of the others, proved: under ReLU no encoder row fires on one of them alone. */
export function conicFeatures({ features, limits }: AuditSubject): AuditPart {
  if (features === null) return nothing;
  const { featuresP } = features;
  const n = featuresP.rows;
  if (n > limits.conic) return leave(`conic independence of ${n} features: raise limits.conic`);
  const { perFeature, positivelySpanning, warnings } = conicIndependenceCore({ featuresP });
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
