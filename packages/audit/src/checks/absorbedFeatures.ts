import { matchFeatures } from "@monosema/bench";
import { dot, gram, type Mat, row, unitRows, zeros } from "@monosema/numerics";
import { absorptionReportCore } from "../absorptionReport.js";
import { type AuditFinding, type AuditPart, capped, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";
import { type FeaturePair, impliedPairs } from "./impliedPairs.js";

/** Pairs of parent and child that are examined. */
const PAIRS = 64;
/** Part of the child's decoder along the parent, beyond their overlap, from which a pair is examined. */
const CARRIED = 0.1;

/**
 * Absorption of one feature into the latent of another: pairs in which the child's decoder carries the parent, and pairs in which the
 * coefficients say that the child implies the parent. Without coefficients the samples are probes: the parent alone, and with the child,
 * each at unit size.
 */
export function absorbedFeatures({ model: { plain }, features, limits }: AuditSubject): AuditPart {
  if (features === null) return nothing;
  const { coefficients, featuresP, featuresR } = features;
  const carrying = carryingPairs(plain.decoder, featuresR);
  const implied = coefficients ? impliedPairs(coefficients) : [];
  const key = ({ parent, child }: FeaturePair): string => `${parent} ${child}`;
  const pairs = [...new Map([...implied, ...carrying].map((pair) => [key(pair), pair])).values()];
  const examined = pairs.slice(0, PAIRS);
  const findings = [...new Set(examined.map(({ parent }) => parent))].flatMap((parent) => {
    const children = examined.filter((pair) => pair.parent === parent).map(({ child }) => child);
    const x = coefficients ?? probes(featuresP.rows, parent, children);
    const { mainNeuron, children: reports } = absorptionReportCore({
      ...plain,
      featuresP,
      featuresR,
      x,
      parent,
      children,
    });
    return reports
      .filter(({ flagged }) => flagged)
      .map(
        ({ child, childNeuron, falseNegative, kappa, encoderSuppression }): AuditFinding => ({
          kind: "absorption",
          latent: mainNeuron,
          feature: parent,
          summary: `falls silent on feature ${parent} where feature ${child} is on; latent ${childNeuron} carries both`,
          evidence: {
            child,
            childLatent: childNeuron,
            falseNegative,
            kappa,
            encoderSuppression,
            measuredOn: coefficients ? "coefficients" : "probes at unit size",
          },
        }),
      );
  });
  const listed = capped(findings, limits.findings);
  const rest = pairs.length - examined.length;
  return {
    findings: listed.findings,
    undecided: [
      ...listed.undecided,
      ...(rest > 0 ? [`absorption: ${rest} more pairs of features overlap and were not examined`] : []),
      ...(coefficients
        ? []
        : ["absorption: which feature implies which needs coefficients; pairs were probed instead"]),
    ],
  };
}

/** Pairs in which the latent closest to the child writes the parent, most first. */
function carryingPairs(decoder: Mat, featuresR: Mat): FeaturePair[] {
  const { match } = matchFeatures({ learned: decoder, truth: featuresR, assignment: "greedy" });
  const latents = unitRows(decoder).unit;
  const { unit } = unitRows(featuresR);
  const overlaps = gram(unit);
  const found: (FeaturePair & { readonly carried: number })[] = [];
  match.forEach((latent, child) => {
    const written = row(latents, latent);
    const own = dot(written, row(unit, child));
    for (let parent = 0; parent < unit.rows; parent++) {
      if (parent === child || match[parent] === latent) continue;
      const carried = dot(written, row(unit, parent)) - own * (overlaps.data[child * unit.rows + parent] as number);
      if (carried > CARRIED) found.push({ parent, child, carried });
    }
  });
  return found.sort((a, b) => b.carried - a.carried).map(({ parent, child }) => ({ parent, child }));
}

/** The parent alone, then with each child. */
function probes(n: number, parent: number, children: readonly number[]): Mat {
  const x = zeros(children.length + 1, n);
  for (let sample = 0; sample < x.rows; sample++) x.data[sample * n + parent] = 1;
  children.forEach((child, at) => {
    x.data[(at + 1) * n + child] = 1;
  });
  return x;
}
