import type { Mat } from "../mat.js";
import { partialMinimumCheck } from "../minima/partialMinimumCheck.js";
import { isTopK } from "../sigma.js";
import type { FoldedModel } from "./auditModel.js";
import { type AuditFinding, type AuditPart, capped } from "./finding.js";
import { decompositionSize } from "./limits.js";
import type { Stationarity } from "./stationarity.js";

/** Rows of inputs and targets with their weights: features or samples. */
export interface WeightedRows {
  /** What they are, for people, such as "512 samples". */
  readonly name: string;
  /** As the folded encoder takes them, `[n, ..]`. */
  readonly inputs: Mat;
  /** `[n, nR]`. */
  readonly targets: Mat;
  /** `[n]`. */
  readonly weights: ArrayLike<number>;
}

/** Gradients of the reconstruction loss, and the latents whose decoder row alone could be fitted better, most first. */
export function stationarityFindings(on: string, found: Stationarity, eps: number, most: number): AuditPart {
  const { relativeLoss, relGradE, relGradD, refits } = found;
  const open = Array.from(refits.keys()).filter((i) => (refits[i] as number) > eps);
  const overall: AuditFinding = {
    kind: "stationarity",
    summary: `on ${on} the loss is ${relativeLoss.toPrecision(3)} of that of the zero output; largest relative gradients ${relGradE.toPrecision(2)} (encoder), ${relGradD.toPrecision(2)} (decoder)`,
    evidence: { on, relativeLoss, relGradE, relGradD, decoderRowsToFit: open.length },
  };
  const rows = open
    .sort((a, b) => (refits[b] as number) - (refits[a] as number))
    .map(
      (latent): AuditFinding => ({
        kind: "stationarity",
        latent,
        summary: `its decoder row fitted anew lowers the loss by ${(refits[latent] as number).toPrecision(3)} of that of the zero output`,
        evidence: { on, fall: refits[latent] as number },
      }),
    );
  const listed = capped(rows, most);
  return { findings: [overall, ...listed.findings], undecided: listed.undecided };
}

/** Encoder weights up to which the check solves for the exact best encoder of the region. */
const EXACT_WEIGHTS = 2000;

/** Rows on which the exact check takes seconds; any number where the encoder is too large for it, and only bounded. */
export function mostRows({ encoder, sigma }: FoldedModel, region: number): number {
  const weights = encoder.data.length;
  if (weights > EXACT_WEIGHTS) return Number.POSITIVE_INFINITY;
  return Math.floor(region / (weights * encoder.rows * (isTopK(sigma) ? sigma.k : 1)));
}

/** Whether the model is a partial minimum of the loss on the rows: gradients, margins and the falls by each block. */
export function partialMinimum(
  model: FoldedModel,
  { name, inputs, targets, weights }: WeightedRows,
  limits: { readonly decomposition: number; readonly region: number },
): AuditPart {
  const { encoder, decoder, sigma, eps } = model;
  const leave = (what: string): AuditPart => ({ findings: [], undecided: [`partial minimum on ${name}: ${what}`] });
  if (decompositionSize(inputs.rows, encoder.rows) > limits.decomposition) {
    return leave(`a decoder fitted to ${inputs.rows} x ${encoder.rows} codes: raise limits.decomposition`);
  }
  if (inputs.rows > mostRows(model, limits.region)) {
    return leave(`the best encoder of a region of ${inputs.rows} x ${encoder.rows} selections: raise limits.region`);
  }
  const check = partialMinimumCheck({
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
