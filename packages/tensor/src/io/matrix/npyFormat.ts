import { openNpy } from "../npy.js";
import type { MatrixFormat } from "./matrixFormat.js";

/** npy: one array. */
export const npyFormat: MatrixFormat = {
  name: "an npy file",
  detects: (start) => start[0] === 0x93,
  open: async (source) => {
    const npy = await openNpy(source);
    return { names: [""], open: () => npy };
  },
};
