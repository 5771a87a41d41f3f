import type { KeptRow } from "../inference/rowReservoir.js";
import type { TrustInput } from "./trustSample.js";

/** Samples that were kept, as one array, and their codes. */
export function keptSamples(rows: readonly KeptRow[], width: number): Pick<TrustInput, "targets" | "codes"> {
  const targets = new Float32Array(rows.length * width);
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach(({ target, latents }, row) => {
    targets.set(target, row * width);
    offsets[row + 1] = (offsets[row] as number) + latents.length;
  });
  const entries = offsets[rows.length] as number;
  const codes = { offsets, latents: new Int32Array(entries), values: new Float32Array(entries) };
  rows.forEach(({ latents, values }, row) => {
    codes.latents.set(latents, offsets[row]);
    codes.values.set(values, offsets[row]);
  });
  return { targets, codes };
}
