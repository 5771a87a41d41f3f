import { BackendError } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Heap, openHeap } from "../src/heap.js";

/** Sizes of one training step in miniature, with many multiples of 4096. */
const stepSizes = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 4096 * (1 + (i % 7)) : 100 + 977 * (i % 11)));

describe.each([true, false])("the heap, shared %s", (shared) => {
  it("gives aligned blocks that never overlap, and joins what is freed", () => {
    const commands = fc.array(
      fc.oneof(
        fc.record({
          bytes: fc.oneof(
            fc.nat(300_000),
            fc.nat(70).map((n) => n * 4096),
          ),
        }),
        fc.record({ free: fc.nat(1000) }),
      ),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(commands, (list) => {
        const heap = openHeap({ shared });
        const live: { start: number; bytes: number }[] = [];
        for (const command of list) {
          if ("bytes" in command) {
            const { bytes } = command;
            const start = heap.allocate(bytes);
            expect(start % 64).toBe(0);
            expect(start).toBeGreaterThanOrEqual(65_536);
            expect(start + bytes).toBeLessThanOrEqual(heap.bytesReserved);
            for (const other of live) {
              expect(start + bytes <= other.start || other.start + other.bytes <= start).toBe(true);
            }
            live.push({ start, bytes });
          } else if (live.length > 0) {
            const [block] = live.splice(command.free % live.length, 1);
            heap.free((block as { start: number }).start);
          }
        }
        expect(heap.bytesInUse).toBeGreaterThanOrEqual(live.reduce((sum, { bytes }) => sum + bytes, 0));
        for (const { start } of live) heap.free(start);
        expect(heap.bytesInUse).toBe(0);
        const before = heap.bytesReserved;
        heap.allocate(before - 2 * 65_536); // everything in one piece again
        expect(heap.bytesReserved).toBe(before);
        heap.close();
      }),
      { numRuns: 60 },
    );
  });

  it("keeps what blocks hold when it grows", () => {
    const heap = openHeap({ shared });
    const first = heap.allocate(4000);
    heap.f32(first, 1000).fill(1.5);
    const reserved = heap.bytesReserved;
    const second = heap.allocate(reserved);
    expect(heap.bytesReserved).toBeGreaterThan(reserved);
    heap.f64(second, reserved / 8).fill(7);
    expect(heap.f32(first, 1000).every((x) => x === 1.5)).toBe(true);
    heap.close();
  });

  it("does not grow over 1000 steps of repeating sizes beside blocks that stay", () => {
    const heap = openHeap({ shared });
    const step = () => {
      const blocks = stepSizes.map((bytes) => heap.allocate(bytes));
      for (const [i, block] of blocks.entries()) if (i % 2 === 0) heap.free(block);
      for (const [i, block] of blocks.entries()) if (i % 2 === 1) heap.free(block);
    };
    step();
    const kept = [heap.allocate(1_000_000), heap.allocate(64)];
    step();
    const { bytesReserved, bytesInUse } = heap;
    for (let i = 0; i < 1000; i++) step();
    expect(heap.bytesReserved).toBe(bytesReserved);
    expect(heap.bytesInUse).toBe(bytesInUse);
    for (const block of kept) heap.free(block);
    heap.close();
  });

  it("starts blocks of whole pages at different offsets modulo 4096", () => {
    const heap = openHeap({ shared });
    const offsets = Array.from({ length: 16 }, () => heap.allocate(16 * 4096) % 4096);
    expect(new Set(offsets).size).toBe(16);
    heap.close();
  });

  it("says what does not fit before anything changes", () => {
    const heap = openHeap({ shared, limit: 8 * 2 ** 20 });
    heap.allocate(5_000_000);
    const { bytesInUse, bytesReserved } = heap;
    const error = errorOf(heap, 6_000_000);
    expect(error.code).toBe("out-of-memory");
    expect(error.message).toBe(
      `allocate: 6000000 bytes must fit beside the ${bytesInUse} bytes in use, got a limit of 8388608 bytes; ` +
        "use fewer latents, a smaller batch, or a backend without this limit such as tfjs-node",
    );
    expect(heap.bytesInUse).toBe(bytesInUse);
    expect(heap.bytesReserved).toBe(bytesReserved);
    heap.allocate(2_000_000);
    heap.close();
  });

  it("refuses more than 4 GiB and sizes that are not whole numbers", () => {
    const heap = openHeap({ shared });
    expect(errorOf(heap, 5e9).code).toBe("out-of-memory");
    for (const bytes of [-1, 1.5, Number.NaN]) expect(() => heap.allocate(bytes)).toThrow(RangeError);
    expect(() => heap.free(65_536)).toThrow("internal: free");
    heap.close();
  });
});

describe("a closed heap", () => {
  it("lends its memory to the next one, cleared where threads find their orders", () => {
    const heap = openHeap({ shared: true });
    heap.i32(0, 16_384).fill(-1);
    const { memory } = heap;
    heap.close();
    heap.close();
    const next = openHeap({ shared: true });
    expect(next.memory).toBe(memory);
    expect(next.i32(0, 16_384).every((word) => word === 0)).toBe(true);
    expect(openHeap({ shared: true }).memory).not.toBe(memory);
    expect(() => heap.allocate(1)).toThrow("allocate: the backend must be open");
    next.close();
  });

  it("does not make 1000 openings with 4 MiB written in each grow the process", () => {
    const cycle = () => {
      const heap = openHeap({ shared: true });
      heap.u8(heap.allocate(2 ** 22), 2 ** 22).fill(1);
      heap.close();
      return heap.bytesReserved;
    };
    const first = cycle();
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 1000; i++) expect(cycle()).toBe(first);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });
});

function errorOf(heap: Heap, bytes: number): BackendError {
  try {
    heap.allocate(bytes);
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
