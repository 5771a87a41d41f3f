import { openNpy } from "../npy.js";
import type { TensorFormat } from "./tensorFormat.js";

/** npy: one array. */
export const npyFormat: TensorFormat = {
  name: "an npy file",
  detects: (start) => start[0] === 0x93,
  open: async (source) => {
    const npy = await openNpy(source);
    return { names: [""], open: () => npy };
  },
};
