import type { LatentView } from "../latentView.js";

/** Sum of squares of a stretch of numbers. */
export function squares(values: Float64Array | Float32Array, from: number = 0, to: number = values.length): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += (values[at] as number) ** 2;
  return sum;
}

/** Cosine of two vectors; 0 where one is 0. */
export function cosineOf(a: Float64Array, b: Float64Array): number {
  let product = 0;
  for (let r = 0; r < a.length; r++) product += (a[r] as number) * (b[r] as number);
  const lengths = Math.sqrt(squares(a) * squares(b));
  return lengths === 0 ? 0 : product / lengths;
}

/** Size of the i-th of the firings that are looked at closely. */
export const closeSize = ({ sizes, close }: LatentView, i: number): number => sizes[close[i] as number] as number;

/** Direction that least squares gives a latent from some of its firings: the sum of part times size, `[R]`. */
export function fitted(view: LatentView, which: Int32Array | readonly number[]): Float64Array {
  const { width } = view.sample;
  const sum = new Float64Array(width);
  for (const i of which) {
    const size = closeSize(view, i);
    for (let r = 0; r < width; r++) sum[r] = (sum[r] as number) + size * (view.parts[i * width + r] as number);
  }
  return sum;
}

/** Share of the parts that the latent explains at some of its firings: 1 - |e|^2 / |e + z u|^2. */
export function explained(view: LatentView, which: Int32Array): number {
  const { width } = view.sample;
  let [left, whole] = [0, 0];
  for (const i of which) {
    left += squares(view.residuals, i * width, (i + 1) * width);
    whole += squares(view.parts, i * width, (i + 1) * width);
  }
  return whole === 0 ? 0 : 1 - left / whole;
}

/** Quantile of sorted numbers, interpolated. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const [below, above] = [Math.floor(at), Math.ceil(at)];
  const low = sorted[below] as number;
  return low + (at - below) * ((sorted[above] as number) - low);
}
