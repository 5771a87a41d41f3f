/**
 * Small numbers as characters, so that a context of 17 tokens takes some 30 bytes of UTF-8 in JSON: the commonest tokens have the lowest
 * numbers and take one byte each.
 */
export const numbersToText = (numbers: readonly number[]): string =>
  numbers.reduce((text, number) => text + String.fromCodePoint(codePoint(number)), "");

/** The numbers of {@link numbersToText}. */
export const textToNumbers = (text: string): number[] =>
  Array.from(text, (character) => numberOf(character.codePointAt(0) as number));

/** First character; those before it are quotes, spaces and controls. */
const FIRST = 0x23;

/** Characters that JSON or HTML would escape, controls, and surrogates: first and how many, ascending. */
const gaps = [
  [0x3c, 1],
  [0x5c, 1],
  [0x7f, 0x21],
  [0xd800, 0x800],
] as const;

const codePoint = (number: number): number =>
  gaps.reduce((code, [start, length]) => (code >= start ? code + length : code), number + FIRST);

const numberOf = (code: number): number =>
  gaps.reduceRight((left, [start, length]) => (left >= start ? left - length : left), code) - FIRST;
