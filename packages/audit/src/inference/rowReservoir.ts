import { type Mat, matFrom } from "@monosema/numerics";
import { random, type SparseRows } from "@monosema/tensor";
import type { AuditBatch } from "../subject/sampleBatch.js";

/** A sample with the code that the encoder gives it. */
export interface KeptRow {
  /** Without the bias of the decoder, `[R]`. */
  readonly target: Float32Array;
  /** Active latents, ascending. */
  readonly latents: Int32Array;
  /** Their values, in that order. */
  readonly values: Float32Array | Float64Array;
}

/** Keeps samples of a stream that goes past. */
export interface RowReservoir {
  /** The stream, each batch kept from once it has been used. */
  through(batches: AsyncIterable<AuditBatch>): AsyncGenerator<AuditBatch>;
  /** The samples kept so far. */
  kept(): readonly KeptRow[];
  /** Samples that went past. */
  seen(): number;
}

/**
 * A sample of a stream of any length, each of its rows as likely as any other, in one pass (algorithm R, Vitter 1985): all rows, in order,
 * of a stream that is no longer than `most`.
 *
 * @param shift - bias of the decoder, `[R]`
 * @param most - rows kept
 * @param seed - of the drawing
 */
export function rowReservoir(shift: Float64Array, most: number, seed: number): RowReservoir {
  const stream = random(seed, "reservoir");
  const rows: KeptRow[] = [];
  const width = shift.length;
  let seen = 0;
  const keep = ({ input, target = input, codes }: AuditBatch): void => {
    const { offsets, latents, values } = codes as SparseRows;
    for (let b = 0; b + 1 < offsets.length; b++, seen++) {
      const slot = seen < most ? seen : stream.integer(seen + 1);
      if (slot >= most) continue;
      const [from, to] = [offsets[b] as number, offsets[b + 1] as number];
      rows[slot] = {
        target: Float32Array.from(shift, (value, r) => (target[b * width + r] as number) - value),
        latents: latents.slice(from, to),
        values: values.slice(from, to),
      };
    }
  };
  return {
    async *through(batches) {
      for await (const batch of batches) {
        yield batch;
        keep(batch);
      }
    },
    kept: () => rows,
    seen: () => seen,
  };
}

/** Targets `[rows, R]` and codes of samples. */
export function stacked(rows: readonly KeptRow[]): { readonly targets: Mat; readonly codes: SparseRows } {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach(({ latents }, b) => {
    offsets[b + 1] = (offsets[b] as number) + latents.length;
  });
  return {
    targets: matFrom(rows.map(({ target }) => Float64Array.from(target))),
    codes: {
      offsets,
      latents: Int32Array.from(rows.flatMap(({ latents }) => Array.from(latents))),
      values: Float64Array.from(rows.flatMap(({ values }) => Array.from(values))),
    },
  };
}
