import { originAt, patchOf, type ViewSources } from "@monosema/features";
import { imageThumbnails } from "@monosema/harvest/node";
import type { Given, Option } from "../options.js";
import { statOf } from "../statOf.js";
import { UsageError } from "../usageError.js";
import type { FeatureData } from "./featureData.js";

/** Images that rows are of. */
export const imagesOption: Readonly<Record<"images", Option>> = {
  images: {
    value: "FOLDER",
    help: "the images that were harvested, to look at; needs the package sharp",
    path: "input",
  },
};

/** Rows whose positions are read together. */
const BLOCK = 2 ** 16;

/**
 * The image of each row, and where it is in it.
 *
 * @throws UsageError where the activations are not of images, BackendError without sharp
 */
export async function rowImages(
  given: Given,
  { origin, documents, preparation, samples }: FeatureData,
): Promise<ViewSources["images"]> {
  const folder = given.text("images");
  if (folder === undefined) return undefined;
  if (!statOf(folder)?.isDirectory())
    throw new UsageError(`--images must name a folder, got ${folder}; check the path`);
  if (origin?.documents === undefined || documents === undefined || origin.tokens !== undefined) {
    throw new UsageError(
      "--images is for activations of images, as monosema harvest --images makes them, got others; leave it out",
    );
  }
  const thumbnail = imageThumbnails(folder, preparation);
  let places = 0;
  for (let start = 0; start < samples.rows; start += BLOCK) {
    const positions = (await origin.positions?.(start, Math.min(BLOCK, samples.rows - start))) ?? [];
    for (const position of positions) places = Math.max(places, position + 1);
  }
  const sources = new Map<number, { readonly source: string; readonly text: string }>();
  return async (rows) => {
    const { documents: ids = new Int32Array(), positions } = await originAt(origin, rows);
    for (const id of new Set(ids)) {
      if (sources.has(id)) continue;
      const { file } = (await documents.read(id)).fields;
      if (typeof file === "string") sources.set(id, { source: await thumbnail(file), text: file });
    }
    return Array.from(ids, (id, i) => {
      const image = sources.get(id);
      const patch = patchOf(positions?.[i] ?? 0, places);
      return image && { kind: "image" as const, ...image, ...(patch && { patch }) };
    });
  };
}
