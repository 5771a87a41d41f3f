import { npyNames, openNpz } from "../npz.js";
import { isZip, openZip } from "../zip/openZip.js";
import type { TensorFormat } from "./tensorFormat.js";

/** npz: a zip of npy files. */
export const npzFormat: TensorFormat = {
  name: "an npz file",
  detects: async (start, source) => isZip(start, source) && npyNames((await openZip(source)).entries.keys()).length > 0,
  open: async (source) => {
    const npz = await openNpz(source);
    return { names: npz.arrays, open: npz.npy };
  },
};
