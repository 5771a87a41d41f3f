import type { Heap } from "./heap.js";
import type { Pool } from "./pool.js";
import { type Fields, type Layout, structBytes, writeStruct } from "./struct.js";

/** What all kernels of a backend run on. */
export interface Core {
  /** Memory. */
  readonly heap: Heap;
  /** Threads. */
  readonly pool: Pool;
  /** Scratch memory: `bytes` for every thread, valid until the next call. */
  scratch(bytes: number): Scratch;
  /** Runs `body` with an allocator whose blocks are freed afterwards. */
  temporary<T>(body: (allocate: Allocate) => T): T;
  /** Runs `body`; what it took by {@link Core.keep} is freed where it throws. */
  keeping<T>(body: () => T): T;
  /** Takes memory that stays when {@link Core.keeping} returns. */
  keep(bytes: number): number;
  /** Frees what was taken by {@link Core.keep}. */
  release(pointer: number): void;
  /** Frees the scratch memory. */
  close(): void;
}

/** Takes `bytes` of memory. */
export type Allocate = (bytes: number) => number;

/** Scratch memory of all threads. */
export interface Scratch {
  /** That of thread 0. */
  readonly pointer: number;
  /** From one thread's to the next. */
  readonly stride: number;
}

/** The core of a backend. */
export function openCore(heap: Heap, pool: Pool): Core {
  let pointer: number | undefined;
  let stride = 0;
  let kept = new Set<number>();
  return {
    heap,
    pool,
    scratch(bytes) {
      if (pointer === undefined || bytes > stride) {
        const wanted = Math.ceil((bytes * 1.25) / 4096) * 4096 + 192; // threads do not meet at the same place modulo 4096
        const grown = heap.allocate(wanted * pool.threads);
        if (pointer !== undefined) heap.free(pointer);
        pointer = grown;
        stride = wanted;
      }
      return { pointer, stride };
    },
    temporary(body) {
      const taken: number[] = [];
      try {
        return body((bytes) => {
          const block = heap.allocate(bytes);
          taken.push(block);
          return block;
        });
      } finally {
        for (const block of taken) heap.free(block);
      }
    },
    keeping(body) {
      const outer = kept;
      kept = new Set();
      try {
        return body();
      } catch (error) {
        for (const block of kept) heap.free(block);
        throw error;
      } finally {
        kept = outer;
      }
    },
    keep(bytes) {
      const block = heap.allocate(bytes);
      kept.add(block);
      return block;
    },
    release(block) {
      kept.delete(block);
      heap.free(block);
    },
    close() {
      if (pointer !== undefined) heap.free(pointer);
      pointer = undefined;
    },
  };
}

/** Allocates and writes a struct. */
export function structIn<L extends Layout>(core: Core, allocate: Allocate, layout: L, fields: Fields<L>): number {
  const pointer = allocate(structBytes(layout));
  writeStruct(core.heap, pointer, layout, fields);
  return pointer;
}

/** Allocates and writes whole numbers. */
export function wordsIn(core: Core, allocate: Allocate, words: readonly number[]): number {
  const pointer = allocate(4 * words.length);
  core.heap.u32(pointer, words.length).set(words);
  return pointer;
}
