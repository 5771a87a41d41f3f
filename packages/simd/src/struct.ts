import type { Heap } from "./heap.js";

/** Types of the fields of a struct, in order; every field has 4 bytes. */
export type Layout = Readonly<Record<string, "u32" | "f32">>;
/** A value for every field. */
export type Fields<L extends Layout> = Readonly<Record<keyof L, number>>;

/** Bytes of a struct. */
export function structBytes(layout: Layout): number {
  return 4 * Object.keys(layout).length;
}

/** Writes a struct for a kernel. */
export function writeStruct<L extends Layout>(heap: Heap, pointer: number, layout: L, fields: Fields<L>): void {
  const names = Object.keys(layout);
  const words = heap.u32(pointer, names.length);
  const floats = heap.f32(pointer, names.length);
  names.forEach((name, i) => {
    const value = fields[name] as number;
    if (layout[name] === "f32") floats[i] = value;
    else words[i] = value;
  });
}
