import type { ImageView } from "../exampleView.js";

/**
 * The patch of an image that a row is, where an image gives a row for each place of a square grid, line by line; with one row more, the first is
 * of the whole image (a class token). Undefined for whole images, and where the places make no square.
 *
 * @param position - of the row in its image, from 0
 * @param places - rows of an image
 */
export function patchOf(position: number, places: number): ImageView["patch"] | undefined {
  const ahead = Number.isInteger(Math.sqrt(places)) ? 0 : 1;
  const side = Math.sqrt(places - ahead);
  const place = position - ahead;
  if (!Number.isInteger(side) || side < 2 || place < 0) return undefined;
  return [(place % side) / side, Math.floor(place / side) / side, 1 / side, 1 / side];
}
