import { FormatError } from "@monosema/tensor";
import type { Cursor } from "./cursor.js";

/** Numbers of GGUF's types of metadata that have a fixed size. */
const fixed: ReadonlyMap<number, readonly [size: number, read: (view: DataView, at: number) => number | boolean]> =
  new Map([
    [0, [1, (view, at) => view.getUint8(at)]],
    [1, [1, (view, at) => view.getInt8(at)]],
    [2, [2, (view, at) => view.getUint16(at, true)]],
    [3, [2, (view, at) => view.getInt16(at, true)]],
    [4, [4, (view, at) => view.getUint32(at, true)]],
    [5, [4, (view, at) => view.getInt32(at, true)]],
    [6, [4, (view, at) => view.getFloat32(at, true)]],
    [7, [1, (view, at) => view.getUint8(at) !== 0]],
    [10, [8, (view, at) => Number(view.getBigUint64(at, true))]],
    [11, [8, (view, at) => Number(view.getBigInt64(at, true))]],
    [12, [8, (view, at) => view.getFloat64(at, true)]],
  ]);
const [textType, listType] = [8, 9];
/** Fewest bytes of a text or list: its length. */
const lengthBytes = 8;
/** More than any vocabulary has. */
const longestList = 2 ** 24;
/** Elements that are taken at a time. */
const chunk = 65_536;

/** One value of the metadata, of a type by its number. */
export async function readValue(cursor: Cursor, type: number, file: string, depth = 0): Promise<unknown> {
  const known = fixed.get(type);
  if (known !== undefined) {
    await cursor.need(known[0]);
    return known[1](cursor.take(known[0]), 0);
  }
  if (type === textType) return await readString(cursor);
  if (type === listType && depth < 4) return await readList(cursor, file, depth + 1);
  const message = `metadata must be of the types 0 to 12, got ${type} at ${cursor.place()}; fetch the file again`;
  throw new FormatError("gguf-metadata", message, { file });
}

/** A text with its length before it. */
export async function readString(cursor: Cursor): Promise<string> {
  const bytes = await readUint64(cursor);
  await cursor.need(bytes);
  return new TextDecoder().decode(cursor.take(bytes));
}

/** A whole number of 64 bits. */
export async function readUint64(cursor: Cursor): Promise<number> {
  await cursor.need(8);
  return Number(cursor.take(8).getBigUint64(0, true));
}

/** A whole number of 32 bits. */
export async function readUint32(cursor: Cursor): Promise<number> {
  await cursor.need(4);
  return cursor.take(4).getUint32(0, true);
}

async function readList(cursor: Cursor, file: string, depth: number): Promise<unknown[]> {
  const type = await readUint32(cursor);
  const count = await readUint64(cursor);
  if (count > longestList) {
    const message = `lists of metadata must have at most ${longestList} values, got ${count}; convert the model again`;
    throw new FormatError("gguf-metadata", message, { file });
  }
  const values: unknown[] = [];
  const [size, read] = fixed.get(type) ?? [lengthBytes];
  // Every element takes at least `size` bytes, so that the loop ends with the file at the latest.
  for (let left = count; left > 0; left -= chunk) {
    const taken = Math.min(chunk, left);
    if (read !== undefined) {
      await cursor.need(size * taken);
      const view = cursor.take(size * taken);
      for (let i = 0; i < taken; i++) values.push(read(view, i * size));
    } else for (let i = 0; i < taken; i++) values.push(await readValue(cursor, type, file, depth));
  }
  return values;
}
