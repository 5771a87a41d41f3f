import type { Codes, Entries, Parameter, Tensor } from "@monosema/tensor";
import { type Lifetimes, lifetimes, sizeOf } from "@monosema/tensor/authoring";
import type { Core } from "./core.js";
import { pairsLayout } from "./generated/layouts.js";
import { writeStruct } from "./struct.js";

/** A tensor: float32 numbers at a pointer, never changed after the tensor is returned (but the values of parameters). */
export interface Dense extends Tensor {
  /** Where the numbers are. */
  readonly pointer: number;
}

/** A parameter with its moments. */
export interface DenseParameter extends Parameter {
  value: Dense;
  /** First moment. */
  readonly first: number;
  /** Second moment. */
  readonly second: number;
}

/** Codes as compressed rows. */
export interface PairCodes extends Codes {
  readonly pre: PairEntries;
  /** Number of pairs. */
  readonly count: number;
  /** int32 `[B + 1]`. */
  readonly offsets: number;
  /** int32 per pair. */
  readonly latentOf: number;
  /** uint16 per pair; 0 with one level. */
  readonly levelOf: number;
  /** The struct of the kernels. */
  readonly struct: number;
  /** Fills the order by latent where that was not done. */
  readonly sort: () => void;
  /** The pairs by latent, once sorted: starts `[Q + 1]`, and per pair its position in the rows and its sample. */
  readonly byLatent: { starts: number; position: number; sample: number };
}

/** A float32 number per pair. */
export interface PairEntries extends Entries {
  readonly of: PairCodes;
  /** Where the numbers are. */
  readonly pointer: number;
  /** The numbers in the order by latent, where they were needed; else 0. */
  sorted: number;
}

/** A tensor of this backend. */
export const denseOf = (t: Tensor): Dense => t as Dense;
/** A parameter of this backend. */
export const parameterOf = (p: Parameter): DenseParameter => p as DenseParameter;
/** Codes of this backend. */
export const codesOf = (codes: Codes): PairCodes => codes as PairCodes;
/** Entries of this backend. */
export const entriesOf = (entries: Entries): PairEntries => entries as PairEntries;

/** Blocks of new codes; ownership passes to {@link Owner.codes}. */
export interface PairBlocks {
  readonly batch: number;
  readonly latents: number;
  readonly levels: number;
  readonly count: number;
  readonly offsets: number;
  readonly latentOf: number;
  readonly levelOf: number;
  /** Pre-activations. */
  readonly values: number;
}

/** Makes and frees the values of one backend. */
export interface Owner {
  /** What is not freed. */
  readonly owned: Lifetimes;
  /** A tensor of a shape, not filled. */
  dense(shape: readonly number[]): Dense;
  /** A tensor that outlives every scope, over numbers that are freed with it by `free`. */
  kept(shape: readonly number[], pointer: number, free: () => void): Dense;
  /** Entries, not filled. */
  entries(of: PairCodes): PairEntries;
  /** Codes of the blocks. */
  codes(blocks: PairBlocks): PairCodes;
}

/** The owner of a new backend. `freed` hears of every tensor's pointer that becomes invalid. */
export function owner(core: Core, freed: (pointer: number) => void): Owner {
  const { heap, pool } = core;
  const owned = lifetimes();
  const entriesOf = new WeakMap<PairCodes, PairEntries[]>();

  const makeEntries = (of: PairCodes, pointer: number): PairEntries => {
    const made: PairEntries = owned.own({ of, pointer, sorted: 0 }, () => {
      heap.free(pointer);
      if (made.sorted !== 0) heap.free(made.sorted);
    });
    entriesOf.get(of)?.push(made);
    return made;
  };

  return {
    owned,
    dense(shape) {
      const pointer = heap.allocate(4 * sizeOf(shape));
      return owned.own({ shape: [...shape], pointer }, () => {
        freed(pointer);
        heap.free(pointer);
      });
    },
    kept: (shape, pointer, free) => owned.keep({ shape: [...shape], pointer }, free),
    entries: (of) => makeEntries(of, heap.allocate(4 * of.count)),
    codes({ values, ...blocks }) {
      const { batch, latents, levels, count, offsets, latentOf, levelOf } = blocks;
      const struct = heap.allocate(64);
      const order = { starts: 0, position: 0, sample: 0 };
      const write = (): void => {
        const { starts, position, sample } = order;
        writeStruct(heap, struct, pairsLayout, {
          ...{ batch, latents, offsets, latentOf, levelOf, levels, byLatent: starts, position, sample },
        });
      };
      write();
      const made = {
        ...blocks,
        struct,
        byLatent: order,
        sort: () => {
          if (order.starts !== 0) return;
          const [starts, position, sample] = core.keeping(() =>
            [latents + 2, count, count].map((words) => core.keep(4 * words)),
          ) as [number, number, number];
          Object.assign(order, { starts, position, sample });
          write();
          pool.run("sortByLatent", 1, struct);
        },
      } as { -readonly [K in keyof PairCodes]: PairCodes[K] };
      entriesOf.set(made, []);
      made.pre = makeEntries(made, values);
      return owned.own(made, () => {
        for (const item of entriesOf.get(made) ?? []) owned.free(item);
        for (const block of [offsets, latentOf, struct, levelOf, ...Object.values(order)])
          if (block !== 0) heap.free(block);
      });
    },
  };
}
