import { eliminationRank } from "./eliminationRank.js";
import type { Recheck } from "./outcome.js";
import { type CertifiedModel, plainPre, plainSelection } from "./plainModel.js";
import { rowNorm } from "./products.js";

/** Dimension of the kernel of the Jacobian of all predictions at a model. */
export interface DimensionCertificate extends CertifiedModel {
  /** Discriminant. */
  readonly kind: "dimension";
  /** Latents held fixed. */
  readonly frozen: readonly number[];
  /** Free parameters minus the rank of the Jacobian. */
  readonly kernel: number;
  /** What is left of it without scales, unseen encoder directions and unused decoders. */
  readonly codeDim: number;
}

/** The Jacobian, written out, has the stated kernel by Gaussian elimination, and so have the trivial directions. */
export function recheckDimension(certificate: DimensionCertificate): Recheck {
  const { encoder, decoder, featuresP, sigma, frozen, kernel, codeDim } = certificate;
  const n = featuresP.rows;
  const nP = encoder.cols;
  const nR = decoder.cols;
  const selections = Array.from({ length: n }, (_, d) => plainSelection(plainPre(certificate, d), sigma));
  const free = Array.from({ length: encoder.rows }, (_, i) => i).filter((i) => !frozen.includes(i));
  const jacobian = Array.from({ length: n * nR }, () => new Float64Array(free.length * (nP + nR)));
  let trivial = 0;
  free.forEach((i, at) => {
    const scale = rowNorm(encoder, i) || 1; // of the parameters, which does not change the rank
    const seen: Float64Array[] = [];
    let fires = false;
    for (let d = 0; d < n; d++) {
      const code = selections[d]?.[i] as number;
      if (Number.isNaN(code)) continue;
      fires ||= code !== 0;
      const direction = featuresP.data.subarray(d * nP, (d + 1) * nP);
      seen.push(Float64Array.from(direction));
      for (let r = 0; r < nR; r++) {
        const to = jacobian[d * nR + r] as Float64Array;
        const start = at * (nP + nR);
        for (let p = 0; p < nP; p++)
          to[start + p] = scale * (decoder.data[i * nR + r] as number) * (direction[p] as number);
        to[start + nP + r] = code / scale;
      }
    }
    trivial += nP - eliminationRank(seen);
    if (!fires) trivial += nR;
    else if ((sigma.bias?.[i] ?? 0) === 0) trivial += 1;
  });
  const found = free.length * (nP + nR) - eliminationRank(jacobian);
  return {
    holds: sigma.kind !== "batchtopk-relu" && found === kernel && found - trivial === codeDim,
    detail: `kernel ${found}, of which ${trivial} trivial`,
    residual: Math.abs(found - kernel),
  };
}
