import type { TrustSample } from "./trustSample.js";

/** A latent and the samples in which it fires, as the statistics of trust look at them. */
export interface LatentView {
  /** Dictionary and samples. */
  readonly sample: TrustSample;
  /** The latent. */
  readonly latent: number;
  /** Its unit decoder row, `[R]`. */
  readonly direction: Float64Array;
  /** All its firings: rows of the samples, ascending, `[F]`. */
  readonly rows: Int32Array;
  /** Code times length of the decoder row at each firing, `[F]`. */
  readonly sizes: Float64Array;
  /** Firings that are looked at closely, at most 200, evenly spaced: places in `rows`. */
  readonly close: Int32Array;
  /** Residuals e of those, `[close, R]`. */
  readonly residuals: Float64Array;
  /** What the other latents leave there, e + z u: the part that this one is to explain, `[close, R]`. */
  readonly parts: Float64Array;
  /** Places in `close` by rising size. */
  readonly bySize: Int32Array;
}

/** Firings of a latent that are looked at closely. */
const CLOSE = 200;

/** Views of latents one after the other; the arrays of a view are written over by the next. */
export function latentViews(sample: TrustSample): (latent: number) => LatentView {
  const { width, unit, residual, firings } = sample;
  const residualBuffer = new Float64Array(CLOSE * width);
  const partBuffer = new Float64Array(CLOSE * width);
  return (latent) => {
    const direction = Float64Array.from(unit.subarray(latent * width, (latent + 1) * width));
    const [start, end] = [firings.starts[latent] as number, firings.starts[latent + 1] as number];
    const rows = firings.rows.subarray(start, end);
    const sizes = Float64Array.from(firings.sizes.subarray(start, end));
    const count = Math.min(CLOSE, rows.length);
    const close = Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows.length) / count));
    const residuals = residualBuffer.subarray(0, count * width);
    const parts = partBuffer.subarray(0, count * width);
    close.forEach((place, i) => {
      const row = rows[place] as number;
      const size = sizes[place] as number;
      for (let r = 0; r < width; r++) {
        const e = residual[row * width + r] as number;
        residuals[i * width + r] = e;
        parts[i * width + r] = e + size * (direction[r] as number);
      }
    });
    const sizeOf = (i: number): number => sizes[close[i] as number] as number;
    const bySize = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => sizeOf(a) - sizeOf(b) || a - b);
    return { sample, latent, direction, rows, sizes, close, residuals, parts, bySize };
  };
}
