import type { ReliabilityBin } from "@monosema/audit";

/** Cases by score, in ten bins; empty ones are left out. */
export function reliability(scores: ArrayLike<number>, labels: ArrayLike<number>): readonly ReliabilityBin[] {
  return Array.from({ length: 10 }, (_, bin) => {
    const [from, to] = [bin / 10, (bin + 1) / 10];
    const inside = Array.from({ length: scores.length }, (_, i) => i).filter(
      (i) => Math.min(9, Math.floor(10 * (scores[i] as number))) === bin,
    );
    const meanOf = (values: ArrayLike<number>): number =>
      inside.reduce((sum, i) => sum + (values[i] as number), 0) / inside.length;
    return { from, to, latents: inside.length, score: meanOf(scores), share: meanOf(labels) };
  }).filter(({ latents }) => latents > 0);
}

/** Mean distance of score and share over the cases, by the bins of {@link reliability} (Naeini et al. 2015). */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { latents }) => sum + latents, 0);
  return bins.reduce((sum, { latents, score, share }) => sum + (latents * Math.abs(score - share)) / total, 0);
}

/** Share of the class among the tenth of the cases with the largest scores. */
export function topTenth(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number) || a - b,
  );
  const top = order.slice(0, Math.max(1, Math.floor(order.length / 10)));
  return top.reduce((sum, i) => sum + (labels[i] as number), 0) / top.length;
}
