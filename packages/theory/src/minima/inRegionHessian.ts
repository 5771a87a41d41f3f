import { dot, type Mat, norm, row, zeros } from "@monosema/numerics";
import type { Mask } from "../codes/isolatedCodes.js";
import { maskedCodes, type WeightedModel } from "./maskedModel.js";

/**
 * The second-order form of the loss at a fixed mask, sum_d M_d (||dD z_d + D dz_d||^2 - 2 <r_d, dD dz_d>), half of the Hessian, in the
 * encoder and decoder rows of some latents: `[latents (nP + nR)]` squared, each latent's encoder before its decoder, in balanced units:
 * encoder rows in 1 / ||w_D^i||, decoder rows in 1 / (sum_d M_d z_d^2)^{1/2}.
 */
export function inRegionHessian(model: WeightedModel, mask: Mask, residuals: Mat, latents: readonly number[]): Mat {
  const { encoder, decoder, featuresP, weights, sigma } = model;
  const nP = featuresP.cols;
  const nR = decoder.cols;
  const size = latents.length * (nP + nR);
  const form = zeros(size, size);
  const { codes } = maskedCodes(encoder, featuresP, mask, sigma);
  const add = (a: number, b: number, value: number): void => {
    form.data[a * size + b] = (form.data[a * size + b] as number) + value;
    if (a !== b) form.data[b * size + a] = (form.data[b * size + a] as number) + value;
  };
  const { encoderUnits, decoderUnits } = balancedUnits(decoder, codes, weights, latents);
  for (let d = 0; d < mask.rows; d++) {
    const weight = weights[d] as number;
    const direction = row(featuresP, d);
    const residual = row(residuals, d);
    latents.forEach((i, a) => {
      if (mask.data[d * mask.cols + i] === 0) return;
      const code = codes.data[d * codes.cols + i] as number;
      latents.forEach((j, b) => {
        if (mask.data[d * mask.cols + j] === 0) return;
        const other = codes.data[d * codes.cols + j] as number;
        const [ea, eb] = [a * (nP + nR), b * (nP + nR)];
        const [encoderA, encoderB] = [encoderUnits[a] as number, encoderUnits[b] as number];
        const [decoderA, decoderB] = [decoderUnits[a] as number, decoderUnits[b] as number];
        // Decoder of i with encoder of j.
        for (let r = 0; r < nR; r++) {
          const pull = code * (decoder.data[j * nR + r] as number) - (i === j ? (residual[r] as number) : 0);
          for (let p = 0; p < nP; p++) {
            add(ea + nP + r, eb + p, weight * pull * (direction[p] as number) * encoderB * decoderA);
          }
        }
        if (b > a) return;
        for (let r = 0; r < nR; r++) add(ea + nP + r, eb + nP + r, weight * code * other * decoderA * decoderB);
        const inner = weight * dot(row(decoder, i), row(decoder, j)) * encoderA * encoderB;
        for (let p = 0; p < nP; p++) {
          for (let q = 0; q < (a === b ? p + 1 : nP); q++) {
            add(ea + p, eb + q, inner * (direction[p] as number) * (direction[q] as number));
          }
        }
      });
    });
  }
  return form;
}

/** Units of the rows of some latents, 1 where a row or its codes are 0. */
export function balancedUnits(
  decoder: Mat,
  codes: Mat,
  weights: ArrayLike<number>,
  latents: readonly number[],
): { readonly encoderUnits: readonly number[]; readonly decoderUnits: readonly number[] } {
  const energy = (i: number): number => {
    let sum = 0;
    for (let d = 0; d < codes.rows; d++)
      sum += (weights[d] as number) * (codes.data[d * codes.cols + i] as number) ** 2;
    return sum;
  };
  return {
    encoderUnits: latents.map((i) => 1 / (norm(row(decoder, i)) || 1)),
    decoderUnits: latents.map((i) => 1 / (Math.sqrt(energy(i)) || 1)),
  };
}
