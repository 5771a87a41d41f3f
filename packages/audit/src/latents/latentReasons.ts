import type { ModelAudit } from "../auditModel.js";
import type { FindingKind } from "../finding.js";
import type { LatentTrust } from "../trust/latentTrust.js";
import { replicationWords } from "../trust/replication.js";
import { latentStatistics } from "../trust/statistics.js";
import { whole } from "../words.js";
import type { LatentGrade } from "./latentGrade.js";

/** Reasons of a score that are named. */
const MOST = 3;
/** Log odds below which a reason is none. */
const LEAST = 0.05;
/** Findings that say something of a latent's worth. */
const telling: readonly FindingKind[] = ["polysemantic", "composite", "absorption", "absorption-suspect"];

const words = new Map([
  ...latentStatistics.map(({ name, words: own }) => [name, own] as const),
  ...Object.entries(replicationWords),
]);

/** Why a latent has its grade: what weighs most in its score, and what was found about it. */
export function latentReasons(
  { findings, samples }: ModelAudit,
  trust: LatentTrust,
): (latent: number, grade: LatentGrade, copyOf: number | undefined) => readonly string[] {
  const found = new Map<number, string[]>();
  for (const { kind, latent, summary } of findings) {
    if (latent === undefined || !telling.includes(kind)) continue;
    found.set(latent, [...(found.get(latent) ?? []), summary]);
  }
  return (latent, grade, copyOf) => {
    if (grade === "dead") return [`never fires on the ${whole(samples)} samples`];
    return [
      ...(copyOf === undefined ? [] : [`the same direction as latent ${copyOf}`]),
      ...(trust.unscored[latent] === 1
        ? [`fires fewer than ${trust.fewest} times in ${whole(trust.samples)} samples`]
        : weightiest(trust, latent, grade)),
      ...(found.get(latent) ?? []),
    ];
  };
}

/** What moves the score most: for a real latent what lifts it, for an unreal one what lowers it, else both, each with its side. */
function weightiest({ contributions }: LatentTrust, latent: number, grade: LatentGrade): readonly string[] {
  const weighed = Object.entries(contributions(latent))
    .filter(([name, value]) => words.has(name) && Math.abs(value) >= LEAST)
    .filter(([, value]) => (grade === "real" ? value > 0 : grade === "unreal" ? value < 0 : true))
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
    .map(([name, value]) => {
      const own = words.get(name);
      const text = (value > 0 ? own?.lifts : own?.lowers) as string;
      return grade === "real" || grade === "unreal" ? text : `${value > 0 ? "for" : "against"}: ${text}`;
    });
  return [...new Set(weighed)].slice(0, MOST);
}
