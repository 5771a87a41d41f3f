import { codecOf, type Dtype, decodeElements } from "../dtype.js";
import { readDescr } from "../npyHeader.js";
import type { PtFunction } from "./ptFunction.js";

/** numpy's type of numbers while its pickle is read: the byte order comes with its state. */
export interface NumpyType {
  /** Name without byte order, such as `f8`. */
  readonly numpyType: string;
  /** `<`, `>`, or `|` for a single byte. */
  order: string;
}

/** `numpy.dtype(name, align, copy)`. */
export const numpyType: PtFunction = {
  call: ([name]): NumpyType | undefined =>
    typeof name === "string" && name.length <= 8 ? { numpyType: name, order: "<" } : undefined,
};

/** `numpy.core.multiarray.scalar(dtype, bytes)`: a number or a truth value. */
export const numpyScalar: PtFunction = {
  call: ([type, bytes], { file }) => {
    if (!isNumpyType(type) || !(bytes instanceof Uint8Array)) return undefined;
    const { dtype, bigEndian } = readDescr(type.order + type.numpyType, file);
    return bytes.length === codecOf(dtype).size ? scalar(dtype, bytes, bigEndian) : undefined;
  },
};

/** Takes the byte order from the state of a type: `(version, order, …)`. */
export function setNumpyState(type: NumpyType, state: unknown): boolean {
  const order = Array.isArray(state) ? (state[1] as unknown) : undefined;
  if (order !== "<" && order !== ">" && order !== "|") return false;
  type.order = order;
  return true;
}

/** Whether a value is numpy's type of numbers. */
export function isNumpyType(value: unknown): value is NumpyType {
  return typeof value === "object" && value !== null && "numpyType" in value;
}

function scalar(dtype: Dtype, bytes: Uint8Array, bigEndian: boolean): unknown {
  const [value] = decodeElements(dtype, bytes, bigEndian);
  if (dtype === "BOOL") return value !== 0;
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
