import type { IsolatedCodes } from "@monosema/theory";
import { type AuditFinding, type AuditPart, capped, joined, nothing } from "../finding.js";
import type { AuditSubject } from "../subject/auditSubject.js";
import { type Stationarity, stationarityOf } from "../subject/stationarity.js";

/** Gradients of the reconstruction loss on features and on samples, and the latents whose decoder row alone could be fitted better. */
export function stationarity(subject: AuditSubject): AuditPart {
  const { model, features, statistics, limits } = subject;
  const on = (name: string, found: Stationarity): AuditPart => part(name, found, model.eps, limits.findings);
  return joined(
    features === null ? nothing : on(features.rows.name, onFeatures(model, features)),
    statistics === null ? nothing : on(`${statistics.reconstructed} samples`, statistics.stationarity),
  );
}

function onFeatures(
  { encoder, decoder }: AuditSubject["model"],
  { isolated, loss: { gradEncoder, gradDecoder, total, e0 }, weights }: NonNullable<AuditSubject["features"]>,
): Stationarity {
  const energies = energiesOf(isolated, weights);
  return stationarityOf({ encoder, decoder, gradEncoder, gradDecoder, energies, loss: total, e0 });
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

function part(on: string, found: Stationarity, eps: number, most: number): AuditPart {
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
