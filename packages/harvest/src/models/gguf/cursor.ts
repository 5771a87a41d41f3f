import { type ByteSource, FormatError } from "@monosema/tensor";

/** Reads a source from its start on, a window at a time. */
export interface Cursor {
  /** Place of the next byte. */
  place(): number;
  /** Makes sure that so many bytes can be taken; FormatError `gguf-truncated` where the file ends before. */
  need(bytes: number): Promise<void>;
  /** The next bytes that `need` made sure of, as a view. */
  take(bytes: number): DataView;
}

/** Bytes that are read at a time. */
const windowBytes = 2 ** 20;

/** A cursor at the first byte. */
export function cursorOf(source: ByteSource): Cursor {
  let from = 0; // place of the window
  let at = 0; // next byte in it
  let window = new Uint8Array(0);
  return {
    place: () => from + at,
    need: async (bytes) => {
      if (at + bytes <= window.length) return;
      const place = from + at;
      if (!(bytes <= source.size - place)) {
        const message = `the file must go on for ${bytes} bytes from ${place}, got ${source.size - place}; fetch it again, it is cut short or broken`;
        throw new FormatError("gguf-truncated", message, { file: source.name });
      }
      window = new Uint8Array(await source.read(place, Math.min(Math.max(bytes, windowBytes), source.size - place)));
      [from, at] = [place, 0];
    },
    take: (bytes) => {
      const view = new DataView(window.buffer, window.byteOffset + at, bytes);
      at += bytes;
      return view;
    },
  };
}
