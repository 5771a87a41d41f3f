import { FormatError } from "../../errors.js";
import type { ByteSource } from "../byteSource.js";
import { readPickle } from "../pickle/readPickle.js";
import { openZip, type ZipReader } from "../zip/openZip.js";
import { ptHost } from "./ptHost.js";
import type { FindStorage, StorageSource } from "./storage.js";

/** Largest pickle that is read, in bytes. */
const largestPickle = 2 ** 26;
const PICKLE = "data.pkl";

/** The value of a `.pt` file that is a zip, as PyTorch writes since 1.6. */
export async function readArchive(source: ByteSource): Promise<unknown> {
  const zip = await openZip(source);
  const { name: file } = source;
  const folder = ptFolder(zip, file);
  if (
    zip.entries.has(`${folder}constants.pkl`) ||
    [...zip.entries.keys()].some((name) => name.startsWith(`${folder}code/`))
  ) {
    const message = "the file must hold tensors and plain data, got a TorchScript program; save the state dict instead";
    throw new FormatError("pt-torchscript", message, { file });
  }
  await checkByteOrder(zip, folder, file);
  const size = zip.entries.get(folder + PICKLE)?.size ?? 0;
  if (size > largestPickle) {
    const message = `the pickle must have at most ${largestPickle} bytes, got ${size}; save numbers as tensors`;
    throw new FormatError("pt-limit", message, { file });
  }
  const bytes = await zip.read(folder + PICKLE);
  return readPickle(bytes, 0, ptHost(storages(zip, `${folder}data/`, file), file), file).value;
}

/** The top folder, which has the name of the file when it was saved; with its `/`. */
function ptFolder(zip: ZipReader, file: string): string {
  const pickles = [...zip.entries.keys()].filter(isPickle);
  const [pickle] = pickles;
  if (pickle !== undefined && pickles.length === 1) return pickle.slice(0, -PICKLE.length);
  const message = `the zip must hold one folder with ${PICKLE}, got ${pickles.join(", ") || "none"}; save it with torch.save`;
  throw new FormatError("pt-archive", message, { file });
}

/** Whether an entry is the pickle of a `.pt` file. */
export function isPickle(name: string): boolean {
  return /^[^/]+\/data\.pkl$/.test(name);
}

async function checkByteOrder(zip: ZipReader, folder: string, file: string): Promise<void> {
  const name = `${folder}byteorder`;
  const size = zip.entries.get(name)?.size;
  if (size === undefined) return; // before PyTorch 2.1
  const order = size > 10 ? "a longer text" : new TextDecoder().decode(await zip.read(name));
  if (order === "little") return;
  const message = `byteorder must be little, got ${order}; save it on a little-endian machine`;
  throw new FormatError("pt-byteorder", message, { file });
}

/** Storages are files named by their keys. */
function storages(zip: ZipReader, folder: string, file: string): FindStorage {
  const opened = new Map<string, Promise<StorageSource>>();
  return ({ key, size }) => {
    const name = folder + key;
    const got = zip.entries.get(name)?.size;
    if (got !== size) {
      const message = `${name.slice(0, 200)} must have ${size} bytes, got ${got ?? "no such file"}; the file is damaged`;
      throw new FormatError("pt-size", message, { file });
    }
    return {
      open: () => {
        const source = opened.get(name) ?? zip.open(name);
        opened.set(name, source);
        return source;
      },
    };
  };
}
