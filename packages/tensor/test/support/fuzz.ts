import { FormatError } from "../../src/errors.js";
import { type ByteSource, bytesSource } from "../../src/io/byteSource.js";
import type { StoredTensor } from "../../src/io/dtype.js";
import { writeNpy } from "../../src/io/npy.js";
import { openNpz } from "../../src/io/npz.js";
import { openPt } from "../../src/io/pt/openPt.js";
import { openTensors } from "../../src/io/tensors/openTensors.js";
import { openZip } from "../../src/io/zip/openZip.js";
import { writeZip } from "../../src/io/zip/zipParts.js";
import { random } from "../../src/random.js";
import { mutated } from "./mutated.js";
import { nowhereInFile, otherThanBefore, otherThanNpy, otherThanSafetensors, type Tensors } from "./plainReading.js";

/** A kind of file to damage. */
export interface FuzzTarget {
  /** Name. */
  readonly name: string;
  /** Files of fixtures/ that are damaged, or files themselves. */
  readonly files: readonly (string | Uint8Array)[];
  /** All that can be read of such a file, by name. */
  readonly read: (source: ByteSource) => Promise<Tensors>;
  /** The entry that is damaged, by the end of its name; the zip around it is whole. Default: the whole file is damaged. */
  readonly inside?: string;
  /**
   * What is wrong with values that damage left.
   *
   * @param damaged - the file or the entry that was damaged
   * @param before - the values of the undamaged file
   */
  readonly wrong: (got: Tensors, damaged: Uint8Array, before: Tensors) => string | undefined;
}

/** What came of damaged files. */
export interface FuzzReport {
  /** Files that were refused with a FormatError, or gave values that are not wrong. */
  readonly passed: number;
  /** How many of them gave values. */
  readonly read: number;
  /** A sentence for every other file, with what makes it again. */
  readonly failures: readonly string[];
}

export const fuzzTargets: readonly FuzzTarget[] = [
  { name: "zip", files: ["deflated.npz", "state.pt"], read: readZip, wrong: otherThanBefore },
  { name: "npz", files: ["stored.npz", "deflated.npz"], read: readNpz, wrong: otherThanBefore },
  { name: "pt", files: ["views.pt", "training.pt", "protocol5.pt"], read: readPt, wrong: otherThanBefore },
  {
    name: "safetensors",
    files: ["dtypes.safetensors", "deflated.safetensors", "views.safetensors"],
    read: readAny,
    wrong: otherThanSafetensors,
  },
  {
    name: "npy",
    files: [
      writeNpy({ shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)) }),
      writeNpy({ dtype: "F16", shape: [5], data: Float32Array.of(1, 0.5, -2, 0, 65504) }),
      writeNpy({ dtype: "I64", shape: [], data: BigInt64Array.of(-3n) }),
    ],
    read: readAny,
    wrong: otherThanNpy,
  },
  {
    name: "npy in a zip",
    files: ["stored.npz"],
    read: readNpz,
    inside: "columns.npy",
    wrong: (got, damaged, before) => otherThanNpy(got, damaged, before, "columns"),
  },
  {
    name: "pickle in a zip",
    files: ["views.pt", "training.pt", "protocol5.pt"],
    read: readPt,
    inside: "/data.pkl",
    // Its storages are whole: numbers are those that the undamaged file has somewhere.
    wrong: nowhereInTensors,
  },
  {
    name: "pt without checksums",
    files: ["unchecked.pt", "legacy.pt", "legacy4.pt"],
    read: readPt,
    wrong: nowhereInFile,
  },
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
  const files = target.files.map((file) => (typeof file === "string" ? load(file) : file));
  const wanted = await Promise.all(files.map((bytes) => target.read(bytesSource(bytes))));
  const failures: string[] = [];
  let read = 0;
  for (let number = first; number < first + count; number++) {
    const rng = random(seed, target.name, number);
    const which = rng.integer(files.length);
    let damaged: Uint8Array = new Uint8Array();
    const damage = (bytes: Uint8Array): Uint8Array => {
      damaged = mutated(bytes, files[rng.integer(files.length)] as Uint8Array, rng);
      return damaged;
    };
    const file = files[which] as Uint8Array;
    const bytes = target.inside === undefined ? damage(file) : await changedInside(file, target.inside, damage);
    const wrong = (got: Tensors): string | undefined => target.wrong(got, damaged, wanted[which] as Tensors);
    const outcome = await outcomeOf(target, bytes, wrong);
    if (outcome === "read") read++;
    else if (outcome !== "refused") {
      failures.push(`${target.name} ${number} of seed ${seed}, file ${which}: ${outcome}`);
    }
  }
  return { passed: count - failures.length, read, failures };
}

/**
 * Files here have a few kilobytes. What is read of them is at most twice as large, since halves become floats, but for what is deflated and
 * for the elements that strides of 0 repeat, 2^20 at most: whoever believes a number in a damaged file takes more than this.
 */
const mostBytes = 2 ** 24;

/** `read`, `refused`, or what is wrong. */
async function outcomeOf(
  { read }: FuzzTarget,
  bytes: Uint8Array,
  wrong: (got: Tensors) => string | undefined,
): Promise<string> {
  const began = performance.now();
  const memory = process.memoryUsage().arrayBuffers;
  let outcome = "read";
  try {
    const got = await read(bytesSource(bytes));
    for (const [name, { data, shape }] of got) {
      if (data.length !== shape.reduce((a, b) => a * b, 1)) return `${name} has data of another shape`;
    }
    outcome = wrong(got) ?? outcome;
  } catch (error) {
    if (!(error instanceof FormatError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
    // A sentence with what came, and its code behind.
    if (!/^bytes[^:]*: .{20,} \[[a-z0-9-]+\]$/s.test(error.message)) return `refused it with ${error.message}`;
    outcome = "refused";
  }
  const seconds = (performance.now() - began) / 1000;
  const taken = process.memoryUsage().arrayBuffers - memory;
  if (taken > mostBytes) return `took ${taken} bytes for a file of ${bytes.length}`;
  return seconds > 10 ? `took ${seconds} s` : outcome;
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

/** Numbers that no tensor of the undamaged file has. */
function nowhereInTensors(got: Tensors, _damaged: Uint8Array, before: Tensors): string | undefined {
  const numbers = [...before.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return nowhereInFile(got, Buffer.concat(numbers));
}

async function readAny(source: ByteSource): Promise<Tensors> {
  return await (await openTensors(source)).readAll();
}

async function readZip(source: ByteSource): Promise<Tensors> {
  const zip = await openZip(source);
  const files = new Map<string, StoredTensor>();
  for (const name of zip.entries.keys()) {
    const data = await zip.read(name);
    files.set(name, { dtype: "U8", shape: [zip.entries.get(name)?.size ?? -1], data });
  }
  return files;
}

async function readNpz(source: ByteSource): Promise<Tensors> {
  const npz = await openNpz(source);
  const arrays = new Map<string, StoredTensor>();
  for (const name of npz.arrays) {
    const npy = await npz.npy(name);
    arrays.set(name, await npy.readTensor());
    await readSomeRows(npy);
  }
  return arrays;
}

async function readPt(source: ByteSource): Promise<Tensors> {
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
