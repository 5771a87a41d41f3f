import { joined } from "../fileParts.js";

/** Writes a pickle of protocol 2, opcode by opcode. */
export interface Pickler {
  /** A text. */
  text(text: string): void;
  /** A number: an integer where it is one within 2^53 - 1, else a float. */
  number(value: number): void;
  /** An integer of any size; RangeError beyond 2^2039. */
  integer(value: bigint): void;
  /** A name such as `collections OrderedDict`. */
  global(name: string): void;
  /** Opcodes by their characters, such as `}` for EMPTY_DICT. */
  opcodes(characters: string): void;
  /** STOP, and all bytes. */
  end(): Uint8Array;
}

/** A pickler that has written nothing but the protocol. */
export function pickler(): Pickler {
  const parts: Uint8Array[] = [Uint8Array.of(0x80, 2)];
  const encoder = new TextEncoder();
  const integer = (value: bigint): void => {
    const bytes: number[] = [];
    let rest = value;
    // The last byte has the sign.
    while (bytes.length === 0 || rest !== ((bytes.at(-1) as number) < 128 ? 0n : -1n)) {
      bytes.push(Number(rest & 255n));
      rest >>= 8n;
    }
    if (bytes.length > 255) throw new RangeError("writePt: integers must be below 2^2039 in size, got a larger one");
    parts.push(Uint8Array.of(0x8a, bytes.length, ...bytes)); // LONG1
  };
  return {
    text: (text) => {
      const bytes = encoder.encode(text);
      parts.push(
        withNumber("X", 4, (view) => view.setUint32(1, bytes.length, true)),
        bytes,
      ); // BINUNICODE
    },
    number: (value) => {
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
        parts.push(withNumber("G", 8, (view) => view.setFloat64(1, value, false))); // BINFLOAT
      } else if (value === (value | 0))
        parts.push(withNumber("J", 4, (view) => view.setInt32(1, value, true))); // BININT
      else integer(BigInt(value));
    },
    integer,
    global: (name) => parts.push(encoder.encode(`c${name.replace(" ", "\n")}\n`)),
    opcodes: (characters) => parts.push(Uint8Array.from(characters, (character) => character.charCodeAt(0))),
    end: () => {
      parts.push(Uint8Array.of(0x2e));
      return joined({ size: parts.reduce((sum, part) => sum + part.length, 0), parts });
    },
  };
}

function withNumber(opcode: string, size: number, set: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(1 + size);
  bytes[0] = opcode.charCodeAt(0);
  set(new DataView(bytes.buffer));
  return bytes;
}
