import { FormatError, readSafetensors, type SafetensorsFile } from "@monosema/tensor";
import type { Orientation } from "./checkpoint.js";

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
  /** A tensor of an exact shape as float32. */
  readonly array: (name: string, shape: readonly number[]) => Float32Array;
  /** The numbers of a tensor of any shape, or of an exact one, in the precision of the file. */
  readonly numbers: (name: string, shape?: readonly number[]) => Float32Array | Float64Array;
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
 * Opens a safetensors file for taking; arrays in float32 are handed over as they are.
 *
 * @throws FormatError from its methods: `missing-tensor`, `bad-shape`, `bad-dtype`, `ambiguous-orientation`
 */
export function tensorTaker(tensors: SafetensorsFile["tensors"], file: string): TensorTaker {
  const taken = new Set<string>();
  const take = (name: string): { shape: readonly number[]; data: Float32Array | Float64Array } => {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      const names = [...tensors.keys()].join(", ");
      throw new FormatError("missing-tensor", `${name} is required, got only ${names}; save the whole model`, {
        file,
        tensor: name,
      });
    }
    const { dtype, shape, data } = tensor;
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
    const message = `${name} must have the shape ${shapes}, got [${got.join(", ")}]; compare d_in, d_sae and d_out with the tensors`;
    return new FormatError("bad-shape", message, { file, tensor: name });
  };
  const numbers: TensorTaker["numbers"] = (name, shape) => {
    const tensor = take(name);
    if (shape && !sameShape(tensor.shape, shape)) throw badShape(name, [shape], tensor.shape);
    return tensor.data;
  };
  return {
    has: (name) => tensors.has(name),
    array: (name, shape) => float32(numbers(name, shape)),
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
