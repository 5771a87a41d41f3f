import { FormatError } from "../errors.js";
import type { ByteSource } from "./byteSource.js";
import { type FileParts, joined } from "./fileParts.js";
import { type NpyArray, type NpyReader, npyParts, openNpy } from "./npy.js";
import { openZip } from "./zip/openZip.js";
import { zipParts } from "./zip/zipParts.js";

/** An npz file of which only the directory was read. */
export interface NpzReader {
  /** Names of the arrays, without `.npy`. */
  readonly arrays: readonly string[];
  /**
   * Opens an array. One that is stored (`savez`) is read by rows from the file, its CRC-32 checked where it is read whole; one that is
   * deflated (`savez_compressed`) is inflated into memory, at most 2 GiB.
   *
   * @throws FormatError `tensor-not-found`; of the zip or the npy file in it
   */
  npy(name: string): Promise<NpyReader>;
  /** Closes the source. */
  close(): Promise<void>;
}

const ENDING = ".npy";

/** Opens an npz file: a zip of npy files. Errors as in {@link openZip}. */
export async function openNpz(source: ByteSource): Promise<NpzReader> {
  const zip = await openZip(source);
  const arrays = npyNames(zip.entries.keys());
  // No checksum protects the names of the directory: a damaged one must not make an array another file, which nobody reads.
  for (const name of zip.entries.keys()) if (!name.endsWith(ENDING)) await zip.check(name);
  return {
    arrays,
    npy: async (name) => {
      if (!arrays.includes(name)) {
        const message = `the file must hold ${name}, got ${arrays.join(", ") || "no arrays"}`;
        throw new FormatError("tensor-not-found", message, { file: source.name, tensor: name });
      }
      const entry = await zip.open(name + ENDING);
      const npy = await openNpy(entry);
      return { ...npy, readTensor: () => entry.verify().then(npy.readTensor) };
    },
    close: zip.close,
  };
}

/** Names of the arrays among the files of a zip. */
export function npyNames(files: Iterable<string>): readonly string[] {
  return [...files].filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
}

/**
 * An npz file as `numpy.savez` makes it: stored.
 *
 * @throws TypeError, RangeError for an array that does not suit its dtype or shape, for BF16, or for a name that a zip cannot have
 */
export function writeNpz(arrays: Iterable<readonly [string, NpyArray]>): Uint8Array {
  return joined(npzParts(arrays));
}

/** The file of {@link writeNpz} in parts, with the same errors. */
export function npzParts(arrays: Iterable<readonly [string, NpyArray]>): FileParts {
  return zipParts([...arrays].map(([name, array]) => [name + ENDING, npyParts(array)] as const));
}
