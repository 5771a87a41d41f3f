import { FormatError } from "../../errors.js";
import { codecOf } from "../dtype.js";
import type { PickleHost } from "../pickle/machine.js";
import { isNumpyType, setNumpyState } from "./numpyScalar.js";
import type { PtFunction } from "./ptFunction.js";
import { ptGlobal, type StorageType } from "./ptGlobals.js";
import type { FindStorage, Storage } from "./storage.js";

/** What names, persistent ids and calls mean in the pickle of a `.pt` file. */
export function ptHost(find: FindStorage, file: string): PickleHost {
  const refuse = (message: string): FormatError => new FormatError("pt-pickle", message, { file });
  return {
    global: (name) => ptGlobal(name, file),
    persistent: (id) => {
      if (Array.isArray(id) && (id[5] ?? null) !== null) {
        const message =
          "a storage must not be a part of another one, as before PyTorch 0.4; save it with a newer PyTorch";
        throw new FormatError("pt-legacy", message, { file });
      }
      const storage = Array.isArray(id) ? storageOf(id, find) : undefined;
      if (storage !== undefined) return storage;
      throw refuse("a persistent id must be that of a storage of numbers, got another one; do not trust this file");
    },
    call: (callee, args, spend) => {
      if (!isFunction(callee))
        throw refuse("what the pickle calls must make tensors or plain data, got something else");
      const result = callee.call(args, { file, spend });
      if (result !== undefined) return result;
      throw refuse("arguments must be those that PyTorch and Python write, got others; the file is damaged");
    },
    build: (object, state) => {
      // An OrderedDict brings the versions of the modules, `_metadata`: of no use here.
      const built = object instanceof Map || (isNumpyType(object) && setNumpyState(object, state));
      if (!built) throw refuse("only dicts and types of numpy may have a state, got another object");
    },
  };
}

/** `("storage", type, key, location, element count)`; before PyTorch 1.6 also the part of another storage that it is, or None. */
function storageOf(
  [kind, type, key, , count, part = null]: readonly unknown[],
  find: FindStorage,
): Storage | undefined {
  if (kind !== "storage" || !isStorageType(type) || typeof key !== "string" || part !== null) return undefined;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return undefined;
  const { storageOf: dtype } = type;
  const size = count * (dtype === null ? 1 : codecOf(dtype).size);
  return { ...(dtype === null ? {} : { dtype }), size, ...find({ key, count, size }) };
}

function isStorageType(value: unknown): value is StorageType {
  return typeof value === "object" && value !== null && "storageOf" in value;
}

function isFunction(value: unknown): value is PtFunction {
  return typeof value === "object" && value !== null && "call" in value;
}
