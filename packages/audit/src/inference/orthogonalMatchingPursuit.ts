import type { Mat } from "@monosema/numerics";
import type { Backend } from "@monosema/tensor";
import { type CodeSearch, type InferredCodes, inferredCodes } from "./inferredCodes.js";
import { type GrowingFit, growingFit } from "./supportFit.js";

/**
 * Non-negative codes by orthogonal matching pursuit (Pati et al. 1993; non-negative: Bruckstein, Elad & Zibulevsky 2008): the latent whose
 * unit decoder row has the largest positive inner product with the residual joins the support, all coefficients are fitted anew by
 * non-negative least squares, and latents that this sets to 0 leave. Ends at k latents, or where no latent has a positive inner product.
 *
 * Needs no encoder. It is greedy: not the best code of its size, but one that any better inference must beat. The search for the next
 * latent is the backend's, one selection by rank over all latents for each; coefficients are fitted in float64. 2,048 samples at
 * 768 x 16,384 and k = 32: half a minute on two cores.
 *
 * @param decoder - rows of any norm, `[Q, R]`
 * @param targets - `[B, R]`, without the bias of the decoder
 * @param k - active latents of every sample at most, or of each, `[B]`
 * @throws RangeError where shapes do not fit, a number is not finite or k is no whole number of at least 0
 */
export function orthogonalMatchingPursuit(
  backend: Backend,
  decoder: Mat,
  targets: Mat,
  k: number | ArrayLike<number>,
): Promise<InferredCodes> {
  return inferredCodes("orthogonalMatchingPursuit", matchingPursuit, backend, decoder, targets, k);
}

/** The search: each round finds the next latent of all samples that are not done. */
export const matchingPursuit: CodeSearch = async (decoder, targets, counts) => {
  const fits = targets.map((target, b) => growingFit(decoder, target, counts[b] as number));
  let open = Array.from(fits.keys()).filter((b) => (counts[b] as number) > 0);
  while (open.length > 0) {
    const found = await decoder.closest(
      open.map((b) => (fits[b] as GrowingFit).residual),
      1,
    );
    open = open.filter((b, at) => {
      const fit = fits[b] as GrowingFit;
      const [next] = found[at] as readonly number[];
      return next !== undefined && fit.add(next) && fit.latents.length < (counts[b] as number);
    });
  }
  return fits;
};
