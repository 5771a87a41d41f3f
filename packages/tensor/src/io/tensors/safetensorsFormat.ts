import { openSafetensors } from "../safetensors.js";
import type { TensorFormat } from "./tensorFormat.js";

/** safetensors: a length of eight bytes, then JSON. A file that is shorter is left to its reader's errors. */
export const safetensorsFormat: TensorFormat = {
  name: "a safetensors file",
  detects: (start) => start.length < 9 || start[8] === 0x7b,
  open: async (source) => {
    const file = await openSafetensors(source);
    return {
      names: [...file.tensors.keys()],
      open: (name) => ({
        ...file.info(name),
        readTensor: () => file.readTensor(name),
        readRows: (start, count) => file.readRows(name, start, count),
      }),
    };
  },
};
