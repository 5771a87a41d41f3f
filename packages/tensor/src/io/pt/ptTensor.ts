import { FormatError } from "../../errors.js";
import { checkRange } from "../byteSource.js";
import { codecOf, elementCount, type StoredTensor } from "../dtype.js";
import type { TensorReader } from "../tensorReader.js";
import type { Storage } from "./storage.js";
import { extent, hasRows, readStrided, type Strided } from "./strided.js";

/** Whether a value of a `.pt` file is a tensor. */
export function isPtTensor(value: unknown): value is TensorReader {
  return typeof value === "object" && value !== null && "readTensor" in value;
}

/** Elements that a tensor may have beyond those of its storage, by strides of 0. */
const mostRepeated = 2 ** 20;

/**
 * A view of a storage as a tensor.
 *
 * @throws FormatError `pt-bounds` where it leaves the storage, or repeats its elements beyond reason
 */
export function ptTensor(storage: Storage, view: Strided, file: string): TensorReader {
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
