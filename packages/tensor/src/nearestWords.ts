/** A word and how far it is from another one. */
export interface NearWord {
  /** The word. */
  readonly word: string;
  /** Letters to add, drop, change or swap with the next. */
  readonly distance: number;
}

/**
 * Words from the closest to the farthest by letters to add, drop, change or swap with the next, in any case (optimal string alignment,
 * Damerau 1964); one that only goes on where the other ends is at distance 1. For messages about names that are not there.
 */
export function nearestWords(wrong: string, words: readonly string[]): readonly NearWord[] {
  const far = (word: string): number => {
    const letters = distance(wrong, word);
    return word.startsWith(wrong) && wrong !== "" ? Math.min(1, letters) : letters;
  };
  return words.map((word) => ({ word, distance: far(word) })).sort((a, b) => a.distance - b.distance);
}

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
