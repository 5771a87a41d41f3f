import { nearestWords } from "@monosema/tensor";

/** `; did you mean X?` for the word that is closest to a wrong one, or nothing where none is close. */
export function didYouMean(wrong: string, words: readonly string[]): string {
  const [best] = nearestWords(wrong, words);
  const close = best !== undefined && best.distance <= Math.max(1, Math.floor(wrong.length / 3));
  return close ? `; did you mean ${best.word}?` : "";
}
