import type { ModelAudit } from "../auditModel.js";
import { auditFigures } from "./auditFigures.js";

/** How good a dictionary is, in plain numbers. */
export interface AuditQuality {
  /** Fraction of variance unexplained over all samples; null without data, and for targets without variance. */
  readonly fvu: number | null;
  /** The same by codes without the encoder, on some of the samples, see `codeQuality`; null where they were not looked for. */
  readonly fvuInference: {
    /** By orthogonal matching pursuit. */
    readonly omp: number | null;
    /** By penalised non-negative least squares. */
    readonly nnls: number | null;
  };
  /** Jaccard index of the supports of encoder and OMP; null where that was not looked at. */
  readonly supportJaccard: number | null;
  /** Latents without effect. */
  readonly dead: number;
  /** Latents that fire on more than a tenth of the samples; null without data. */
  readonly dense: number | null;
  /** Pairs of live latents with one direction. */
  readonly duplicates: number;
  /** Live latents that are sums of several true features, and none of them alone; null without features. */
  readonly composites: number | null;
}

/** The numbers of an audit that say how good a dictionary is. */
export function auditQuality(audit: ModelAudit): AuditQuality {
  const { fvu, dense, duplicates, composites, samples } = auditFigures(audit);
  const { fvuInference, supportJaccard } = audit.inference?.quality ?? {};
  return {
    fvu,
    fvuInference: { omp: fvuInference?.omp ?? null, nnls: fvuInference?.nnls ?? null },
    supportJaccard: supportJaccard ?? null,
    dead: audit.dead.length,
    dense: samples > 0 ? dense : null,
    ...{ duplicates, composites },
  };
}
