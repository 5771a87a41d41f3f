import { type ByteSource, FormatError, openNpy } from "@monosema/tensor";
import type { HarvestImages } from "./imageSource.js";

/**
 * Opens images in an npy file of bytes: `[N, height, width]`, grey, or `[N, height, width, 1 or 3]`.
 *
 * @throws FormatError `bad-shape` for other arrays
 */
export async function arrayImages(source: ByteSource): Promise<HarvestImages> {
  const npy = await openNpy(source);
  const [count = 0, height = 0, width = 0, channels = 1] = npy.shape;
  if (npy.dtype !== "U8" || npy.shape.length < 3 || npy.shape.length > 4 || !(channels === 1 || channels === 3)) {
    const message = `images must be bytes [N, height, width] or [N, height, width, 3], got ${npy.dtype} [${npy.shape.join(", ")}]; convert them`;
    throw new FormatError("bad-shape", message, { file: source.name });
  }
  return {
    name: source.name,
    names: Array.from({ length: count }, (_, i) => `${source.name} ${i}`),
    read: async (index) => {
      const { data } = await npy.readRows(index, 1);
      return { width, height, channels, data: data as Uint8Array };
    },
  };
}
