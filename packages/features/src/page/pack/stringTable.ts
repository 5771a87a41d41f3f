/** Texts by number. */
export interface StringTable {
  /** The texts; a text's place is its number. */
  readonly texts: readonly string[];
  /** Number of a text of the table. */
  of(text: string): number;
}

/** Numbers the texts that a function uses, the commonest first, ties in order of first use. */
export function stringTable(eachUse: (use: (text: string) => void) => void): StringTable {
  const counts = new Map<string, number>();
  eachUse((text) => counts.set(text, (counts.get(text) ?? 0) + 1));
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
