/** `; did you mean X?` for the word that is closest to a wrong one, or nothing where none is close. */
export function didYouMean(wrong: string, words: readonly string[]): string {
  const [best] = ranked(wrong, words);
  const close = best !== undefined && best.distance <= Math.max(1, Math.floor(wrong.length / 3));
  return close ? `; did you mean ${best.word}?` : "";
}

/** The words from the closest to the farthest. */
export const byNearness = (wrong: string, words: readonly string[]): readonly string[] =>
  ranked(wrong, words).map(({ word }) => word);

function ranked(
  wrong: string,
  words: readonly string[],
): readonly { readonly word: string; readonly distance: number }[] {
  return words
    .map((word) => ({ word, distance: word.startsWith(wrong) && wrong !== "" ? 1 : distance(wrong, word) }))
    .sort((a, b) => a.distance - b.distance);
}

/** Letters to add, drop, change or swap with the next (optimal string alignment, Damerau 1964), in any case. */
function distance(from: string, to: string): number {
  const [a, b] = [from.toLowerCase(), to.toLowerCase()];
  const table = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  const at = (i: number, j: number): number => table[i]?.[j] as number;
  for (let j = 0; j <= b.length; j++) (table[0] as number[])[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : changed;
      (table[i] as number[])[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, swapped);
    }
  }
  return at(a.length, b.length);
}
