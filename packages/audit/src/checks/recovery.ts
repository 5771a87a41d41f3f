import { matchFeatures } from "@monosema/bench";
import { type AuditPart, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";

/** Cosine from which a feature counts as recovered. */
const RECOVERED = 0.95;

/**
 * Features that have a latent of their own: signed decoder cosines, one to one (`matched` of bench's `recovery`), and beside them the
 * paper's best |cosine| of any latent (`decoder` of `recovery`).
 */
export function recovery({ model: { decoder }, features }: AuditSubject): AuditPart {
  if (features === null) return nothing;
  const both = { learned: decoder, truth: features.featuresR, tau: RECOVERED };
  const { mgt, mip, randomBaseline, cosine, warnings } = matchFeatures(both);
  const best = matchFeatures({ ...both, signed: false, assignment: "greedy" });
  const recovered = cosine.filter((value) => value > RECOVERED).length;
  const n = features.featuresR.rows;
  return {
    findings: [
      {
        kind: "recovery",
        summary: `${recovered} of ${n} features have a latent of their own with a decoder cosine above ${RECOVERED}; mean cosine ${mip.toFixed(3)}, random rows reach ${randomBaseline.toFixed(3)}`,
        evidence: {
          recovered,
          features: n,
          tau: RECOVERED,
          matchedMgt95: mgt,
          matchedMip: mip,
          decoderMgt95: best.mgt,
          decoderMip: best.mip,
          randomSigned: randomBaseline,
          randomAbsolute: best.randomBaseline,
        },
      },
    ],
    undecided: warnings,
  };
}
