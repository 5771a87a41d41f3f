import { FormatError, readSafetensors, type SafetensorsFile, type StoredTensor, toNumbers } from "@monosema/tensor";
import type { Orientation } from "./checkpoint.js";
import type { ReadOptions } from "./format.js";

/** A matrix of a file and how it lay there. */
export interface StoredMatrix {
  /** Row-major in the wanted shape. */
  readonly data: Float32Array;
  /** How it lay in the file. */
  readonly orientation: Orientation;
}

/** Takes tensors out of a file one by one; what nobody took is left over. */
export interface TensorTaker {
  /** Whether a tensor is there. */
  readonly has: (name: string) => boolean;
  /** Counts a tensor as taken that plays no part. */
  readonly skip: (name: string) => void;
  /** Sizes of the axes of a tensor, which is not taken. */
  readonly shape: (name: string) => readonly number[];
  /** A tensor of an exact shape as float32. */
  readonly array: (name: string, shape: readonly number[]) => Float32Array;
  /** The numbers of a tensor of any shape, or of an exact one, in the precision of the file. */
  readonly numbers: (name: string, shape?: readonly number[]) => Float32Array | Float64Array;
  /** The elements of a tensor of integers or booleans of any shape; FormatError `unsafe-integer` beyond 2^53 - 1. */
  readonly integers: (name: string) => Float64Array;
  /**
   * A matrix as [rows, columns], whichever way it lies in the file. Shapes decide; a square one lies as `assumed` says.
   *
   * @param natural - orientation of the whole file if this matrix is stored as [rows, columns]
   */
  readonly matrix: (
    name: string,
    rows: number,
    columns: number,
    natural: Orientation,
    assumed?: Orientation,
  ) => StoredMatrix;
  /** Names of tensors that were not taken. */
  readonly left: () => string[];
}

/**
 * Hands out the tensors of a file; arrays in float32 are handed over as they are.
 *
 * @throws FormatError from its methods: `missing-tensor`, `bad-shape`, `bad-dtype`, `ambiguous-orientation`
 */
export function tensorTaker(tensors: SafetensorsFile["tensors"], file: string): TensorTaker {
  const taken = new Set<string>();
  const find = (name: string): StoredTensor => {
    const tensor = tensors.get(name);
    if (tensor !== undefined) return tensor;
    const names = [...tensors.keys()].slice(0, 100).join(", ") || "no tensors";
    const message = `${name} is required, got only ${names}; save the whole model`;
    throw new FormatError("missing-tensor", message, { file, tensor: name });
  };
  const take = (name: string): { shape: readonly number[]; data: Float32Array | Float64Array } => {
    const { dtype, shape, data } = find(name);
    if (!(data instanceof Float32Array || data instanceof Float64Array)) {
      throw new FormatError("bad-dtype", `${name} must hold floating-point numbers, got ${dtype}; save it as float32`, {
        file,
        tensor: name,
      });
    }
    taken.add(name);
    return { shape, data };
  };
  const badShape = (name: string, wanted: readonly (readonly number[])[], got: readonly number[]): FormatError => {
    const shapes = wanted.map((shape) => `[${shape.join(", ")}]`).join(" or ");
    const message = `${name} must have the shape ${shapes}, got [${got.join(", ")}]; compare the sizes in the config with the tensors`;
    return new FormatError("bad-shape", message, { file, tensor: name });
  };
  const numbers: TensorTaker["numbers"] = (name, shape) => {
    const tensor = take(name);
    if (shape && !sameShape(tensor.shape, shape)) throw badShape(name, [shape], tensor.shape);
    return tensor.data;
  };
  return {
    has: (name) => tensors.has(name),
    skip: (name) => {
      taken.add(name);
    },
    shape: (name) => find(name).shape,
    array: (name, shape) => float32(numbers(name, shape)),
    integers: (name) => {
      const { dtype, data } = find(name);
      if (!/^([IU]\d|BOOL)/.test(dtype)) {
        const message = `${name} must hold integers, got ${dtype}; save it as int64`;
        throw new FormatError("bad-dtype", message, { file, tensor: name });
      }
      taken.add(name);
      return toNumbers(data, { file, tensor: name });
    },
    numbers,
    matrix: (name, rows, columns, natural, assumed) => {
      const { shape, data } = take(name);
      const opposite = natural === "saelens" ? "transposed" : "saelens";
      const possible = [
        ...(sameShape(shape, [rows, columns]) ? [natural] : []),
        ...(sameShape(shape, [columns, rows]) ? [opposite] : []),
      ];
      if (possible.length === 0)
        throw badShape(
          name,
          [
            [rows, columns],
            [columns, rows],
          ],
          shape,
        );
      const orientation = possible.length === 1 ? possible[0] : assumed;
      if (orientation === undefined) {
        throw new FormatError(
          "ambiguous-orientation",
          `${name} is square, so its shape [${shape}] cannot show which way it lies; pass orientation: "saelens" (W_enc [P, Q], W_dec [Q, R]) or "transposed"`,
          { file, tensor: name },
        );
      }
      const lies = orientation as Orientation;
      return { data: lies === natural ? float32(data) : transpose(data, columns, rows), orientation: lies };
    },
    left: () => [...tensors.keys()].filter((name) => !taken.has(name)),
  };
}

/**
 * Names of the tensors that nobody took.
 *
 * @param choice - whether there may be any
 * @param whose - what the others belong to, such as `the architecture standard`
 * @throws FormatError `unexpected-tensor` unless they are ignored
 */
export function leftTensors(
  { left }: TensorTaker,
  choice: ReadOptions["unexpectedTensors"],
  whose: string,
  file: string,
): string[] {
  const names = left();
  const [first] = names;
  if (first === undefined || choice === "ignore") return names;
  const message = `only tensors of ${whose} may stand in the file, got ${names.slice(0, 100).join(", ")}; pass unexpectedTensors: "ignore" to read on`;
  throw new FormatError("unexpected-tensor", message, { file, tensor: first });
}

/** The tensors of a safetensors file, in arrays of their own: those of its bytes, which stay the caller's, or as they were read. */
export function tensorsOf(file: Uint8Array | SafetensorsFile, name: string): SafetensorsFile {
  if (!(file instanceof Uint8Array)) return file;
  const { tensors, metadata } = readSafetensors(file, name);
  return { tensors: new Map([...tensors].map(([key, t]) => [key, { ...t, data: t.data.slice() }])), metadata };
}

/** The transpose `[columns, rows]` of a row-major `[rows, columns]`, in blocks that stay in cache. */
export function transpose(matrix: Float32Array | Float64Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns);
  const block = 32;
  for (let top = 0; top < rows; top += block) {
    const bottom = Math.min(top + block, rows);
    for (let left = 0; left < columns; left += block) {
      const right = Math.min(left + block, columns);
      for (let r = top; r < bottom; r++) {
        for (let c = left; c < right; c++) result[c * rows + r] = matrix[r * columns + c] as number;
      }
    }
  }
  return result;
}

const float32 = (data: Float32Array | Float64Array): Float32Array =>
  data instanceof Float32Array ? data : new Float32Array(data);

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);
