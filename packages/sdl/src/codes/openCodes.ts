import {
  type ByteSource,
  FormatError,
  openSafetensors,
  type SafetensorsReader,
  type SparseRows,
  toNumbers,
} from "@monosema/tensor";
import type { CodesShape } from "./codesStart.js";

/** Sparse codes in a file, of which nothing but the header was read. */
export interface StoredCodes extends CodesShape {
  /**
   * Codes of rows `start` to `start + count - 1`.
   *
   * @throws FormatError `codes` where offsets or latents are not those of a matrix by compressed rows, or a value is not finite
   */
  readRows(start: number, count: number): Promise<SparseRows>;
  /** Closes the file. */
  close(): Promise<void>;
}

/**
 * Opens a file of sparse codes, as `monosema encode` writes it; see {@link codesStart}.
 *
 * @throws FormatError `codes`, or of safetensors
 */
export async function openCodes(source: ByteSource): Promise<StoredCodes> {
  const reader = await openSafetensors(source);
  const { rows, latents, entries } = shapeOf(reader, source.name);
  const refuse = (message: string): never => {
    throw new FormatError("codes", message, { file: source.name });
  };
  const numbers = async (name: string, start: number, count: number) =>
    toNumbers((await reader.readRows(name, start, count)).data);
  return {
    rows,
    latents,
    entries,
    async readRows(start, count) {
      const ends = await numbers("offsets", start, count + 1);
      const offsets = new Int32Array(count + 1);
      const first = ends[0] as number;
      for (let row = 0; row <= count; row++) {
        const [before, end] = [ends[Math.max(0, row - 1)] as number, ends[row] as number];
        if (
          end < before ||
          end > entries ||
          (start + row === 0 && end !== 0) ||
          (start + row === rows && end !== entries)
        ) {
          refuse(
            `offsets must rise from 0 to the ${entries} values, got ${end} after row ${start + row}; encode again`,
          );
        }
        offsets[row] = end - first;
      }
      const length = offsets[count] as number;
      const indices = Int32Array.from(await numbers("latents", first, length));
      const values = Float32Array.from(await numbers("values", first, length));
      for (let row = 0; row < count; row++) {
        let before = -1;
        for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++) {
          const latent = indices[at] as number;
          if (latent <= before || latent >= latents) {
            refuse(
              `latents of a row must rise and be below ${latents}, got ${latent} after ${before} in row ${start + row}; sort each row`,
            );
          }
          if (!Number.isFinite(values[at])) {
            refuse(`values must be finite, got ${values[at]} of latent ${latent} in row ${start + row}; encode again`);
          }
          before = latent;
        }
      }
      return { offsets, latents: indices, values };
    },
    close: reader.close,
  };
}

/** The sizes that metadata and tensors agree on. */
function shapeOf(reader: SafetensorsReader, file: string): CodesShape {
  const refuse = (message: string): never => {
    throw new FormatError("codes", message, { file });
  };
  const length = (name: string, dtypes: readonly string[]): number => {
    const { dtype, shape } = reader.info(name);
    if (shape.length === 1 && dtypes.includes(dtype)) return shape[0] as number;
    return refuse(
      `${name} must be one row of ${dtypes.join(" or ")}, got ${dtype} [${shape.join(", ")}]; encode again`,
    );
  };
  const [offsets, latents, values] = [
    length("offsets", ["I64", "I32"]),
    length("latents", ["I32", "I64"]),
    length("values", ["F32", "F64"]),
  ];
  const sizes = /^\[(\d+), ?(\d+)\]$/.exec(reader.metadata.get("shape") ?? "");
  const got = reader.metadata.get("shape") ?? "none";
  if (sizes === null) return refuse(`the metadata must give the shape [rows, latents], got ${got}; encode again`);
  const [rows, width] = [Number(sizes[1]), Number(sizes[2])];
  if (offsets !== rows + 1) {
    refuse(`offsets must hold ${rows + 1} numbers for the shape ${got}, got ${offsets}; encode again`);
  }
  if (latents !== values) refuse(`latents and values must be as many, got ${latents} and ${values}; encode again`);
  return { rows, latents: width, entries: values };
}
