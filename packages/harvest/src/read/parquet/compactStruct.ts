/** Fields of a struct of Thrift's compact protocol by their numbers: whole numbers, switches, structs; texts and lists are passed over. */
export type CompactStruct = ReadonlyMap<number, number | boolean | CompactStruct>;

/** Structs within structs, at most. */
const deepest = 16;

/**
 * Reads a struct from the start of some bytes.
 *
 * @returns the struct and the bytes that it takes
 * @throws RangeError where the bytes end before it
 */
export function compactStruct(bytes: Uint8Array): { readonly struct: CompactStruct; readonly length: number } {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new RangeError(`a header of more than ${bytes.length} bytes`);
    return value;
  };
  /** A number of seven bits a byte; beyond 2^53 it is not exact, which no field is. */
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 63; scale *= 128) {
      const part = byte();
      value += (part & 127) * scale;
      if (part < 128) return value;
    }
    throw new RangeError("a number of more than ten bytes");
  };
  const integer = (): number => {
    const zigzag = varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  };
  const skip = (count: number): undefined => {
    if (at + count > bytes.length) throw new RangeError(`a header of more than ${bytes.length} bytes`);
    at += count;
    return undefined;
  };
  const list = (depth: number): undefined => {
    const head = byte();
    const count = head >> 4 === 15 ? varint() : head >> 4;
    const type = head & 15;
    // Switches in a list take a byte each; every element takes one at least, so that the bytes bound the count.
    for (let i = 0; i < count; i++)
      if (type <= 2) skip(1);
      else value(type, depth);
    return undefined;
  };
  const value = (type: number, depth: number): number | boolean | CompactStruct | undefined => {
    if (type === 1 || type === 2) return type === 1;
    if (type === 3) return (byte() << 24) >> 24;
    if (type >= 4 && type <= 6) return integer();
    if (type === 7) return skip(8);
    if (type === 8) return skip(varint());
    if (type === 9 || type === 10) return list(depth);
    if (type === 12) return struct(depth + 1);
    throw new RangeError(`a field of the unknown type ${type}`);
  };
  const struct = (depth: number): CompactStruct => {
    if (depth > deepest) throw new RangeError(`structs more than ${deepest} deep`);
    const fields = new Map<number, number | boolean | CompactStruct>();
    for (let field = 0; ; ) {
      const head = byte();
      if (head === 0) return fields;
      field = head >> 4 === 0 ? integer() : field + (head >> 4);
      const read = value(head & 15, depth);
      if (read !== undefined) fields.set(field, read);
    }
  };
  return { struct: struct(0), length: at };
}
