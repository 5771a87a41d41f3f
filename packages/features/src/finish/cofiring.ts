import type { Cofiring } from "../featureRecord.js";
import type { RowSample } from "../statistics/rowSample.js";
import type { LatentCodes } from "./latentCodes.js";

/** Rows that both must fire in, at least: fewer are chance. */
const LEAST_ROWS = 3;
/** Share of the latent's firings, at least. */
const LEAST_SHARE = 0.05;

/**
 * For each latent those that fire with it more often than by chance, in at least three rows and 5 % of its own.
 *
 * @param most - kept of each
 */
export function cofiring(
  { rows, codes }: RowSample,
  { offsets, places }: LatentCodes,
  most: number,
): (latent: number) => readonly Cofiring[] {
  const together = new Int32Array(offsets.length - 1);
  const count = (latent: number): number => (offsets[latent + 1] as number) - (offsets[latent] as number);
  return (latent) => {
    const seen: number[] = [];
    for (let i = offsets[latent] as number; i < (offsets[latent + 1] as number); i++) {
      const place = places[i] as number;
      for (let e = codes.offsets[place] as number; e < (codes.offsets[place + 1] as number); e++) {
        const other = codes.latents[e] as number;
        if (together[other] === 0) seen.push(other);
        together[other] = (together[other] as number) + 1;
      }
    }
    const found: Cofiring[] = [];
    for (const other of seen) {
      const both = together[other] as number;
      together[other] = 0;
      const share = both / count(latent);
      const lift = (share * rows.length) / count(other);
      if (other !== latent && both >= LEAST_ROWS && share >= LEAST_SHARE && lift > 1)
        found.push({ latent: other, share, lift });
    }
    return found.sort((a, b) => b.lift - a.lift || b.share - a.share || a.latent - b.latent).slice(0, most);
  };
}
