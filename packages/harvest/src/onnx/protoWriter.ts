/** Pieces of a protobuf message, in order. */
export type ProtoPart = Uint8Array;

/** A field of whole numbers; negative ones take ten bytes, as int64 has them. */
export function intField(field: number, value: number): ProtoPart {
  return joinBytes([varint(field * 8), value < 0 ? negative(value) : varint(value)]);
}

/** A field of one float32. */
export function floatField(field: number, value: number): ProtoPart {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joinBytes([varint(field * 8 + 5), bytes]);
}

/** A field of bytes, or of a text in UTF-8. */
export function bytesField(field: number, content: Uint8Array | string): ProtoPart {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return joinBytes([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

/** A field that is a message itself. */
export function messageField(field: number, parts: readonly ProtoPart[]): ProtoPart {
  return bytesField(field, joinBytes(parts));
}

/** The parts one after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

function negative(value: number): Uint8Array {
  const bits = BigInt.asUintN(64, BigInt(value));
  return Uint8Array.from({ length: 10 }, (_, i) => Number((bits >> BigInt(7 * i)) & 127n) | (i < 9 ? 128 : 0));
}
