import type { Picture } from "./picture.js";

/** A way to weigh pixels, by its name in Pillow. */
export type Resampling = "nearest" | "lanczos" | "bilinear" | "bicubic" | "box" | "hamming";

/**
 * An image of another size, with the same numbers as Pillow's `Image.resize`: models were trained on what it gives. Where an image is made
 * smaller, each new pixel weighs all old ones that it covers.
 */
export function resize(picture: Picture, width: number, height: number, resampling: Resampling): Picture {
  if (width === picture.width && height === picture.height) return picture;
  if (resampling === "nearest") return nearest(picture, width, height);
  const filter = filters[resampling];
  const wide = width === picture.width ? picture : horizontally(picture, coefficients(picture.width, width, filter));
  return height === wide.height ? wide : vertically(wide, coefficients(wide.height, height, filter));
}

interface Filter {
  readonly support: number;
  weight(x: number): number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const filters: Readonly<Record<Exclude<Resampling, "nearest">, Filter>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x))),
  },
  bicubic: {
    support: 2,
    weight(x) {
      const [a, t] = [-0.5, Math.abs(x)];
      if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
      return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
    },
  },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Which old pixels make a new one, and how much of each, in units of 2^-22. */
interface Coefficients {
  readonly first: number;
  readonly weights: readonly number[];
}

const unit = 2 ** 22;

function coefficients(from: number, to: number, { support, weight }: Filter): readonly Coefficients[] {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: end - first }, (_, x) => weight((x + first - centre + 0.5) / stretch));
    const sum = raw.reduce((total, one) => total + one, 0);
    return { first, weights: raw.map((one) => rounded((sum === 0 ? one : one / sum) * unit)) };
  });
}

/** Half away from zero. */
const rounded = (value: number): number => (value < 0 ? Math.trunc(value - 0.5) : Math.trunc(value + 0.5));

/** One new pixel of one channel: `at(x)` is the place of old pixel x. */
function weighed(data: Uint8Array, { first, weights }: Coefficients, start: number, step: number): number {
  let sum = unit / 2;
  for (let x = 0; x < weights.length; x++) sum += (data[start + (first + x) * step] as number) * (weights[x] as number);
  return Math.max(0, Math.min(255, Math.floor(sum / unit)));
}

function horizontally({ width, height, channels, data }: Picture, columns: readonly Coefficients[]): Picture {
  const out = new Uint8Array(height * columns.length * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (const column of columns) {
      for (let c = 0; c < channels; c++) out[at++] = weighed(data, column, y * width * channels + c, channels);
    }
  }
  return { width: columns.length, height, channels, data: out };
}

function vertically({ width, channels, data }: Picture, lines: readonly Coefficients[]): Picture {
  const out = new Uint8Array(lines.length * width * channels);
  let at = 0;
  for (const line of lines) {
    for (let x = 0; x < width * channels; x++) out[at++] = weighed(data, line, x, width * channels);
  }
  return { width, height: lines.length, channels, data: out };
}

function nearest({ width, height, channels, data }: Picture, newWidth: number, newHeight: number): Picture {
  const out = new Uint8Array(newHeight * newWidth * channels);
  let at = 0;
  for (let y = 0; y < newHeight; y++) {
    const line = Math.floor(((y + 0.5) * height) / newHeight) * width;
    for (let x = 0; x < newWidth; x++) {
      const pixel = (line + Math.floor(((x + 0.5) * width) / newWidth)) * channels;
      for (let c = 0; c < channels; c++) out[at++] = data[pixel + c] as number;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: out };
}
