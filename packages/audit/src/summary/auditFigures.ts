import type { SdlSpec } from "@monosema/sdl";
import type { ModelAudit } from "../auditModel.js";
import { auditThresholds } from "./thresholds.js";

/** What is counted of an audit for its summary. */
export interface AuditFigures {
  /** What was trained. */
  readonly spec: SdlSpec;
  /** Samples read. */
  readonly samples: number;
  /** Latents. */
  readonly latents: number;
  /** Latents that are not dead. */
  readonly alive: number;
  /** Live latents that fire on more than a tenth of the samples. */
  readonly dense: number;
  /** Pairs of live latents with one direction. */
  readonly duplicates: number;
  /** Latents that hold several true features; null without features. */
  readonly composites: number | null;
  /** Features that have a latent of their own, and their number; null without features. */
  readonly recovered: { readonly found: number; readonly of: number } | null;
  /** Over all samples; null without samples, and for targets without variance. */
  readonly fvu: number | null;
  /** Mean number of active latents; null without samples. */
  readonly l0: number | null;
  /** Least share of the error that is the encoder's; null where it is not known. */
  readonly encoderShare: number | null;
  /** What the theory lacks for the activation; null where it knows it. */
  readonly lacks: string | null;
  /** What was scored; null without data. */
  readonly scores: ScoreFigures | null;
}

/** What is counted of the scores. */
export interface ScoreFigures {
  /** Latents that fire often enough. */
  readonly scored: number;
  /** Probably real ones among them. */
  readonly real: number;
  /** Those of the probably real ones that are probably one feature. */
  readonly atomic: number;
  /** Firings that a score needs. */
  readonly fewest: number;
  /** Share of statistics outside the calibration. */
  readonly outside: number;
  /** Replicas given. */
  readonly replicas: number;
  /** Live latents that come back in all of them. */
  readonly replicated: number;
}

/** Counts what the summary speaks of. */
export function auditFigures(audit: ModelAudit): AuditFigures {
  const { spec, samples, latents, dead, firingRates, duplicates, composites, findings, inference, lacks } = audit;
  const silent = new Set(dead);
  const evidence = (kind: string, name: string): number | null => {
    const value = findings.find((finding) => finding.kind === kind)?.evidence[name];
    return typeof value === "number" ? value : null;
  };
  const [found, of] = [evidence("recovery", "recovered"), evidence("recovery", "features")];
  return {
    ...{ spec, samples, latents, lacks, alive: latents - silent.size },
    dense: firingRates?.filter((rate) => rate > auditThresholds.dense).length ?? 0,
    duplicates: duplicates.filter(({ first, second }) => !silent.has(first) && !silent.has(second)).length,
    composites: composites?.length ?? null,
    recovered: found === null || of === null ? null : { found, of },
    fvu: evidence("reconstruction", "fvu"),
    l0: evidence("reconstruction", "l0"),
    encoderShare: inference?.quality.encoderShare ?? null,
    scores: scoreFigures(audit, silent),
  };
}

function scoreFigures({ trust }: ModelAudit, silent: ReadonlySet<number>): ScoreFigures | null {
  if (trust === null) return null;
  const { real, atomic, fewest, outside, replicas, statistics } = trust;
  const { probable, replicated } = auditThresholds;
  const comesBack = statistics.replicaCosineLeast?.filter(
    (cosine, latent) => cosine > replicated && !silent.has(latent),
  );
  return {
    ...{ fewest, outside, replicas },
    scored: real.filter((score) => !Number.isNaN(score)).length,
    real: real.filter((score) => score > probable).length,
    atomic: real.filter((score, latent) => score > probable && (atomic[latent] as number) > probable).length,
    replicated: comesBack?.length ?? 0,
  };
}
