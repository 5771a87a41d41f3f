import { checkMatrix, checkVector, checkWhole, dot, type Mat, row, zeros } from "@monosema/numerics";
import type { Backend, SparseRows } from "@monosema/tensor";
import { type FrozenDecoder, frozenDecoder } from "./frozenDecoder.js";

/** Codes that were found without an encoder. */
export interface InferredCodes {
  /** Codes of each sample, none negative, in units of the decoder rows. */
  readonly codes: SparseRows;
  /** Targets minus what the codes decode to, `[B, R]`. */
  readonly residuals: Mat;
  /** Squared norm of each residual, `[B]`. */
  readonly energies: Float64Array;
}

/** Code of one sample on decoder rows of unit norm. */
export interface SampleCode {
  /** Its support, in any order. */
  readonly latents: readonly number[];
  /** Above 0, in that order. */
  readonly values: Float64Array;
  /** What it leaves of the target, `[R]`. */
  readonly residual: Float64Array;
}

/**
 * A way to find codes.
 *
 * @param targets - each `[R]`
 * @param counts - active latents of each at most
 */
export type CodeSearch = (
  decoder: FrozenDecoder,
  targets: readonly Float64Array[],
  counts: readonly number[],
) => Promise<readonly SampleCode[]>;

/** Samples at once: on backends without screening 33 MB of inner products at 16,000 latents. */
const BLOCK = 512;

/**
 * Checks what was given and searches in blocks of samples.
 *
 * @param decoder - `[Q, R]`
 * @param targets - `[B, R]`, without the bias of the decoder
 * @param k - active latents of every sample at most, or of each, `[B]`
 */
export async function inferredCodes(
  caller: string,
  search: CodeSearch,
  backend: Backend,
  decoder: Mat,
  targets: Mat,
  k: number | ArrayLike<number>,
): Promise<InferredCodes> {
  checkMatrix(caller, "targets", targets, { cols: decoder.cols });
  const counts = typeof k === "number" ? Array.from({ length: targets.rows }, () => k) : Array.from(k);
  checkVector(caller, "k", counts, targets.rows);
  for (const count of counts) checkWhole(caller, "k", count, 0);
  const frozen = frozenDecoder(caller, backend, decoder);
  try {
    return await searchedCodes(search, frozen, targets, counts);
  } finally {
    frozen.dispose();
  }
}

/** The same on an opened decoder, unchecked. */
export async function searchedCodes(
  search: CodeSearch,
  frozen: FrozenDecoder,
  targets: Mat,
  counts: ArrayLike<number>,
): Promise<InferredCodes> {
  const found: SampleCode[] = [];
  for (let start = 0; start < targets.rows; start += BLOCK) {
    const block = Array.from({ length: Math.min(BLOCK, targets.rows - start) }, (_, b) => start + b);
    const own = block.map((b) => row(targets, b));
    found.push(
      ...(await search(
        frozen,
        own,
        Array.from(block, (b) => counts[b] as number),
      )),
    );
  }
  const residuals = zeros(targets.rows, targets.cols);
  found.forEach(({ residual }, b) => {
    residuals.data.set(residual, b * residuals.cols);
  });
  return {
    codes: codesOf(found, frozen.norms),
    residuals,
    energies: Float64Array.from(found, ({ residual }) => dot(residual, residual)),
  };
}

/** Codes of samples side by side, latents ascending, in units of the decoder rows. */
function codesOf(found: readonly SampleCode[], norms: Float64Array): SparseRows {
  const offsets = new Int32Array(found.length + 1);
  found.forEach(({ latents }, b) => {
    offsets[b + 1] = (offsets[b] as number) + latents.length;
  });
  const total = offsets[found.length] as number;
  const [all, scaled] = [new Int32Array(total), new Float64Array(total)];
  found.forEach(({ latents, values }, b) => {
    const order = Array.from(latents.keys()).sort((i, j) => (latents[i] as number) - (latents[j] as number));
    order.forEach((from, at) => {
      const latent = latents[from] as number;
      all[(offsets[b] as number) + at] = latent;
      scaled[(offsets[b] as number) + at] = (values[from] as number) / (norms[latent] as number);
    });
  });
  return { offsets, latents: all, values: scaled };
}
