import type { LatentNames } from "@monosema/sdl";
import type { ModelAudit } from "../auditModel.js";
import { auditThresholds } from "../summary/thresholds.js";
import type { LatentTrust } from "../trust/latentTrust.js";
import { duplicateOf } from "./duplicateOf.js";
import type { LatentGrade } from "./latentGrade.js";
import { latentReasons } from "./latentReasons.js";

/** What is known of one latent, as JSON. */
export interface LatentRecord {
  /** Latent. */
  readonly latent: number;
  /** Its name, where the dictionary keeps one. */
  readonly name?: string;
  /** Grade, by `auditThresholds`. */
  readonly grade: LatentGrade;
  /** Probability that it is real; null where it is not scored. */
  readonly score: number | null;
  /** Probability that it is one feature alone; null where it is not scored. */
  readonly atomic: number | null;
  /** The main reasons for the score, and what else was found about it. */
  readonly reasons: readonly string[];
  /** Share of the samples in which it fires. */
  readonly rate: number;
  /** Largest decoder cosine in the replicas, their mean; absent without replicas. */
  readonly replication?: number;
  /** Correlation of its codes with those of that latent, the mean over the replicas; absent without replicas. */
  readonly codeCorrelation?: number;
}

/**
 * What is known of each latent; null without data.
 *
 * @param names - names of latents
 */
export function latentRecords(audit: ModelAudit, names: LatentNames = new Map()): readonly LatentRecord[] | null {
  const { trust, firingRates: rates, dead, latents } = audit;
  if (trust === null || rates === null) return null;
  const [silent, copies] = [new Set(dead), duplicateOf(audit.duplicates, rates)];
  const reasonsOf = latentReasons(audit, trust);
  const { replicaCosineMean: cosines, replicaCodesMean: codes } = trust.statistics;
  return Array.from({ length: latents }, (_, latent): LatentRecord => {
    const grade = silent.has(latent) ? "dead" : copies.has(latent) ? "duplicate" : scoreGrade(trust, latent);
    const name = names.get(latent);
    return {
      latent,
      ...(name === undefined ? {} : { name }),
      grade,
      score: rounded(trust.real[latent]),
      atomic: rounded(trust.atomic[latent]),
      reasons: reasonsOf(latent, grade, copies.get(latent)),
      rate: rounded(rates[latent]) ?? 0,
      ...(cosines && codes
        ? { replication: rounded(cosines[latent]) ?? 0, codeCorrelation: rounded(codes[latent]) ?? 0 }
        : {}),
    };
  });
}

function scoreGrade({ real }: LatentTrust, latent: number): LatentGrade {
  const score = real[latent] as number;
  if (Number.isNaN(score)) return "rare";
  return score >= auditThresholds.real ? "real" : score < auditThresholds.unreal ? "unreal" : "doubtful";
}

/** Four digits keep the file of 16,000 latents small; null for what is no number. */
const rounded = (value = Number.NaN): number | null => (Number.isFinite(value) ? Number(value.toPrecision(4)) : null);
