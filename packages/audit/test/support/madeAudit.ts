import { sae } from "@monosema/sdl";
import type { AuditFinding, InferenceAudit, LatentTrust, ModelAudit } from "../../src/index.js";

/** What an audit is to say; what is left out is that of a good dictionary. */
export interface Made extends Partial<ModelAudit> {
  /** Scores `real` of the latents; NaN where there is none. */
  readonly scores: readonly number[];
  /** Fraction of variance unexplained. */
  readonly fvu?: number | null;
  /** Share of the error that is the encoder's. */
  readonly encoderShare?: number;
  /** Other parts of the trust. */
  readonly given?: Partial<LatentTrust>;
}

/** An audit with these scores, one for each latent. */
export function madeAudit({ scores, fvu = 0.1, encoderShare, given = {}, ...rest }: Made): ModelAudit {
  const latents = scores.length;
  const reconstruction: AuditFinding = { kind: "reconstruction", summary: "", evidence: { fvu, l0: 4 } };
  return {
    spec: sae({ nP: 32, nQ: latents, activation: { kind: "topk", k: Math.min(4, latents) } }),
    ...{
      latents,
      dead: [],
      duplicates: [],
      samples: 5000,
      undecided: [],
      assumptions: [],
      lacks: null,
      composites: null,
    },
    firingRates: new Float64Array(latents).fill(0.05),
    verdict: { verdict: "undecided", reason: "", certificate: null, warnings: [] },
    findings: [reconstruction],
    inference: encoderShare === undefined ? null : madeInference({ encoderShare }),
    trust: {
      real: Float64Array.from(scores),
      atomic: Float64Array.from(scores, (score) => score / 2),
      unscored: Uint8Array.from(scores, (score) => Number(Number.isNaN(score))),
      ...{ replicas: 0, samples: 5000, fewest: 8, statistics: {}, context: {}, outside: 0.01, outsideBy: [] },
      contributions: () => ({}),
      ...given,
    },
    ...rest,
  };
}

/** Numbers of {@link madeInference}. */
interface MadeInference {
  readonly encoderShare?: number;
  readonly supportJaccard?: number;
  readonly dependent?: number;
  readonly bound?: number | null;
}

/** Another inference's view of a dictionary. */
export function madeInference(made: MadeInference): InferenceAudit {
  const { encoderShare = 0, supportJaccard = 0.4, dependent = 0, bound = 0.3 } = made;
  const quality = { encoderShare, supportJaccard, reconstructionAgreement: 0.95 };
  return {
    quality: { ...quality, fvuInference: { omp: 0.05, nnls: 0.06, best: 0.04 } },
    determination: { dependent },
    distance: { observed: 0.2, bound },
  } as unknown as InferenceAudit;
}

/** That many times the same. */
export const times = (count: number, value: number): number[] => new Array<number>(count).fill(value);
