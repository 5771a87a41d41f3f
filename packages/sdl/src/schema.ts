import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

/** A whole number of at least 1. */
export const size: z.ZodMiniType<number> = z.int().check(z.minimum(1));

/** A number of at least 0. */
export const coefficient: z.ZodMiniType<number> = z.number().check(z.minimum(0));

/** A number above 0. */
export const positive: z.ZodMiniType<number> = z.number().check(z.gt(0));

/** One schema for every key of T, the optional ones too: `{...} satisfies Keys<T>` fails where a key of T has none. */
export type Keys<T> = Readonly<Record<keyof T, z.ZodMiniType>>;

/** What a schema found wrong. */
export interface Problem {
  /** Keys down to the place, joined by dots; empty for the whole. */
  readonly at: string;
  /** What is required. */
  readonly message: string;
  /** What stands there. */
  readonly got: unknown;
}

/**
 * Checks plain data.
 *
 * @param refuse - the error to throw for the first problem
 */
export function parse<T>(schema: z.ZodMiniType<T>, value: unknown, refuse: (problem: Problem) => Error): T {
  const parsed = schema.safeParse(value, { reportInput: true, error: localeError });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue?.path.join(".") ?? "";
  throw refuse({ at, message: issue?.message ?? "not valid", got: issue ? issue.input : value });
}

/** A problem in one line. */
export const problemText = ({ at, message, got }: Problem): string => `${at}: ${message}, got ${JSON.stringify(got)}`;

// zod/mini says "Invalid input" for everything unless it is given a language.
const { localeError } = en();
