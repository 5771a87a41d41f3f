import type { TensorReader } from "../tensorReader.js";
import type { PtValue } from "./ptValue.js";

/** A {@link PtValue} with records instead of Maps. */
export type PtRecords =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | TensorReader
  | readonly PtRecords[]
  | { readonly [key: string]: PtRecords };

/**
 * What a `.pt` file holds in the form of parsed JSON, such as a config to be checked: dicts become records with their keys as texts. Parts
 * that are shared stay shared.
 *
 * @throws RangeError where two keys of a dict read alike, such as 1 and "1"
 */
export function ptRecords(value: PtValue): PtRecords {
  const done = new Map<PtValue, PtRecords>();
  const convert = (part: PtValue): PtRecords => {
    if (!isList(part) && !(part instanceof Map)) return part as PtRecords;
    const known = done.get(part);
    if (known !== undefined) return known;
    const records = isList(part) ? part.map(convert) : recordOf(part, convert);
    done.set(part, records);
    return records;
  };
  return convert(value);
}

function recordOf(dict: ReadonlyMap<unknown, PtValue>, convert: (part: PtValue) => PtRecords): PtRecords {
  const entries = [...dict].map(([key, item]): [string, PtRecords] => [String(key), convert(item)]);
  const names = new Set(entries.map(([name]) => name));
  if (names.size === entries.length) return Object.fromEntries(entries);
  throw new RangeError("ptRecords: keys of a dict must differ as texts, got two that read alike; read the Map itself");
}

function isList(value: PtValue): value is readonly PtValue[] {
  return Array.isArray(value);
}
