import { FormatError } from "../errors.js";
import { lfsMarkLength, refuseLfsPointer } from "./lfsPointer.js";

/**
 * Parses the JSON of a file that people bring. A byte-order mark is passed over, and NaN, Infinity and -Infinity are read as Python
 * writes them: as these numbers.
 *
 * @param file - name for messages
 * @throws FormatError `not-json`, or `lfs-pointer`
 */
export function parseJson(text: string, file: string): unknown {
  refuseLfsPointer(new TextEncoder().encode(text.slice(0, lfsMarkLength)), file);
  const json = text.startsWith("\ufeff") ? text.slice(1) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    const value = withPythonNumbers(json);
    if (value !== undefined) return value.value;
    const problem = error instanceof Error ? error.message : String(error);
    throw new FormatError("not-json", `the text must be JSON, got: ${problem}; save the file again`, { file });
  }
}

/** Strings, and outside of them the numbers that JSON lacks. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|\b(?:NaN|Infinity)\b/g;

/** The value of a text that is JSON but for those numbers, or undefined. */
function withPythonNumbers(json: string): { readonly value: unknown } | undefined {
  // No string of the text holds the mark: a character that JSON writes as an escape only, and no escape of it stands there.
  const mark = "\\u0000NaN";
  if (json.includes(mark)) return undefined;
  const standard = json.replace(tokens, (token) => {
    if (token === "NaN") return `"${mark}"`;
    return token === "Infinity" ? "1e999" : token; // beyond the largest double: JSON.parse gives Infinity
  });
  try {
    return { value: JSON.parse(standard, (_, value) => (value === "\u0000NaN" ? Number.NaN : value)) };
  } catch {
    return undefined;
  }
}
