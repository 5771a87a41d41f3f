import { createHash } from "node:crypto";

/** Plain data that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A file that a job reads. */
export interface JobInput {
  /** Where it lies; workers on other machines must have it at the same place. */
  readonly path: string;
  /** Hash of its content. */
  readonly sha256: string;
}

/** A piece of work as plain data: whoever runs it, its result is the same. */
export interface JobSpec {
  /** What kind of work, such as `train`. */
  readonly kind: string;
  /** What decides the result. */
  readonly parameters: { readonly [key: string]: Json };
  /** What it reads, by the parameter that names it. */
  readonly inputs: Readonly<Record<string, JobInput>>;
  /** What a worker must offer for the same bits, such as backend, tier and arithmetic. */
  readonly pins: Readonly<Record<string, string>>;
  /** Version of the program. */
  readonly version: string;
}

/** A job with its name. */
export interface Job extends JobSpec {
  /** Hash of what it is - kind, parameters, content of its inputs, pins, version - so that the same work asked for twice is one job. */
  readonly id: string;
}

/** Names a job by its content. */
export function jobOf(spec: JobSpec): Job {
  const { kind, parameters, inputs, pins, version } = spec;
  const contents = Object.fromEntries(Object.entries(inputs).map(([name, { sha256 }]) => [name, sha256]));
  const text = canonicalJson({ kind, parameters, contents, pins, version });
  return { ...spec, id: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}

/** JSON with the keys of all records in the order of their characters. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join(",")}}`;
}
