import { type Mat, takeRows } from "@monosema/numerics";
import { dictionaryChecksCore } from "@monosema/theory/core";
import { type AuditPart, joined, leave, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";
import { type DecoderPairs, decoderPairs } from "../subject/decoderPairs.js";

/** Coherence of features and decoders. */
export function coherence({ model, features, pairs, limits }: AuditSubject): AuditPart {
  return joined(
    features === null
      ? nothing
      : of("features", features.featuresP, decoderPairs(features.featuresP, 1, 0), limits.directions),
    of("decoder", model.decoder, pairs, limits.directions),
  );
}

/** That of the directions that are not zero; spark, Babel function and isometry up to a number of directions. */
function of(name: string, directions: Mat, pairs: DecoderPairs, most: number): AuditPart {
  const { mu, maxSigned, zeroRows } = pairs;
  const zero = new Set(zeroRows);
  const used = Array.from({ length: directions.rows }, (_, i) => i).filter((i) => !zero.has(i));
  const [n, width] = [used.length, directions.cols];
  if (n === 0) return leave(`${name}: all directions are zero`);
  const welch = n > width ? Math.sqrt((n - width) / (width * (n - 1))) : 0;
  const summary = `${name}: coherence ${mu.toPrecision(3)} (at least ${welch.toPrecision(3)} for ${n} directions in ${width} dimensions), largest signed cosine ${maxSigned.toPrecision(3)}`;
  const simple = { of: name, mu, maxSigned, welch, directions: n };
  if (n > most) {
    return {
      findings: [{ kind: "coherence", summary, evidence: simple }],
      undecided: [`${name}: spark, Babel function and isometry of ${n} directions: raise limits.directions`],
    };
  }
  const { sparkLower, spark, babel, rip, coherenceSparsity, troppK } = dictionaryChecksCore({
    featuresP: takeRows(directions, used),
    conic: false,
  });
  const evidence = { ...simple, sparkLower, spark, babel, rip: rip.constant, coherenceSparsity, troppK };
  return { findings: [{ kind: "coherence", summary, evidence }], undecided: [] };
}
