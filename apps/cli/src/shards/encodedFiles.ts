import { join } from "node:path";
import type { EncodedPaths } from "../encode/writeEncoded.js";

/** The files of an encoded shard in its folder. */
export const encodedFiles = (folder: string): EncodedPaths => ({
  codes: join(folder, "codes.safetensors"),
  reconstruction: join(folder, "reconstruction.npy"),
});
