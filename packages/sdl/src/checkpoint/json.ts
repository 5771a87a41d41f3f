import { FormatError, parseJson as parseAny } from "@monosema/tensor";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses the text of a file that holds one JSON object, as `parseJson` of @monosema/tensor does.
 *
 * @throws FormatError `not-json`, `lfs-pointer`
 */
export function parseJson(text: string, file: string): JsonObject {
  const value = parseAny(text, file);
  if (isObject(value)) return value;
  throw new FormatError(
    "not-json",
    `the text must be a JSON object, got ${JSON.stringify(value)}; save the file again`,
    { file },
  );
}
