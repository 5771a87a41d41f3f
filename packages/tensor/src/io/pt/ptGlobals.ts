import { FormatError } from "../../errors.js";
import type { Dtype } from "../dtype.js";
import { numpyScalar, numpyType } from "./numpyScalar.js";
import type { CallContext, PtFunction } from "./ptFunction.js";
import { rebuildFromType, rebuildTensor, rebuildTensorOfType, unwrapTensor } from "./rebuild.js";

/** A type of storages, as persistent ids name it. */
export interface StorageType {
  /** Element type; null where its tensors name it. */
  readonly storageOf: Dtype | null;
}

/**
 * What the name stands for: the list is all that a pickle may mention.
 *
 * @throws FormatError `pt-forbidden-global`
 */
export function ptGlobal(name: string, file: string): unknown {
  const found = GLOBALS.get(name);
  if (found !== undefined) return found;
  const message = `the pickle may only hold tensors and plain data, got ${name.slice(0, 200)}; save the state dict alone, and do not trust this file`;
  throw new FormatError("pt-forbidden-global", message, { file });
}

const STORAGES: readonly (readonly [string, Dtype | null])[] = [
  ["torch DoubleStorage", "F64"],
  ["torch FloatStorage", "F32"],
  ["torch HalfStorage", "F16"],
  ["torch BFloat16Storage", "BF16"],
  ["torch LongStorage", "I64"],
  ["torch IntStorage", "I32"],
  ["torch ShortStorage", "I16"],
  ["torch CharStorage", "I8"],
  ["torch ByteStorage", "U8"],
  ["torch BoolStorage", "BOOL"],
  ["torch.storage UntypedStorage", null], // of the unsigned types that PyTorch got later
];

/** The type of the storages of a dtype; undefined for one that has none. */
export function storageName(dtype: Dtype): string | undefined {
  return STORAGES.find(([, storageOf]) => storageOf === dtype)?.[0];
}

/** Types as values of a config; `_rebuild_tensor_v3` is given one too. */
const TYPES = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"];
const LATER_TYPES = ["uint16", "uint32", "uint64"];

/** What is given, since it is a dict, or one of its items. */
const dict: PtFunction = { call: ([items = new Map()]) => (items instanceof Map ? items : undefined) };
const list: PtFunction = { call: ([items]) => (Array.isArray(items) ? items : undefined) };

const GLOBALS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...STORAGES.map(([name, storageOf]): [string, StorageType] => [name, { storageOf }]),
  ...[...TYPES, ...LATER_TYPES].map((name): [string, string] => [`torch ${name}`, `torch.${name}`]),
  ["torch._utils _rebuild_tensor", rebuildTensor], // before PyTorch 0.4
  ["torch._utils _rebuild_tensor_v2", rebuildTensor],
  ["torch._utils _rebuild_tensor_v3", rebuildTensorOfType], // uint16, uint32, uint64
  ["torch._utils _rebuild_parameter", unwrapTensor],
  ["torch._utils _rebuild_parameter_with_state", unwrapTensor],
  ["torch._tensor _rebuild_from_type_v2", rebuildFromType], // buffers, and tensors with attributes
  ["torch Tensor", "torch.Tensor"], // named by the line before, as are the next two
  ["torch.nn.parameter Parameter", "torch.nn.parameter.Parameter"],
  ["torch.nn.parameter Buffer", "torch.nn.parameter.Buffer"],
  ["torch Size", list], // shapes in a config
  ["torch device", { call: deviceName }], // devices in a config
  ["collections OrderedDict", { call: orderedDict }], // state dicts
  ["collections Counter", dict], // schedulers with milestones
  ["__builtin__ set", list], // sets in a config, of protocol 2
  ["builtins set", list],
  ["_codecs encode", { call: encodeLatin1 }], // bytes of protocol 2, which numbers of numpy have
  ["numpy dtype", numpyType], // metrics that numpy computed, the next two as well
  ["numpy.core.multiarray scalar", numpyScalar],
  ["numpy._core.multiarray scalar", numpyScalar],
]);

/** Empty, but for Python 2, which gives a list of keys and values. */
function orderedDict([items = []]: readonly unknown[], { spend }: CallContext): unknown {
  if (!Array.isArray(items)) return undefined;
  spend(64 * items.length);
  const isPair = (item: unknown): item is [unknown, unknown] =>
    Array.isArray(item) && item.length === 2 && typeof item[0] === "string";
  return items.every(isPair) ? new Map(items) : undefined;
}

function encodeLatin1([text, encoding]: readonly unknown[], { spend }: CallContext): unknown {
  if (typeof text !== "string" || encoding !== "latin1") return undefined;
  spend(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

function deviceName([kind, index]: readonly unknown[]): unknown {
  if (typeof kind !== "string" || (index !== undefined && typeof index !== "number")) return undefined;
  return index === undefined ? kind : `${kind}:${index}`;
}
