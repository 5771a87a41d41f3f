import {
  addScaled,
  type Mat,
  type Rank,
  rankOf,
  rankTolerance,
  row,
  singularValues,
  takeRows,
  zeros,
} from "@monosema/numerics";
import { spectralNorm } from "../loss/spectralNorm.js";
import { nullSpace } from "./nullSpace.js";

/** Most numbers of the Jacobian, n nR times the parameters, that is reduced by brute force. */
const MOST_NUMBERS = 4e7;

/**
 * Rank of T: dW_E -> W_D (m * dW_E W_p) N, with N a basis of {v : Z v = 0}: what the encoders add to the range of the decoders. The cut
 * is relative to ||W_D|| ||W_p||, so that a T of rounding noise has rank 0.
 */
export function encoderRank(
  { decoder, featuresP, featuresR }: { decoder: Mat; featuresP: Mat; featuresR: Mat },
  latents: readonly number[],
  sets: readonly (readonly number[])[],
  freeCodes: Mat,
  codeRank: number,
  parameters: number,
): Rank {
  const size = featuresR.rows * featuresR.cols * parameters;
  if (size > MOST_NUMBERS) {
    throw new RangeError(
      `solutionDimension: n nR times the free parameters must be at most ${MOST_NUMBERS} while the codes have a rank below n, got ${size}; pass a smaller model`,
    );
  }
  const basis = nullSpace(freeCodes, codeRank); // [n - rank Z, n]
  const nR = featuresR.cols;
  const nP = featuresP.cols;
  const t = zeros(basis.rows * nR, latents.length * nP);
  const mixed = new Float64Array(nP);
  for (let k = 0; k < basis.rows; k++) {
    latents.forEach((latent, at) => {
      mixed.fill(0);
      for (const d of sets[latent] as readonly number[]) {
        addScaled(mixed, row(featuresP, d), basis.data[k * basis.cols + d] as number);
      }
      row(decoder, latent).forEach((value, r) => {
        addScaled(row(t, k * nR + r).subarray(at * nP, (at + 1) * nP), mixed, value);
      });
    });
  }
  const s = singularValues(t);
  const scale = spectralNorm(takeRows(decoder, latents)) * spectralNorm(featuresP);
  return rankOf(s, rankTolerance(t), Math.max(s[0] ?? 0, scale));
}
