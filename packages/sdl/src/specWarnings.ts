import { kindOf } from "./activations/table.js";
import type { SdlSpec } from "./spec.js";
import type { TrainOptions } from "./training/options.js";

/** What a user should know about an objective that trains, but perhaps not as meant. */
export function specWarnings(spec: SdlSpec, options: Pick<TrainOptions, "terms"> = {}): string[] {
  const { l1, weightDecay } = spec.terms;
  const warnings: string[] = [];
  if (l1 && (l1.weighting ?? "none") === "none" && !spec.unitNormDecoder && !weightDecay && !spec.tied) {
    warnings.push(
      "plain L1 without a norm constraint is vacuous: shrinking the encoder and growing the decoder lowers it at equal reconstruction; use unitNormDecoder, a decoder-norm weighting or weight decay",
    );
  }
  const gates = kindOf(spec.activation).penalised?.(spec.activation) === "preActivations";
  if (gates && l1 && (l1.weighting ?? "none") !== "none" && !spec.unitNormDecoder) {
    warnings.push(
      "a gated model under L1 weighted by free decoder norms diverges: the penalty shrinks the decoder, and the magnitudes e^r, which it does not see, make up for that; use unitNormDecoder",
    );
  }
  if (spec.reduction === "mean") {
    const affected = [
      ...(weightDecay ? [`weight decay ${weightDecay}`] : []),
      ...(options.terms ?? []).map(({ name }) => name),
    ];
    if (affected.length > 0) {
      warnings.push(
        `with the reduction mean, ${affected.join(" and ")} weigh nR = ${spec.nR} times as much against the reconstruction as with sum: effective coefficient times ${spec.nR}`,
      );
    }
  }
  return warnings;
}
