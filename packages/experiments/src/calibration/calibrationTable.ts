import { auroc } from "@monosema/bench";
import type { ScoreKind } from "./fitScores.js";
import type { LabelledLatents } from "./labelledLatents.js";
import { calibrationError, reliability, topTenth } from "./scores.js";

/** How a score did on one setting. */
export interface CalibrationTableRow {
  /** Seed of the setting. */
  readonly seed: number;
  /** Method, and the control where it is one. */
  readonly method: string;
  /** True features. */
  readonly n: number;
  /** Dimensions. */
  readonly nP: number;
  /** Latents that are scored. */
  readonly latents: number;
  /** Whether there is a hierarchy. */
  readonly hierarchy: boolean;
  /** Share of the scored latents that are what the score is the probability of. */
  readonly share: number;
  /** Mean score. */
  readonly score: number;
  /** Area under the ROC curve of the score; NaN where all latents are of one kind. */
  readonly auc: number;
  /** That of replication alone: the least cosine in two replicas. */
  readonly replicationAuc: number;
  /** Expected calibration error. */
  readonly error: number;
  /** Share of them among the tenth with the largest scores. */
  readonly topTenth: number;
  /** Share of the latents with a score above .5. */
  readonly above: number;
}

/** How a score did, setting by setting. */
export function calibrationTable(
  settings: readonly LabelledLatents[],
  scores: readonly (readonly number[])[],
  kind: ScoreKind,
): readonly CalibrationTableRow[] {
  return settings.map((one, i) => {
    const { seed, method, control, n, nP, data } = one.setting;
    const own = scores[i] as readonly number[];
    const labels = one[kind];
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      ...{ seed, n, nP, latents: labels.length, hierarchy: data.hierarchy !== undefined },
      method: control === null ? method : `${method} (${control})`,
      share: mean(labels),
      score: mean(own),
      auc: auroc(own, Uint8Array.from(labels)),
      replicationAuc: auroc((one.statistics.replicaCosineLeast ?? []).map(Number), Uint8Array.from(labels)),
      error: calibrationError(reliability(own, labels)),
      topTenth: topTenth(own, labels),
      above: mean(own.map((value) => Number(value > 0.5))),
    };
  });
}
