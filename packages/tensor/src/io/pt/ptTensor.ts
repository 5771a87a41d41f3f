import { FormatError } from "../../errors.js";
import { checkRange } from "../byteSource.js";
import { codecOf, type Dtype, elementCount, type StoredTensor } from "../dtype.js";
import type { Storage } from "./storage.js";
import { extent, hasRows, readStrided, type Strided } from "./strided.js";

/** A tensor of a `.pt` file, of which nothing was read yet. */
export interface PtTensor {
  /** Element type in the file. */
  readonly dtype: Dtype;
  /** Sizes of the axes; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** The whole tensor, row-major whatever its strides; the checksum of its storage is compared, where the file has one. */
  readTensor(): Promise<StoredTensor>;
  /**
   * Rows `start` to `start + count - 1` along the first axis; FormatError `bad-shape` for a scalar. The checksum is not compared. A
   * tensor whose rows are scattered, such as a transposed one, is read whole at the first call and kept.
   */
  readRows(start: number, count: number): Promise<StoredTensor>;
}

/** Whether a value of a `.pt` file is a tensor. */
export function isPtTensor(value: unknown): value is PtTensor {
  return typeof value === "object" && value !== null && "readTensor" in value;
}

/** Elements that a tensor may have beyond those of its storage, by strides of 0. */
const mostRepeated = 2 ** 20;

/**
 * A view of a storage as a tensor.
 *
 * @throws FormatError `pt-bounds` where it leaves the storage, or repeats its elements beyond reason
 */
export function ptTensor(storage: Storage, view: Strided, file: string): PtTensor {
  const { dtype, shape } = view;
  const stored = Math.floor(storage.size / codecOf(dtype).size);
  const count = elementCount(shape);
  if (!(extent(view) <= stored) || !(count <= Math.max(stored, mostRepeated))) {
    const { offset, strides } = view;
    const message = `a tensor must lie within the ${stored} elements of its storage, got offset ${offset}, size [${shape.join(", ")}], strides [${strides.join(", ")}]; the file is damaged`;
    throw new FormatError("pt-bounds", message, { file });
  }
  const readTensor = async (): Promise<StoredTensor> => {
    const source = await storage.open();
    await source.verify();
    return { dtype, shape, data: await readStrided(source, view) };
  };
  let whole: Promise<StoredTensor> | undefined;
  return {
    dtype,
    shape,
    readTensor,
    readRows: async (start, rows) => {
      const [all, ...rest] = shape;
      if (all === undefined) throw new FormatError("bad-shape", "a tensor must have rows, got a scalar", { file });
      checkRange("readRows", start, rows, all);
      const part = { dtype, shape: [rows, ...rest] };
      if (hasRows(view)) {
        const offset = view.offset + start * (view.strides[0] ?? 0);
        return { ...part, data: await readStrided(await storage.open(), { ...view, offset, shape: part.shape }) };
      }
      whole ??= readTensor();
      const { data } = await whole;
      const width = elementCount(rest);
      return { ...part, data: data.subarray(start * width, (start + rows) * width) };
    },
  };
}
