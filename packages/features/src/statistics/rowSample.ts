import type { SparseRows } from "@monosema/tensor";
import { type Growing, push } from "./growing.js";
import { rowHash } from "./rowHash.js";

/**
 * The codes of an even sample of the rows: all where their entries and their pairs stay within the limits, else those of the smallest
 * hashes, as many as do.
 */
export interface RowSample {
  /** The rows, ascending `[S]`. */
  readonly rows: Int32Array;
  /** Their codes. */
  readonly codes: SparseRows;
  /** Rows of this hash and above are left out; 2^32 where none is. */
  readonly limit: number;
}

/** How much a sample may hold. */
export interface SampleLimits {
  /** Rows and their entries together. */
  readonly entries: number;
  /** Sum of the squared entries of the rows: the work of counting pairs of latents. */
  readonly pairs: number;
}

/** A sample that is being drawn. */
export interface SampleDrawer {
  /** Adds row b of some codes. */
  readonly add: (row: number, codes: SparseRows, b: number) => void;
  /** What was drawn. */
  readonly drawn: () => RowSample;
}

/** Starts a sample. */
export function sampleDrawer(limits: SampleLimits): SampleDrawer {
  let limit = 2 ** 32;
  let all = emptyDraft();
  let pairs = 0;
  const cut = (): void => {
    const kept = withinLimits(draftOf(all), limit, limits);
    limit = kept.limit;
    all = draftFrom(kept);
    pairs = pairsOf(kept.codes);
  };
  return {
    add(row, { offsets, latents, values }, b) {
      if (rowHash(row) >= limit) return;
      const [from, to] = [offsets[b] as number, offsets[b + 1] as number];
      push(all.rows, row);
      for (let e = from; e < to; e++) {
        push(all.latents, latents[e] as number);
        push(all.values, values[e] as number);
      }
      push(all.offsets, all.latents.length);
      pairs += (to - from) ** 2;
      // Cutting costs a sort: it waits until twice as much is there, and what is left is the same.
      if (all.rows.length + all.latents.length > 2 * limits.entries || pairs > 2 * limits.pairs) cut();
    },
    drawn() {
      cut();
      return { ...draftOf(all), limit };
    },
  };
}

/** Both together, of whatever rows they are. */
export function mergeSamples(a: RowSample, b: RowSample, limits: SampleLimits): RowSample {
  const both = [a, b].flatMap((sample) => Array.from(sample.rows, (row, at) => ({ row, at, codes: sample.codes })));
  return withinLimits(gathered(both.sort((x, y) => x.row - y.row)), Math.min(a.limit, b.limit), limits);
}

interface Draft {
  readonly rows: Growing<Int32Array>;
  readonly offsets: Growing<Int32Array>;
  readonly latents: Growing<Int32Array>;
  readonly values: Growing<Float32Array>;
}

const grown = <T extends Int32Array | Float32Array>(values: T): Growing<T> => ({ values, length: values.length });

const emptyDraft = (): Draft =>
  draftFrom({
    rows: new Int32Array(),
    codes: { offsets: new Int32Array(1), latents: new Int32Array(), values: new Float32Array() },
  });

const draftFrom = ({ rows, codes }: Pick<RowSample, "rows" | "codes">): Draft => ({
  rows: grown(rows),
  offsets: grown(codes.offsets),
  latents: grown(codes.latents),
  values: grown(codes.values as Float32Array),
});

const draftOf = ({ rows, offsets, latents, values }: Draft): Pick<RowSample, "rows" | "codes"> => ({
  rows: rows.values.slice(0, rows.length),
  codes: {
    offsets: offsets.values.slice(0, offsets.length),
    latents: latents.values.slice(0, latents.length),
    values: values.values.slice(0, values.length),
  },
});

/** Rows below the limit, in the order of their hashes until the first that exceeds what may be held; the rest as they were. */
function withinLimits(
  sample: Pick<RowSample, "rows" | "codes">,
  limit: number,
  { entries, pairs }: SampleLimits,
): RowSample {
  const { rows, codes } = sample;
  const entriesOf = (at: number): number => (codes.offsets[at + 1] as number) - (codes.offsets[at] as number);
  const hashes = Float64Array.from(rows, rowHash);
  if (
    rows.length + codes.latents.length <= entries &&
    pairsOf(codes) <= pairs &&
    hashes.every((hash) => hash < limit)
  ) {
    return { ...sample, limit };
  }
  const order = Array.from(rows.keys()).sort((x, y) => (hashes[x] as number) - (hashes[y] as number));
  let [held, work, lowest] = [0, 0, limit];
  for (const at of order) {
    held += 1 + entriesOf(at);
    work += entriesOf(at) ** 2;
    if (held <= entries && work <= pairs) continue;
    lowest = Math.min(lowest, hashes[at] as number);
    break;
  }
  const kept = Array.from(rows, (row, at) => ({ row, at, codes })).filter(({ at }) => (hashes[at] as number) < lowest);
  return { ...gathered(kept), limit: lowest };
}

function pairsOf({ offsets }: SparseRows): number {
  let pairs = 0;
  for (let at = 0; at + 1 < offsets.length; at++) pairs += ((offsets[at + 1] as number) - (offsets[at] as number)) ** 2;
  return pairs;
}

interface SampledRow {
  readonly row: number;
  /** Its place in the codes. */
  readonly at: number;
  readonly codes: SparseRows;
}

function gathered(from: readonly SampledRow[]): Pick<RowSample, "rows" | "codes"> {
  const offsets = new Int32Array(from.length + 1);
  from.forEach(({ at, codes }, i) => {
    offsets[i + 1] = (offsets[i] as number) + (codes.offsets[at + 1] as number) - (codes.offsets[at] as number);
  });
  const latents = new Int32Array(offsets.at(-1) as number);
  const values = new Float32Array(latents.length);
  from.forEach(({ at, codes }, i) => {
    const [first, end] = [codes.offsets[at] as number, codes.offsets[at + 1] as number];
    latents.set(codes.latents.subarray(first, end), offsets[i]);
    values.set(codes.values.subarray(first, end), offsets[i]);
  });
  return { rows: Int32Array.from(from, ({ row }) => row), codes: { offsets, latents, values } };
}
