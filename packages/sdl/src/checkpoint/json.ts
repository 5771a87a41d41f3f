import { FormatError } from "@monosema/tensor";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses the text of a file that holds one JSON object.
 *
 * @throws FormatError `not-json`
 */
export function parseJson(text: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new FormatError("not-json", `the text must be JSON, got: ${problem}; save the file again`, { file });
  }
  if (isObject(value)) return value;
  throw new FormatError(
    "not-json",
    `the text must be a JSON object, got ${JSON.stringify(value)}; save the file again`,
    { file },
  );
}
