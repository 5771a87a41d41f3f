import { escapeDirectionCore } from "@monosema/theory/core";
import { type AuditFinding, type AuditPart, joined, leave as leftOut, nothing } from "../finding.js";
import { type AuditSubject, firstSamples } from "../subject/auditSubject.js";
import type { FoldedModel } from "../subject/foldDictionary.js";
import type { WeightedRows } from "../subject/weightedRows.js";

/** Encodings that a search takes, its proof by plain loops included. */
const ENCODINGS = 16;

/** The best way found to revive a dead latent, or to add one, with its exact gain and proof: on features, unless all is recovered, and on samples. */
export function escapes(subject: AuditSubject): AuditPart {
  const { model, features, statistics, dead, limits } = subject;
  return joined(
    features === null || hasZeroLoss(model, features)
      ? nothing
      : onRows(model, features.rows, features.pattern.dead[0] ?? null, limits.work),
    statistics === null
      ? nothing
      : onRows(model, firstSamples(statistics, statistics.firstInputs.rows), dead[0] ?? null, limits.work),
  );
}

function hasZeroLoss({ zero }: FoldedModel, { loss }: NonNullable<AuditSubject["features"]>): boolean {
  return loss.total <= zero ** 2 * loss.e0;
}

/**
 * @param dead - a latent that is silent on the rows; null for one to be added
 * @param work - most multiplications
 */
function onRows(
  { encoder, decoder, sigma, biased, zero }: FoldedModel,
  { name, inputs, targets, weights }: WeightedRows,
  dead: number | null,
  work: number,
): AuditPart {
  const leave = (why: string): AuditPart => leftOut(`escape on ${name}: ${why}`);
  if (sigma.kind === "batchtopk-relu") return leave("a new latent changes the selection of the whole batch");
  const ownThresholds = sigma.kind === "jumprelu" && typeof sigma.theta !== "number";
  if (dead === null && ownThresholds) return leave("no latent is dead, and a new one would have no threshold");
  const each = encoder.rows * encoder.cols * inputs.rows;
  if (each * ENCODINGS > work) {
    return leave(`${encoder.rows} latents on ${inputs.rows} rows: raise limits.work`);
  }
  const neuron = dead ?? encoder.rows;
  const problem = { encoder, decoder, sigma, weights, featuresP: inputs, featuresR: targets };
  const found = escapeDirectionCore(problem, neuron);
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
