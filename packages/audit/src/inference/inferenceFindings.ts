import type { AuditFinding } from "../finding.js";
import { percent } from "../words.js";
import type { CodeDetermination } from "./codeDetermination.js";
import type { InferenceAudit } from "./inferenceAudit.js";

/** What other inferences of the same decoder say, in sentences with their numbers. */
export function inferenceFindings(inference: InferenceAudit): readonly AuditFinding[] {
  return [qualityFinding(inference), ...determinationFinding(inference)];
}

function qualityFinding({ quality }: InferenceAudit): AuditFinding {
  const { rows, of, l0, fvu, fvuInference, encoderShare, supportJaccard, supportJaccardNnls, reconstructionAgreement } =
    quality;
  const share =
    encoderShare === null
      ? ""
      : `, ${told(fvuInference.best)} by the best code found: at least ${percent(encoderShare)} of the error is the encoder's`;
  return {
    kind: "inference",
    summary: `fvu ${told(fvu)} by the encoder, ${told(fvuInference.omp)} by matching pursuit and ${told(fvuInference.nnls)} by NNLS with as many active latents${share}; encoder and matching pursuit agree in ${told(supportJaccard)} of their latents (Jaccard) and, in what they reconstruct, in ${told(reconstructionAgreement)} of the variance (${rows} of ${of} samples)`,
    evidence: {
      ...{ rows, of, l0, fvu, encoderShare, supportJaccard, reconstructionAgreement },
      fvuOmp: fvuInference.omp,
      fvuNnls: fvuInference.nnls,
      fvuBest: fvuInference.best,
      supportJaccardEncoderNnls: supportJaccardNnls.encoder,
      supportJaccardOmpNnls: supportJaccardNnls.omp,
    },
  };
}

function determinationFinding({ determination, ownDetermination, distance }: InferenceAudit): readonly AuditFinding[] {
  if (determination === null) return [];
  const { unions, latents, smallest, dependent } = determination;
  return [
    {
      kind: "determination",
      summary: `over ${unions} unions of two samples' supports (${latents.toPrecision(3)} latents) the smallest singular value of the unit decoder rows is ${told(smallest.median)} in the median, ${told(smallest.p5)} at 5 %, ${told(smallest.min)} at least${dependent > 0 ? `; ${percent(dependent)} of the unions have dependent rows` : ""}: ${implied(distance.bound)}; the codes of encoder and matching pursuit, each with its own error, differ by ${told(distance.observed)} of it`,
      evidence: {
        ...numbers("", determination),
        ...(ownDetermination ? numbers("own", ownDetermination) : {}),
        distance: distance.observed,
        bound: distance.bound,
      },
    },
  ];
}

function implied(bound: number | null): string {
  if (bound === null) return "codes of the same error may lie any distance apart";
  const size = `two codes that have the encoder's error differ by at most ${told(bound)} of the size of a code`;
  return bound < 1 ? size : `${size}, which holds nothing`;
}

/** The numbers of a determination under names of their own. */
function numbers(prefix: string, { unions, latents, smallest, largest, dependent }: CodeDetermination) {
  const named = {
    ...{ unions, latents, dependent },
    smallestMin: smallest.min,
    smallestP5: smallest.p5,
    smallestMedian: smallest.median,
    largestMedian: largest.median,
    largestMax: largest.max,
  };
  return Object.fromEntries(
    Object.entries(named).map(([name, value]) => [
      prefix === "" ? name : `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
}

const told = (value: number | null): string => (value === null ? "undefined" : String(Number(value.toPrecision(3))));
