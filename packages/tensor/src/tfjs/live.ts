import type { Tensor as TfTensor } from "@tensorflow/tfjs-core";
import type { Codes, Entries, Tensor } from "../backend.js";
import type { Tf } from "./tf.js";
import type { TfCodes, TfEntries } from "./values.js";

/** Arguments of a tfjs backend, refused where they are freed or of another backend: tfjs itself would fail without saying why. */
export interface LiveArguments {
  /** A tensor. */
  readonly tensor: (where: string, item: Tensor) => TfTensor;
  /** Entries. */
  readonly entries: (where: string, item: Entries) => TfEntries;
  /** Codes. */
  readonly codes: (where: string, item: Codes) => TfCodes;
}

/** The checks for one namespace. */
export function liveArguments(tf: Tf): LiveArguments {
  const tensor = (where: string, item: Tensor): TfTensor => {
    if (!(item instanceof tf.Tensor)) {
      throw new TypeError(`${where}: arguments must be of this backend, got a foreign one; make it with this backend`);
    }
    if (item.isDisposed) {
      throw new TypeError(`${where}: arguments must be live, got a freed one; keep it out of the scope that frees it`);
    }
    return item;
  };
  const entries = (where: string, item: Entries): TfEntries => {
    tensor(where, (item as TfEntries).t);
    return item as TfEntries;
  };
  const codes = (where: string, item: Codes): TfCodes => {
    entries(where, item.pre);
    return item as TfCodes;
  };
  return { tensor, entries, codes };
}
