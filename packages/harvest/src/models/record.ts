import { FormatError } from "@monosema/tensor";

/** Settings of a file, such as config.json or metadata: checked when they are read. */
export interface Settings {
  /** The value itself; undefined where it is absent or null. */
  get(key: string): unknown;
  /** A positive whole number; the first key that is there. */
  size(...keys: readonly string[]): number;
  /** The same, or undefined where none is there. */
  optionalSize(...keys: readonly string[]): number | undefined;
  /** A positive number, or the default. */
  positive(key: string, otherwise?: number): number;
}

/** Settings of a record; FormatError `bad-config` where a value is not what it must be. */
export function settings(record: Readonly<Record<string, unknown>>, file: string): Settings {
  const fail = (key: string, kind: string, value: unknown) => {
    const got = value === undefined ? "none" : JSON.stringify(value)?.slice(0, 60);
    return new FormatError("bad-config", `${key} must be ${kind}, got ${got}; mend the file`, { file });
  };
  const get = (key: string): unknown => (Object.hasOwn(record, key) ? (record[key] ?? undefined) : undefined);
  const optionalSize = (...keys: readonly string[]): number | undefined => {
    const key = keys.find((name) => get(name) !== undefined);
    if (key === undefined) return undefined;
    const value = get(key);
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= largestSize) return value;
    throw fail(key, `a whole number from 1 to ${largestSize}`, value);
  };
  return {
    get,
    optionalSize,
    size: (...keys) => {
      const value = optionalSize(...keys);
      if (value === undefined) throw fail(keys.join(" or "), "a whole number", undefined);
      return value;
    },
    positive: (key, otherwise) => {
      const value = get(key) ?? otherwise;
      if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
      throw fail(key, "a positive number", value);
    },
  };
}

/** Sizes beyond this stand in no model. */
const largestSize = 2 ** 31 - 1;

/** The value as a record; FormatError `bad-config` where it is none. */
export function asRecord(value: unknown, what: string, file: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new FormatError(
    "bad-config",
    `${what} must be an object, got ${JSON.stringify(value)?.slice(0, 60)}; mend the file`,
    { file },
  );
}

/** FormatError `bad-config` unless the heads divide what they must. */
export function checkHeads(
  { heads, kvHeads, headSize }: { readonly heads: number; readonly kvHeads: number; readonly headSize: number },
  file: string,
): void {
  if (heads % kvHeads === 0 && Number.isInteger(headSize)) return;
  const message = `heads must divide the width and be a multiple of the key and value heads, got ${heads} heads of ${headSize}, ${kvHeads} of keys; mend the file`;
  throw new FormatError("bad-config", message, { file });
}
