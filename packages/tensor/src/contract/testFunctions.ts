/** Functions of a test runner that the contract needs; `import * as vitest from "vitest"` has them, and others do. */
export interface TestFunctions {
  /** A group of tests. */
  readonly describe: (title: string, body: () => void) => void;
  /** A test. */
  readonly it: (title: string, body: () => void | Promise<void>) => void;
  /** Before the first test. */
  readonly beforeAll: (body: () => Promise<void>) => void;
  /** After the last test. */
  readonly afterAll: (body: () => Promise<void>) => void;
  /** Expects something of a value; the message says what the value is. */
  readonly expect: (actual: unknown, message?: string) => Expected;
}

/** What can be expected of a value. */
export interface Expected extends Matchers<void> {
  /** The opposite. */
  readonly not: Matchers<void>;
  /** Of the reason of a rejected promise. */
  readonly rejects: Matchers<Promise<void>>;
}

/** Comparisons. */
export interface Matchers<R> {
  /** The same value. */
  readonly toBe: (expected: unknown) => R;
  /** Equal values, field by field. */
  readonly toEqual: (expected: unknown) => R;
  /** A list that has the element. */
  readonly toContain: (element: unknown) => R;
  /** A number that is not above. */
  readonly toBeLessThanOrEqual: (most: number) => R;
  /** A number that is not below. */
  readonly toBeGreaterThanOrEqual: (least: number) => R;
  /** A function that throws an error with such a message. */
  readonly toThrow: (message?: string | RegExp) => R;
}
