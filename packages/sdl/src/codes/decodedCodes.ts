import type { SparseRows } from "@monosema/tensor";
import type { Model } from "../model.js";

/**
 * Codes times decoder, `[B, R]`, in float64 sums.
 *
 * @throws RangeError where the codes are not those of B rows of the dictionary's latents
 */
export function decodedCodes(
  { offsets, latents, values }: SparseRows,
  { spec: { nQ, nR }, weights: { decoder } }: Pick<Model, "spec" | "weights">,
  batch: number,
): Float64Array {
  const misfit = latents.find((latent) => !(latent >= 0 && latent < nQ));
  if (offsets.length !== batch + 1 || offsets[batch] !== latents.length || misfit !== undefined) {
    throw new RangeError(
      `decode: codes must be those of ${batch} rows and ${nQ} latents, got ${offsets.length - 1} rows with ${latents.length} entries${misfit === undefined ? "" : ` and latent ${misfit}`}; encode again`,
    );
  }
  const decoded = new Float64Array(batch * nR);
  for (let b = 0; b < batch; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++) {
      const [value, row] = [values[e] as number, (latents[e] as number) * nR];
      for (let d = 0; d < nR; d++)
        decoded[b * nR + d] = (decoded[b * nR + d] as number) + value * (decoder[row + d] as number);
    }
  }
  return decoded;
}
