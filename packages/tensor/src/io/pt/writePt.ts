import { checkElements, codecOf, encodedParts, type StoredTensor } from "../dtype.js";
import { type FileParts, joined } from "../fileParts.js";
import { type Pickler, pickler } from "../pickle/pickler.js";
import { zipParts } from "../zip/zipParts.js";
import { storageName } from "./ptGlobals.js";

/** What {@link writePt} takes: a dict as a record or a Map, a list as an array, tensors, and plain values. */
export type PtWritable =
  | string
  | number
  | bigint
  | boolean
  | null
  | StoredTensor
  | readonly PtWritable[]
  | ReadonlyMap<string, PtWritable>
  | { readonly [key: string]: PtWritable };

/**
 * A file that `torch.load` opens, also with `weights_only`: dicts, lists, plain values and contiguous tensors. The same value gives the
 * same bytes. A number without a fraction becomes an int.
 *
 * @throws TypeError, RangeError for a value that is none of these, is nested too deeply, or an array that does not suit its dtype or
 * shape; for U16, U32 and U64, which older readers lack
 */
export function writePt(value: PtWritable): Uint8Array {
  return joined(ptParts(value));
}

/** The file of {@link writePt} in parts, with the same errors. */
export function ptParts(value: PtWritable): FileParts {
  const tensors: StoredTensor[] = [];
  const pickle = pickler();
  write(pickle, value, tensors, "value", 0);
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const storages = tensors.map((tensor, i): readonly [string, FileParts] => {
    const size = tensor.data.length * codecOf(tensor.dtype).size;
    return [`archive/data/${i}`, { size, parts: encodedParts(tensor) }];
  });
  const pickled = ["archive/data.pkl", pickle.end()] as const;
  const byteOrder = ["archive/byteorder", text("little")] as const;
  // PyTorch aligns storages to 64 bytes.
  return zipParts([pickled, byteOrder, ...storages, ["archive/version", text("3\n")]], { align: 64 });
}

/** Values in one another. */
const deepest = 100;

function write(pickle: Pickler, value: PtWritable, tensors: StoredTensor[], name: string, depth: number): void {
  if (depth > deepest) throw new RangeError(`writePt: values must be at most ${deepest} deep, got more at ${name}`);
  const inner = (item: PtWritable, key: string | number): void =>
    write(pickle, item, tensors, `${name}.${key}`, depth + 1);
  if (value === null) pickle.opcodes("N");
  else if (typeof value === "boolean") pickle.opcodes(value ? "\x88" : "\x89");
  else if (typeof value === "string") pickle.text(value);
  else if (typeof value === "number") pickle.number(value);
  else if (typeof value === "bigint") pickle.integer(value);
  else if (Array.isArray(value)) {
    pickle.opcodes("](");
    for (const [i, item] of (value as readonly PtWritable[]).entries()) inner(item, i);
    pickle.opcodes("e");
  } else if (isTensor(value)) writeTensor(pickle, value, tensors, name);
  else {
    pickle.opcodes("}(");
    for (const [key, item] of entriesOf(value, name)) {
      pickle.text(key);
      inner(item, key);
    }
    pickle.opcodes("u");
  }
}

function entriesOf(value: unknown, name: string): Iterable<readonly [string, PtWritable]> {
  if (value instanceof Map) return value as ReadonlyMap<string, PtWritable>;
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) return Object.entries(value);
  const got = Object.prototype.toString.call(value).slice(8, -1);
  throw new TypeError(`writePt: ${name} must be a tensor, dict, list or plain value, got ${got}; convert it`);
}

function isTensor(value: unknown): value is StoredTensor {
  if (typeof value !== "object" || value === null) return false;
  return "data" in value && ArrayBuffer.isView(value.data) && "dtype" in value && "shape" in value;
}

/** `_rebuild_tensor_v2(("storage", type, key, "cpu", count), 0, size, stride, False, OrderedDict())`. */
function writeTensor(pickle: Pickler, tensor: StoredTensor, tensors: StoredTensor[], name: string): void {
  checkElements("writePt", name, tensor);
  const { dtype, shape, data } = tensor;
  const type = storageName(dtype);
  if (type === undefined) {
    throw new RangeError(`writePt: dtype of ${name} must be one that PyTorch stores, got ${dtype}; convert it to I64`);
  }
  pickle.global("torch._utils _rebuild_tensor_v2");
  pickle.opcodes("((");
  pickle.text("storage");
  pickle.global(type);
  pickle.text(String(tensors.length));
  pickle.text("cpu");
  pickle.number(data.length);
  pickle.opcodes("tQ");
  pickle.number(0);
  writeSizes(pickle, shape);
  writeSizes(
    pickle,
    shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1)),
  );
  pickle.opcodes("\x89");
  pickle.global("collections OrderedDict");
  pickle.opcodes(")RtR");
  tensors.push(tensor);
}

function writeSizes(pickle: Pickler, sizes: readonly number[]): void {
  pickle.opcodes("(");
  for (const size of sizes) pickle.number(size);
  pickle.opcodes("t");
}
