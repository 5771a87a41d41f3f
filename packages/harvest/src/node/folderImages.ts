import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FormatError } from "@monosema/tensor";
import type { HarvestImages } from "../images/imageSource.js";
import { loadPackage, searchedFolders } from "../runtime/node/loadPackage.js";

/** The part of sharp that is used. */
export interface Sharp {
  metadata(): Promise<{ readonly width: number; readonly height: number; readonly orientation?: number }>;
  resize(width: number, height: number, options: { readonly fit: "fill" }): Sharp;
  extract(part: Readonly<Record<"left" | "top" | "width" | "height", number>>): Sharp;
  webp(options: { readonly quality: number }): Sharp;
  rotate(): Sharp;
  removeAlpha(): Sharp;
  toColourspace(space: string): Sharp;
  raw(): Sharp;
  toBuffer(): Promise<Uint8Array>;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly width: number; readonly height: number; readonly channels: number };
  }>;
}

/**
 * The optional package sharp, which opens the image at a path.
 *
 * @throws BackendError where it is not installed
 */
export const loadSharp = (): ((path: string) => Sharp) =>
  loadPackage<(path: string) => Sharp>("sharp", searchedFolders(), "npm i sharp").exports;

const endings = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/**
 * The images of a folder in the order of their names, decoded by the optional package sharp; turned as their camera says.
 *
 * @throws BackendError where sharp is not installed; FormatError `no-images`, `bad-image`
 */
export async function folderImages(folder: string): Promise<HarvestImages> {
  const sharp = loadSharp();
  const names = (await readdir(folder)).filter((name) => endings.test(name)).sort();
  const name = basename(resolve(folder));
  if (names.length === 0) {
    throw new FormatError(
      "no-images",
      "the folder must hold images (jpg, png, webp, gif, tiff, avif), got none; name another",
      {
        file: name,
      },
    );
  }
  return {
    name,
    names,
    read: async (index) => {
      const file = names[index] as string;
      const image = sharp(join(folder, file)).rotate().toColourspace("srgb").removeAlpha().raw();
      const { data, info } = await image.toBuffer({ resolveWithObject: true }).catch((cause: unknown) => {
        const problem = cause instanceof Error ? cause.message : String(cause);
        throw new FormatError("bad-image", `the image must decode, got "${problem}"; leave it out`, { file });
      });
      if (info.channels === 1 || info.channels === 3) return { ...info, channels: info.channels, data };
      throw new FormatError(
        "bad-image",
        `the image must be grey or coloured, got ${info.channels} channels; convert it`,
        { file },
      );
    },
  };
}
