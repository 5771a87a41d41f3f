import { FormatError } from "@monosema/tensor";

/** A weight that is read when it is needed. */
export interface LazyTensor {
  /** The file's name for it. */
  readonly name: string;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Its numbers, row-major; read anew every time. */
  read(): Promise<Float32Array>;
}

/** The same tensor `[rows, columns]` as `[columns, rows]`. */
export function transposed(tensor: LazyTensor): LazyTensor {
  const [rows = 1, columns = 1] = tensor.shape;
  return {
    name: tensor.name,
    shape: [columns, rows],
    read: async () => transpose(await tensor.read(), rows, columns),
  };
}

/** The tensor itself where it has this shape; FormatError `bad-shape` otherwise. */
export function ofShape(tensor: LazyTensor, shape: readonly number[], file: string): LazyTensor {
  if (tensor.shape.length === shape.length && shape.every((size, axis) => size === tensor.shape[axis])) return tensor;
  const message = `${tensor.name} must have shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]; the file's sizes and weights differ`;
  throw new FormatError("bad-shape", message, { file, tensor: tensor.name });
}

/** Squares that fit into the cache, read by rows and written by rows. */
const block = 32;

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let r0 = 0; r0 < rows; r0 += block) {
    const r1 = Math.min(rows, r0 + block);
    for (let c0 = 0; c0 < columns; c0 += block) {
      const c1 = Math.min(columns, c0 + block);
      for (let r = r0; r < r1; r++)
        for (let c = c0; c < c1; c++) turned[c * rows + r] = values[r * columns + c] as number;
    }
  }
  return turned;
}
