import { FormatError } from "../../src/errors.js";
import { type ByteSource, bytesSource } from "../../src/io/byteSource.js";
import type { StoredTensor } from "../../src/io/dtype.js";
import { openNpz } from "../../src/io/npz.js";
import { openPt } from "../../src/io/pt/openPt.js";
import { openZip } from "../../src/io/zip/openZip.js";
import { writeZip } from "../../src/io/zip/zipParts.js";
import { random } from "../../src/random.js";
import { mutated } from "./mutated.js";

/** A kind of file to damage. */
export interface FuzzTarget {
  /** Name. */
  readonly name: string;
  /** Files of fixtures/ that are damaged. */
  readonly files: readonly string[];
  /** All that can be read of such a file, by name. */
  readonly read: (source: ByteSource) => Promise<ReadonlyMap<string, StoredTensor>>;
  /** The entry that is damaged, by the end of its name; the zip around it is whole. Default: the whole file is damaged. */
  readonly inside?: string;
  /** Whether checksums protect the values; else damage may change them, but not what shape they have. */
  readonly checked: boolean;
}

/** What came of damaged files. */
export interface FuzzReport {
  /** Files that were refused with a FormatError, or gave the values of the undamaged file. */
  readonly passed: number;
  /** How many of them gave values. */
  readonly read: number;
  /** A sentence for every other file, with what makes it again. */
  readonly failures: readonly string[];
}

export const fuzzTargets: readonly FuzzTarget[] = [
  { name: "zip", files: ["deflated.npz", "state.pt"], read: readZip, checked: true },
  { name: "npz", files: ["stored.npz", "deflated.npz"], read: readNpz, checked: true },
  { name: "pt", files: ["views.pt", "training.pt", "protocol5.pt"], read: readPt, checked: true },
  { name: "npy in a zip", files: ["stored.npz"], read: readNpz, inside: "columns.npy", checked: false },
  {
    name: "pickle in a zip",
    files: ["views.pt", "training.pt", "protocol5.pt"],
    read: readPt,
    inside: "/data.pkl",
    checked: false,
  },
  { name: "pt without checksums", files: ["unchecked.pt", "legacy.pt", "legacy4.pt"], read: readPt, checked: false },
];

/**
 * Damages files and reads them: number `first` to `first + count - 1` of a seed.
 *
 * @param load - bytes of a fixture
 */
export async function fuzz(
  target: FuzzTarget,
  { first = 0, count, seed }: { readonly first?: number; readonly count: number; readonly seed: number },
  load: (file: string) => Uint8Array,
): Promise<FuzzReport> {
  const files = target.files.map(load);
  const wanted = await Promise.all(files.map((bytes) => target.read(bytesSource(bytes))));
  const failures: string[] = [];
  let read = 0;
  for (let number = first; number < first + count; number++) {
    const rng = random(seed, target.name, number);
    const which = rng.integer(files.length);
    const damage = (bytes: Uint8Array): Uint8Array =>
      mutated(bytes, files[rng.integer(files.length)] as Uint8Array, rng);
    const file = files[which] as Uint8Array;
    const bytes = target.inside === undefined ? damage(file) : await changedInside(file, target.inside, damage);
    const outcome = await outcomeOf(target, bytes, wanted[which] as ReadonlyMap<string, StoredTensor>);
    if (outcome === "read") read++;
    else if (outcome !== "refused") {
      failures.push(`${target.name} ${number} of seed ${seed}, ${target.files[which]}: ${outcome}`);
    }
  }
  return { passed: count - failures.length, read, failures };
}

/** `read`, `refused`, or what is wrong. */
async function outcomeOf(
  { read, checked }: FuzzTarget,
  bytes: Uint8Array,
  wanted: ReadonlyMap<string, StoredTensor>,
): Promise<string> {
  const began = performance.now();
  try {
    for (const [name, tensor] of await read(bytesSource(bytes))) {
      if (tensor.data.length !== tensor.shape.reduce((a, b) => a * b, 1)) return `${name} has data of another shape`;
      if (checked && !equal(tensor, wanted.get(name))) return `${name} has other values`;
    }
  } catch (error) {
    return error instanceof FormatError ? "refused" : `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
  const seconds = (performance.now() - began) / 1000;
  return seconds > 10 ? `took ${seconds} s` : "read";
}

/** A zip with one of its files changed. */
async function changedInside(
  bytes: Uint8Array,
  ending: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<Uint8Array> {
  const zip = await openZip(bytesSource(bytes));
  const files: [string, Uint8Array][] = [];
  for (const name of zip.entries.keys()) {
    const content = await zip.read(name);
    files.push([name, name.endsWith(ending) ? change(content) : content]);
  }
  return writeZip(files);
}

function equal(a: StoredTensor, b: StoredTensor | undefined): boolean {
  const bytesOf = ({ data }: StoredTensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (b === undefined || a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  return bytesOf(a).equals(bytesOf(b));
}

async function readZip(source: ByteSource): Promise<ReadonlyMap<string, StoredTensor>> {
  const zip = await openZip(source);
  const files = new Map<string, StoredTensor>();
  for (const name of zip.entries.keys()) {
    const data = await zip.read(name);
    files.set(name, { dtype: "U8", shape: [zip.entries.get(name)?.size ?? -1], data });
  }
  return files;
}

async function readNpz(source: ByteSource): Promise<ReadonlyMap<string, StoredTensor>> {
  const npz = await openNpz(source);
  const arrays = new Map<string, StoredTensor>();
  for (const name of npz.arrays) {
    const npy = await npz.npy(name);
    arrays.set(name, await npy.readTensor());
    await readSomeRows(npy);
  }
  return arrays;
}

async function readPt(source: ByteSource): Promise<ReadonlyMap<string, StoredTensor>> {
  const pt = await openPt(source);
  const tensors = new Map<string, StoredTensor>();
  for (const [path, tensor] of pt.tensors) {
    tensors.set(path, await tensor.readTensor());
    await readSomeRows(tensor);
  }
  return tensors;
}

/** Rows of an array, which must have their shape. */
async function readSomeRows(array: {
  readonly shape: readonly number[];
  readRows(start: number, count: number): Promise<StoredTensor>;
}): Promise<void> {
  const [rows = 0, ...rest] = array.shape;
  if (rows === 0) return;
  const { data } = await array.readRows(rows - 1, 1);
  if (data.length !== rest.reduce((a, b) => a * b, 1)) throw new Error("a row has another length than the shape says");
}
