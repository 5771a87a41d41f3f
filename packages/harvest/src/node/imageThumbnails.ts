import { join } from "node:path";
import { FormatError } from "@monosema/tensor";
import type { ImagePreparation, ImageSize } from "../images/preparation.js";
import { loadSharp } from "./folderImages.js";

/** Pixels of the longer side of a thumbnail. */
const LONGEST = 112;

/**
 * Small copies of the images of a folder, cut as a model saw them, as `data:` addresses, by the optional package sharp.
 *
 * @param preparation - how they were made ready; whole images without it
 * @returns the thumbnail of a file name
 * @throws BackendError where sharp is not installed
 */
export function imageThumbnails(
  folder: string,
  preparation: Pick<ImagePreparation, "resize" | "crop"> | undefined,
): (file: string) => Promise<string> {
  const sharp = loadSharp();
  return async (file) => {
    try {
      const image = sharp(join(folder, file));
      const { width, height, orientation = 1 } = await image.metadata();
      // From 5 on the camera lay on its side.
      const whole = orientation < 5 ? { width, height } : { width: height, height: width };
      const seen = visiblePart(whole, preparation);
      const scale = Math.min(1, LONGEST / Math.max(seen.width, seen.height));
      const side = (pixels: number): number => Math.max(1, Math.round(scale * pixels));
      const bytes = await image
        .rotate()
        .extract(seen)
        .resize(side(seen.width), side(seen.height), { fit: "fill" })
        .webp({ quality: 75 })
        .toBuffer();
      return `data:image/webp;base64,${Buffer.from(bytes).toString("base64")}`;
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new FormatError(
        "bad-image",
        `the image must decode, got "${problem}"; give the folder that was harvested`,
        {
          file,
        },
      );
    }
  };
}

/** The part of an image that is left after resizing and cutting out the middle, in its own pixels. */
function visiblePart(whole: ImageSize, preparation: Pick<ImagePreparation, "resize" | "crop"> | undefined) {
  const { resize, crop } = preparation ?? {};
  const edge = resize !== undefined && "shortestEdge" in resize ? resize.shortestEdge : undefined;
  const across = (pixels: number, cut: number | undefined, to: number | undefined): number => {
    const resized = edge === undefined ? (to ?? pixels) : (edge * pixels) / Math.min(whole.width, whole.height);
    return Math.max(1, Math.min(pixels, Math.round((pixels * (cut ?? resized)) / resized)));
  };
  const size = resize !== undefined && "width" in resize ? resize : undefined;
  const width = across(whole.width, crop?.width, size?.width);
  const height = across(whole.height, crop?.height, size?.height);
  return {
    left: Math.floor((whole.width - width) / 2),
    top: Math.floor((whole.height - height) / 2),
    width,
    height,
  };
}
