/** A share as a whole percentage, `0.4 %` below one. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "n/a";
  const value = 100 * share;
  return `${Math.abs(value) > 0 && Math.abs(value) < 0.95 ? value.toFixed(1) : value.toFixed(0)} %`;
}

/** A change of a share in points, with its sign. */
export const points = (change: number): string =>
  `${change < 0 ? "-" : "+"}${Math.abs(100 * change).toFixed(0)} points`;

/** `a`, `a and b`, `a, b and c`. */
export const list = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
