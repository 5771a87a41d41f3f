import type { Core } from "../core.js";
import type { Dense } from "../values.js";

/** Threshold of a latent. */
export type Bars = (latent: number) => number;

/** Samples and latents that an estimate looks at, evenly spread. */
const samples = 16;
const latentsLookedAt = 128;

/** Estimated share of the pairs whose pre-activation lies above its threshold; a function of its arguments. */
export function densityOf({ heap }: Core, x: Dense, encoder: Dense, bias: Dense | undefined, bars: Bars): number {
  const [batch, width] = x.shape as readonly [number, number];
  const latents = encoder.shape[0] as number;
  const xs = heap.f32(x.pointer, batch * width);
  const rows = heap.f32(encoder.pointer, latents * width);
  const biases = bias && heap.f32(bias.pointer, latents);
  const [sampleStep, latentStep] = [Math.ceil(batch / samples), Math.ceil(latents / latentsLookedAt)];
  let looked = 0;
  let above = 0;
  for (let b = 0; b < batch; b += sampleStep) {
    for (let i = 0; i < latents; i += latentStep) {
      let z = biases === undefined ? 0 : (biases[i] as number);
      for (let c = 0; c < width; c++) z += (xs[b * width + c] as number) * (rows[i * width + c] as number);
      looked++;
      if (z > bars(i)) above++;
    }
  }
  return above / looked;
}
