import { dot, type Mat, row, zeros } from "@monosema/numerics";
import type { Backend, SparseRows } from "@monosema/tensor";
import { type FrozenDecoder, frozenDecoder } from "./frozenDecoder.js";
import { type InferredCodes, searchedCodes } from "./inferredCodes.js";
import { penalisedNnls } from "./nonNegativeCodes.js";
import { matchingPursuit } from "./orthogonalMatchingPursuit.js";
import { supportFit } from "./supportFit.js";
import { support } from "./supportJaccard.js";

/** Codes of the same samples on the same decoder: the encoder's, and as sparse ones that need none. */
export interface ComparedCodes {
  /** `[B, R]`, without the bias of the decoder. */
  readonly targets: Mat;
  /** Of the encoder. */
  readonly encoder: InferredCodes;
  /** By orthogonal matching pursuit. */
  readonly omp: InferredCodes;
  /** By penalised non-negative least squares. */
  readonly nnls: InferredCodes;
  /** Smallest energy of a residual that any of them reaches, or the encoder's support with coefficients fitted anew, `[B]`. */
  readonly leastEnergies: Float64Array;
}

/**
 * Finds codes of every sample with as many active latents as the encoder gives it.
 *
 * @param decoder - `[Q, R]`
 * @param targets - `[B, R]`, without the bias of the decoder
 * @param codes - of the encoder
 */
export async function comparedCodes(
  caller: string,
  backend: Backend,
  decoder: Mat,
  targets: Mat,
  codes: SparseRows,
): Promise<ComparedCodes> {
  const frozen = frozenDecoder(caller, backend, decoder);
  try {
    const counts = activeCounts(codes);
    const encoder = decoded(frozen, targets, codes);
    const omp = await searchedCodes(matchingPursuit, frozen, targets, counts);
    const nnls = await searchedCodes(penalisedNnls, frozen, targets, counts);
    const leastEnergies = encoder.energies.map((energy, b) => {
      const { residual } = supportFit(frozen, row(targets, b), Array.from(support(codes, b)));
      return Math.min(energy, omp.energies[b] as number, nnls.energies[b] as number, dot(residual, residual));
    });
    return { targets, encoder, omp, nnls, leastEnergies };
  } finally {
    frozen.dispose();
  }
}

/** Active latents of each sample, `[B]`. */
export const activeCounts = ({ offsets }: SparseRows): Int32Array =>
  offsets.subarray(1).map((end, b) => end - (offsets[b] as number));

/** Codes with what they leave of the targets. */
function decoded({ norms, residual }: FrozenDecoder, targets: Mat, codes: SparseRows): InferredCodes {
  const residuals = zeros(targets.rows, targets.cols);
  const energies = new Float64Array(targets.rows);
  for (let b = 0; b < targets.rows; b++) {
    const [from, to] = [codes.offsets[b] as number, codes.offsets[b + 1] as number];
    const latents = Array.from(codes.latents.subarray(from, to));
    const values = latents.map((latent, at) => (codes.values[from + at] as number) * (norms[latent] as number));
    const rest = residual(row(targets, b), latents, values);
    residuals.data.set(rest, b * residuals.cols);
    energies[b] = dot(rest, rest);
  }
  return { codes, residuals, energies };
}
