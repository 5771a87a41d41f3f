import { openPt, startsLegacyPt } from "../pt/openPt.js";
import { isPickle } from "../pt/readArchive.js";
import { isZip, openZip } from "../zip/openZip.js";
import type { TensorFormat } from "./tensorFormat.js";

/** What torch.save writes: a zip with a pickle in its folder, or pickles alone. */
export const ptFormat: TensorFormat = {
  name: "a PyTorch file",
  detects: async (start, source) =>
    isZip(start, source) ? [...(await openZip(source)).entries.keys()].some(isPickle) : startsLegacyPt(start),
  open: async (source) => {
    const pt = await openPt(source);
    return { names: [...pt.tensors.keys()], open: pt.tensor };
  },
};
