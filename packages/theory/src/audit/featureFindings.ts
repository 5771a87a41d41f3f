import { approximateLoss } from "../codes/approximateLoss.js";
import { type IsolatedCodes, isolatedCodes } from "../codes/isolatedCodes.js";
import type { Mat } from "../mat.js";
import { type ActivationPattern, activationPattern } from "../patterns/activationPattern.js";
import { matchFeatures } from "../solutions/matchFeatures.js";
import { absorbedFeatures } from "./absorbedFeatures.js";
import type { CheckedFeatures } from "./auditFeatures.js";
import { type FoldedModel, foldInputs } from "./auditModel.js";
import { decoderPairs } from "./decoderPairs.js";
import { escapes } from "./escapes.js";
import { type AuditPart, joined } from "./finding.js";
import { coherence, conicFeatures } from "./geometry.js";
import type { AuditLimits } from "./limits.js";
import { partialMinimum, stationarityFindings } from "./partialMinima.js";
import { type ProvePattern, patternProof } from "./patternProof.js";
import { polysemanticLatents } from "./polysemanticLatents.js";
import { solutionSet } from "./solutionSet.js";
import { stationarityOf } from "./stationarity.js";

/** Cosine from which a feature counts as recovered. */
const RECOVERED = 0.95;

/** What the model does with each feature alone. */
export interface FeaturePattern {
  /** Features as the folded encoder takes them, `[n, ..]`. */
  readonly inputs: Mat;
  /** Codes. */
  readonly isolated: IsolatedCodes;
  /** Which features switch on which latents. */
  readonly pattern: ActivationPattern;
  /** Proofs of parts of the pattern. */
  readonly prove: ProvePattern;
}

/** Codes and pattern of the features. */
export function patternOf(model: FoldedModel, { featuresP }: CheckedFeatures, work: number): FeaturePattern {
  const inputs = foldInputs(model, featuresP);
  const { encoder, sigma, tie } = model;
  const isolated = isolatedCodes({ encoder, featuresP: inputs, sigma });
  const pattern = activationPattern({ encoder, featuresP: inputs, sigma, isolated, tie });
  return { inputs, isolated, pattern, prove: patternProof(model, inputs, pattern, work) };
}

/** All that true features tell. */
export function featureFindings(
  model: FoldedModel,
  features: CheckedFeatures,
  { inputs, isolated, pattern, prove }: FeaturePattern,
  anchors: readonly number[],
  limits: Required<AuditLimits>,
): AuditPart {
  const { encoder, decoder, sigma, plain, eps } = model;
  const { featuresP, featuresR, weights } = features;
  const name = `${featuresP.rows} features, each alone`;
  const rows = { name, inputs, targets: featuresR, weights };
  const loss = approximateLoss({ encoder, decoder, featuresP: inputs, featuresR, weights, sigma, isolated });
  const { gradEncoder, gradDecoder, total, e0 } = loss;
  const energies = energiesOf(isolated, weights);
  const stationarity = stationarityOf({ encoder, decoder, gradEncoder, gradDecoder, energies, loss: total, e0 });
  const silent = total <= model.zero ** 2 * e0 ? [] : [escapes(model, rows, pattern.dead[0] ?? null, limits.work)];
  return joined(
    polysemanticLatents(isolated, pattern, prove, limits.findings),
    recovery(decoder, featuresR),
    absorbedFeatures(plain, features, limits.findings),
    stationarityFindings(name, stationarity, eps, limits.findings),
    partialMinimum(model, rows, limits),
    ...silent,
    solutionSet(model, inputs, features, pattern, anchors, limits.decomposition),
    coherence("features", featuresP, decoderPairs(featuresP, 1, 0), limits.directions),
    conicFeatures(featuresP, limits),
  );
}

function recovery(decoder: Mat, featuresR: Mat): AuditPart {
  const { mgt, mip, randomBaseline, cosine, warnings } = matchFeatures({
    learned: decoder,
    truth: featuresR,
    tau: RECOVERED,
  });
  const recovered = cosine.filter((value) => value > RECOVERED).length;
  return {
    findings: [
      {
        kind: "recovery",
        summary: `${recovered} of ${featuresR.rows} features have a latent of their own with a decoder cosine above ${RECOVERED}; mean cosine ${mip.toFixed(3)}, random rows reach ${randomBaseline.toFixed(3)}`,
        evidence: { recovered, features: featuresR.rows, tau: RECOVERED, mgt, mip, randomBaseline },
      },
    ],
    undecided: warnings,
  };
}

/** sum_d M_d z_di^2. */
function energiesOf({ codes }: IsolatedCodes, weights: ArrayLike<number>): Float64Array {
  const energies = new Float64Array(codes.cols);
  codes.data.forEach((code, at) => {
    if (code === 0) return;
    const latent = at % codes.cols;
    energies[latent] = (energies[latent] as number) + (weights[Math.floor(at / codes.cols)] as number) * code * code;
  });
  return energies;
}
