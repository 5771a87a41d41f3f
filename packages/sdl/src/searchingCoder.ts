import type { Backend, SparseRows } from "@monosema/tensor";
import type { CodeSearch, LargestMagnitudes, Pursuit } from "./activations/kind.js";
import type { Coder } from "./coder.js";
import type { Model } from "./model.js";

/** Codes that are searched for on the host; the backend multiplies samples and encoder. */
export function searchingCoder(backend: Backend, model: Model, search: CodeSearch): Coder {
  const { spec, weights } = model;
  const { nP, nR, nQ, biases } = spec;
  const { decoderBias, encoderBias } = weights;
  const encoder = backend.tensor(weights.encoder, [nQ, nP]);
  const decoder = backend.tensor(weights.decoder, [nQ, nR]);
  const preActivations: PreActivations = async (rows) => {
    const z = backend.scope(() =>
      backend.matMul(backend.tensor(rows, [rows.length / nP, nP]), encoder, { transposeB: true }),
    );
    const values = await backend.read(z);
    backend.dispose(z);
    return encoderBias ? values.map((value, i) => value + (encoderBias[i % nQ] as number)) : values;
  };
  const dense = async (x: Float32Array | Float64Array): Promise<Float64Array> => {
    const shift = biases.subtractDecoderBias ? decoderBias : undefined;
    const centred = Float64Array.from(x, (value, i) => value - (shift?.[i % nP] ?? 0));
    return search.kind === "absTopK"
      ? largestMagnitudes(search, await preActivations(centred), nQ)
      : await pursue(search, centred, weights.decoder, preActivations, { nP, nQ });
  };
  return {
    encode: async (x) => sparseRows(await dense(x), nQ),
    run: async (x, batch) => {
      const codes = await dense(x);
      const decoded = backend.scope(() => backend.matMul(backend.tensor(codes, [batch, nQ]), decoder));
      return { codes: sparseRows(codes, nQ), decoded };
    },
    dispose: () => backend.dispose(encoder, decoder),
  };
}

/** Inner products of rows `[n, P]` with the encoder, biases added, `[n, Q]`. */
type PreActivations = (rows: Float64Array) => Promise<Float32Array | Float64Array>;

function largestMagnitudes({ k }: LargestMagnitudes, z: Float32Array | Float64Array, nQ: number): Float64Array {
  const codes = new Float64Array(z.length);
  for (let start = 0; start < z.length; start += nQ) {
    const magnitude = (i: number): number => Math.abs(z[start + i] as number);
    const order = Uint32Array.from({ length: nQ }, (_, i) => i).sort((a, b) => magnitude(b) - magnitude(a) || a - b);
    for (const latent of order.subarray(0, k)) codes[start + latent] = z[start + latent] as number;
  }
  return codes;
}

/** Matching pursuit of all rows side by side; rows that are done are left out of the products. */
async function pursue(
  { maxIterations, residualThreshold, stopOnDuplicateSupport }: Pursuit,
  residuals: Float64Array,
  decoder: Float32Array,
  preActivations: PreActivations,
  { nP, nQ }: { readonly nP: number; readonly nQ: number },
): Promise<Float64Array> {
  const batch = residuals.length / nP;
  const codes = new Float64Array(batch * nQ);
  let active = Array.from({ length: batch }, (_, row) => row);
  for (let step = 0; step < maxIterations && active.length > 0; step++) {
    const u = await preActivations(gathered(residuals, active, nP));
    active = active.filter((row, i) => {
      const latent = largest(u, i * nQ, nQ);
      const value = u[i * nQ + latent] as number;
      if (!(value > 0)) return false; // nothing changes any more
      const isNew = codes[row * nQ + latent] === 0;
      codes[row * nQ + latent] = (codes[row * nQ + latent] as number) + value;
      let squares = 0;
      for (let d = 0; d < nP; d++) {
        const left = (residuals[row * nP + d] as number) - value * (decoder[latent * nP + d] as number);
        residuals[row * nP + d] = left;
        squares += left * left;
      }
      return (isNew || !stopOnDuplicateSupport) && Math.sqrt(squares) >= residualThreshold;
    });
  }
  return codes;
}

function gathered(rows: Float64Array, chosen: readonly number[], width: number): Float64Array {
  const result = new Float64Array(chosen.length * width);
  for (const [i, row] of chosen.entries()) result.set(rows.subarray(row * width, (row + 1) * width), i * width);
  return result;
}

/** Index of the largest of `count` values from `start`, the first of equal ones. */
function largest(values: Float32Array | Float64Array, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if ((values[start + i] as number) > (values[start + best] as number)) best = i;
  return best;
}

function sparseRows(dense: Float64Array, nQ: number): SparseRows {
  const latents: number[] = [];
  const values: number[] = [];
  const offsets = new Int32Array(dense.length / nQ + 1);
  for (const [i, value] of dense.entries()) {
    if (value === 0) continue;
    latents.push(i % nQ);
    values.push(value);
    offsets[Math.floor(i / nQ) + 1] = latents.length;
  }
  for (let b = 1; b < offsets.length; b++) offsets[b] = Math.max(offsets[b] as number, offsets[b - 1] as number);
  return { offsets, latents: Int32Array.from(latents), values: Float64Array.from(values) };
}
