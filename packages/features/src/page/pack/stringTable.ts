/** Texts by number. */
export interface StringTable {
  /** The texts; a text's place is its number. */
  readonly texts: readonly string[];
  /** Number of a text of the table. */
  of(text: string): number;
}

/** Numbers texts, the commonest first, ties in order of first use. */
export function stringTable(uses: Iterable<string>): StringTable {
  const counts = new Map<string, number>();
  for (const text of uses) counts.set(text, (counts.get(text) ?? 0) + 1);
  const texts = [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
  const numbers = new Map(texts.map((text, number) => [text, number]));
  return {
    texts,
    of: (text) => {
      const number = numbers.get(text);
      if (number === undefined) throw new Error(`internal: the text ${JSON.stringify(text)} is not in the table`);
      return number;
    },
  };
}
