import { type Mat, multiply, row, takeRows, unitRows } from "@monosema/numerics";

/** Two latents with similar decoders, the first one smaller. */
export interface LatentPair {
  /** First latent. */
  readonly first: number;
  /** Second latent. */
  readonly second: number;
  /** Cosine of their decoder rows. */
  readonly cosine: number;
}

/** Cosines of all pairs of decoder rows in short. */
export interface DecoderPairs {
  /** Largest |cosine|. */
  readonly mu: number;
  /** Largest signed cosine. */
  readonly maxSigned: number;
  /** The most similar pairs with a cosine above the floor, descending. */
  readonly similar: readonly LatentPair[];
  /** Number of pairs above the floor, also those not listed. */
  readonly above: number;
  /** Latents with a decoder that is 0, which take no part. */
  readonly zeroRows: readonly number[];
}

/** Rows at once: the block of cosines stays below 70 MB at 16,000 latents. */
const BLOCK = 512;

/**
 * Looks at the cosines of all pairs of decoder rows, in blocks. Cost O(nQ^2 nR).
 *
 * @param floor - smallest cosine of a pair that is listed
 * @param most - pairs listed
 */
export function decoderPairs(decoder: Mat, floor: number, most: number): DecoderPairs {
  const { unit, norms } = unitRows(decoder);
  let [mu, maxSigned, above] = [0, decoder.rows > 1 ? -1 : 0, 0];
  let similar: LatentPair[] = [];
  const trim = (): void => {
    similar = similar.sort((a, b) => b.cosine - a.cosine || a.first - b.first || a.second - b.second).slice(0, most);
  };
  for (let start = 0; start < decoder.rows; start += BLOCK) {
    const end = Math.min(start + BLOCK, decoder.rows);
    const rest: Mat = { rows: decoder.rows - start, cols: unit.cols, data: unit.data.subarray(start * unit.cols) };
    const indices = Int32Array.from({ length: end - start }, (_, i) => start + i);
    const cosines = multiply(takeRows(unit, indices), rest, { transposeB: true });
    for (let first = start; first < end; first++) {
      if (norms[first] === 0) continue;
      const values = row(cosines, first - start);
      for (let at = first - start + 1; at < values.length; at++) {
        if (norms[start + at] === 0) continue;
        const cosine = values[at] as number;
        if (cosine > maxSigned) maxSigned = cosine;
        if (Math.abs(cosine) > mu) mu = Math.abs(cosine);
        if (!(cosine > floor)) continue;
        above++;
        similar.push({ first, second: start + at, cosine: Math.min(1, cosine) });
      }
      if (similar.length > 2 * most) trim();
    }
  }
  trim();
  const zeroRows = Array.from(norms.keys()).filter((i) => norms[i] === 0);
  return { mu: Math.min(1, mu), maxSigned: Math.min(1, maxSigned), similar, above, zeroRows };
}
