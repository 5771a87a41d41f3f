import type { Picture } from "./picture.js";
import type { ImagePreparation } from "./preparation.js";
import { resize } from "./resize.js";

/** An image that is ready for a model. */
export interface PreparedImage {
  /** `[channels, height, width]`, or `[height, width, channels]`. */
  readonly dims: readonly [number, number, number];
  /** Its values. */
  readonly data: Float32Array;
}

/** Resizes, cuts, scales and lays an image out. */
export function prepareImage(picture: Picture, preparation: ImagePreparation): PreparedImage {
  const { crop, channels: order } = preparation;
  const resized = resizedPicture(picture, preparation);
  const { width, height, channels, data } = crop ? cut(resized, crop.width, crop.height) : resized;
  const depth = order === "grey" ? 1 : 3;
  const out = new Float32Array(height * width * depth);
  for (let c = 0; c < depth; c++) {
    const from = order === "bgr" ? depth - 1 - c : c;
    const [mean, std] = [preparation.mean, preparation.std].map((list) => list[list.length === 1 ? 0 : c]) as [
      number,
      number,
    ];
    for (let p = 0; p < height * width; p++) {
      const at = preparation.layout === "nchw" ? c * height * width + p : p * depth + c;
      out[at] = (channelValue(data, p, from, channels, depth) * preparation.scale - mean) / std;
    }
  }
  return { dims: preparation.layout === "nchw" ? [depth, height, width] : [height, width, depth], data: out };
}

/** A grey image has the same value in all channels; a coloured one becomes grey by ITU-R 601, as in Pillow. */
function channelValue(data: Uint8Array, pixel: number, channel: number, channels: number, depth: number): number {
  if (channels === 1) return data[pixel] as number;
  const at = pixel * 3;
  if (depth === 3) return data[at + channel] as number;
  const [red, green, blue] = [data[at], data[at + 1], data[at + 2]] as [number, number, number];
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}

function resizedPicture(picture: Picture, { resize: size, resampling }: ImagePreparation): Picture {
  if (size === undefined) return picture;
  if ("height" in size) return resize(picture, size.width, size.height, resampling);
  const { width, height } = picture;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const other = Math.trunc((size.shortestEdge * long) / short);
  return width <= height
    ? resize(picture, size.shortestEdge, other, resampling)
    : resize(picture, other, size.shortestEdge, resampling);
}

/** The middle of an image; black where it is smaller. */
function cut({ width, height, channels, data }: Picture, newWidth: number, newHeight: number): Picture {
  const [left, top] = [Math.floor((width - newWidth) / 2), Math.floor((height - newHeight) / 2)];
  const out = new Uint8Array(newHeight * newWidth * channels);
  for (let y = 0; y < newHeight; y++) {
    const line = y + top;
    if (line < 0 || line >= height) continue;
    const [from, to] = [Math.max(0, left), Math.min(width, left + newWidth)];
    const part = data.subarray((line * width + from) * channels, (line * width + to) * channels);
    out.set(part, (y * newWidth + from - left) * channels);
  }
  return { width: newWidth, height: newHeight, channels, data: out };
}
