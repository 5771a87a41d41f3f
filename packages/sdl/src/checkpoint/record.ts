import { FormatError } from "@monosema/tensor";
import * as z from "zod/mini";
import type { Model } from "../model.js";
import { type Keys, parse, problemText } from "../schema.js";
import type { SdlSpec } from "../spec.js";
import { validateSpec } from "../validateSpec.js";
import type { JsonObject } from "./json.js";

/** What SAELens' own keys cannot say; stands in the metadata of both files of a checkpoint. */
export interface MonosemaRecord extends Pick<Model, "spec" | "threshold" | "inputScaling"> {
  /** Version of this record. */
  readonly version: 1;
}

/** The record of a model. */
export function recordOf({ spec, threshold, inputScaling }: Model): MonosemaRecord {
  return { version: 1, spec, ...(threshold === undefined ? {} : { threshold }), inputScaling };
}

/**
 * Reads a record.
 *
 * @param value - parsed JSON
 * @throws FormatError `bad-record`, or `unsupported-version` for one that a later version wrote
 */
export function parseRecord(value: unknown, file: string): MonosemaRecord {
  const refuse = (problem: string): FormatError =>
    new FormatError("bad-record", `metadata.monosema: ${problem}; remove it to read a plain SAELens dictionary`, {
      file,
    });
  const version = (value as JsonObject | null)?.version;
  if (typeof version === "number" && version > 1) {
    const message = `metadata.monosema must be of version 1, got ${version}; update @monosema/sdl`;
    throw new FormatError("unsupported-version", message, { file });
  }
  const parsed = parse(schema, value, (problem) => refuse(problemText(problem)));
  return { ...parsed, spec: specFrom(parsed.spec, refuse) };
}

/** A valid specification, or the error that `refuse` makes of the problem. */
export function specFrom(value: unknown, refuse: (problem: string) => FormatError): SdlSpec {
  try {
    return validateSpec(value);
  } catch (error) {
    if (error instanceof RangeError) throw refuse(error.message);
    throw error;
  }
}

const shape = {
  version: z.literal(1),
  spec: z.unknown(),
  threshold: z.exactOptional(z.number()),
  inputScaling: z.enum(["none", "constantNorm", "layerNorm"]),
} satisfies Keys<MonosemaRecord>;

const schema = z.object(shape);
