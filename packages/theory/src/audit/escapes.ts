import { escapeDirection } from "../minima/escapeDirection.js";
import type { FoldedModel } from "./auditModel.js";
import type { AuditFinding, AuditPart } from "./finding.js";
import type { WeightedRows } from "./partialMinima.js";

/** Encodings that a search takes, its proof by plain loops included. */
const ENCODINGS = 16;

/**
 * The best way found to revive a dead latent, or to add one, with its exact gain and proof.
 *
 * @param dead - a latent that is silent on the rows; null for one to be added
 * @param work - most multiplications
 */
export function escapes(
  { encoder, decoder, sigma, biased, zero }: FoldedModel,
  { name, inputs, targets, weights }: WeightedRows,
  dead: number | null,
  work: number,
): AuditPart {
  const leave = (why: string): AuditPart => ({ findings: [], undecided: [`escape on ${name}: ${why}`] });
  if (sigma.kind === "batchtopk-relu") return leave("a new latent changes the selection of the whole batch");
  const ownThresholds = sigma.kind === "jumprelu" && typeof sigma.theta !== "number";
  if (dead === null && ownThresholds) return leave("no latent is dead, and a new one would have no threshold");
  const each = encoder.rows * encoder.cols * inputs.rows;
  if (each * ENCODINGS > work) {
    return leave(`${encoder.rows} latents on ${inputs.rows} rows: raise limits.work`);
  }
  const neuron = dead ?? encoder.rows;
  const found = escapeDirection({
    ...{ encoder, decoder, sigma, weights, neuron },
    featuresP: inputs,
    featuresR: targets,
  });
  if (!found.found) {
    if (!found.globallyOptimalCandidate) return leave(found.warnings.join("; "));
    const summary = `no latent of any kind lowers the loss on ${name}: it is the least of ReLU models of any size`;
    return { findings: [{ kind: "escape", summary, evidence: { on: name, gain: 0 } }], undecided: [] };
  }
  const { gain, newLoss, w, u, certificate } = found;
  const before = newLoss + gain;
  if (gain <= zero * zero * before) return leave(`the best gain found, ${gain.toExponential(1)}, is within rounding`);
  const finding: AuditFinding = {
    kind: "escape",
    latent: neuron,
    summary: `${dead === null ? "a new latent" : "reviving it"} lowers the loss on ${name} from ${before.toPrecision(4)} to ${newLoss.toPrecision(4)}, exactly`,
    evidence: {
      on: name,
      gain,
      lossBefore: before,
      lossAfter: newLoss,
      encoderRow: Array.from(biased ? w.subarray(0, -1) : w),
      decoderRow: Array.from(u),
      ...(biased ? { bias: w.at(-1) as number } : {}),
    },
    certificate,
  };
  return { findings: [finding], undecided: [] };
}
