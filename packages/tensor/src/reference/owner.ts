import { lifetimes } from "../lifetimes.js";
import { type PairRows, pick } from "../pairKernels.js";
import type { Dense, RowCodes, RowEntries } from "./values.js";

/** Makes and frees the values of one reference backend. */
export interface Owner {
  /** A tensor. */
  readonly dense: (shape: readonly number[], data: Float64Array) => Dense;
  /** A tensor that outlives every scope. */
  readonly kept: (shape: readonly number[], data: Float64Array) => Dense;
  /** Entries that are freed with their codes. */
  readonly entries: (of: RowCodes, data: Float64Array) => RowEntries;
  /** Codes of the pairs, with the numbers of z `[B, Q]` as pre-activations. */
  readonly codes: (rows: PairRows, z: Float64Array) => RowCodes;
  /** What is not freed. */
  readonly owned: ReturnType<typeof lifetimes>;
}

/** The owner of a new backend. */
export function owner(): Owner {
  const owned = lifetimes();
  const entriesOf = new WeakMap<RowCodes, RowEntries[]>();
  const entries = (of: RowCodes, data: Float64Array): RowEntries => {
    const made = owned.own({ of, data });
    entriesOf.get(of)?.push(made);
    return made;
  };
  return {
    owned,
    entries,
    dense: (shape, data) => owned.own({ shape: [...shape], data }),
    kept: (shape, data) => owned.keep({ shape: [...shape], data }),
    codes: ({ batch, latents, levels, pairs }, z) => {
      const made = { batch, latents, levels, pairs } as { -readonly [K in keyof RowCodes]: RowCodes[K] };
      entriesOf.set(made, []);
      const pre = new Float64Array(pairs.latents.length);
      pick(made, z, pre);
      made.pre = entries(made, pre);
      return owned.own(made, () => {
        for (const item of entriesOf.get(made) ?? []) owned.free(item);
      });
    },
  };
}
