import { FormatError, parseJson } from "@monosema/tensor";
import { StoreError } from "./store.js";

/** A value as stores keep it. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value)}\n`;

/**
 * The value that a store keeps.
 *
 * @param what - what holds it, for the error
 * @throws StoreError where it is no JSON
 */
export function storedJson(text: string, place: string, what: "file" | "object"): unknown {
  try {
    return parseJson(text, place);
  } catch (error) {
    if (error instanceof FormatError) throw new StoreError(`${error.message}; remove the ${what}`, { cause: error });
    throw error;
  }
}
