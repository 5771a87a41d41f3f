import { isTopK, partialMinimumCheckCore } from "@monosema/theory/core";
import { type AuditFinding, type AuditPart, joined, leave as leftOut, nothing } from "../finding.js";
import { decompositionSize } from "../limits.js";
import { type AuditSubject, firstSamples } from "../subject/auditSubject.js";
import type { FoldedModel } from "../subject/foldDictionary.js";
import type { SampleStatistics } from "../subject/sampleStatistics.js";
import type { WeightedRows } from "../subject/weightedRows.js";

/** Whether the model is a partial minimum of the loss on features and on samples: gradients, margins and the falls by each block. */
export function partialMinimum({ model, features, statistics, limits }: AuditSubject): AuditPart {
  return joined(
    features === null ? nothing : onRows(model, features.rows, limits),
    statistics === null ? nothing : onSamples(model, statistics, limits),
  );
}

function onSamples(
  model: FoldedModel,
  statistics: SampleStatistics,
  limits: { readonly decomposition: number; readonly region: number },
): AuditPart {
  const nQ = model.encoder.rows;
  const few = Math.min(statistics.firstInputs.rows, mostRows(model, limits.region));
  return few >= nQ
    ? onRows(model, firstSamples(statistics, few), limits)
    : leftOut(
        `partial minimum on samples: ${few} samples are fewer than ${nQ} latents, which could fit any of them; gradients alone are given`,
      );
}

/** Encoder weights up to which the check solves for the exact best encoder of the region. */
const EXACT_WEIGHTS = 2000;

/** Rows on which the exact check takes seconds; any number where the encoder is too large for it, and only bounded. */
function mostRows({ encoder, sigma }: FoldedModel, region: number): number {
  const weights = encoder.data.length;
  if (weights > EXACT_WEIGHTS) return Number.POSITIVE_INFINITY;
  return Math.floor(region / (weights * encoder.rows * (isTopK(sigma) ? sigma.k : 1)));
}

function onRows(
  model: FoldedModel,
  { name, inputs, targets, weights }: WeightedRows,
  limits: { readonly decomposition: number; readonly region: number },
): AuditPart {
  const { encoder, decoder, sigma, eps } = model;
  const leave = (what: string): AuditPart => leftOut(`partial minimum on ${name}: ${what}`);
  if (decompositionSize(inputs.rows, encoder.rows) > limits.decomposition) {
    return leave(`a decoder fitted to ${inputs.rows} x ${encoder.rows} codes: raise limits.decomposition`);
  }
  if (inputs.rows > mostRows(model, limits.region)) {
    return leave(`the best encoder of a region of ${inputs.rows} x ${encoder.rows} selections: raise limits.region`);
  }
  const check = partialMinimumCheckCore({
    encoder,
    decoder,
    featuresP: inputs,
    featuresR: targets,
    weights,
    sigma,
    eps,
  });
  const { isPartial, spurious, kind, type, gapD, gapE, gapEExact, minMargin, kkt } = check;
  // An upper bound above eps refutes nothing.
  const open = !gapEExact && gapD <= eps && gapE > eps;
  const what = open ? "may be" : isPartial ? (spurious ? "is, spuriously," : "is") : "is not";
  const finding: AuditFinding = {
    kind: "partial-minimum",
    summary: `${what} a partial minimum on ${name}: the best decoder lowers the loss by ${gapD.toExponential(1)}, the best encoder of its region by ${gapEExact ? "" : "at most "}${gapE.toExponential(1)} of that of the zero output`,
    evidence: {
      on: name,
      isPartial: open ? null : isPartial,
      spurious: open ? null : spurious,
      kind,
      type,
      relativeLoss: check.relativeLoss,
      gapD,
      gapE,
      gapEExact,
      relGradE: check.relGradE,
      relGradD: check.relGradD,
      largestResidual: kkt.reduce((most, { residual }) => Math.max(most, residual), 0),
      bindingLatents: kkt.filter(({ binding }) => binding.length > 0).length,
      minMargin,
      bestKnownLoss: check.globalUpperBound,
      biasIsAWeight: model.biased,
    },
  };
  return {
    findings: [finding],
    undecided: open
      ? [`partial minimum on ${name}: the encoder has too many weights for an exact gap, only a bound is known`]
      : [],
  };
}
