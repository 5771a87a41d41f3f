import { BackendError } from "@monosema/tensor";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { platform } from "#platform";
import { type Heap, openHeap } from "../src/heap.js";
import { openPool, type Pool } from "../src/pool.js";
import { poolKernels } from "./compileKernels.js";

type TestKernel = "count" | "sum" | "failOn" | "add" | "peek";

let shared: WebAssembly.Module;
let single: WebAssembly.Module;
let heap: Heap;
let pool: Pool<TestKernel>;

beforeAll(async () => {
  shared = await poolKernels({ shared: true });
  single = await poolKernels({ shared: false });
});
afterEach(async () => {
  await pool.close();
  heap.close();
});

async function open(threads: number): Promise<void> {
  heap = openHeap({ shared: threads > 1 });
  pool = await openPool<TestKernel>({ module: threads > 1 ? shared : single, memory: heap.memory, threads });
}

const failure = (body: () => unknown): BackendError => {
  try {
    body();
  } catch (error) {
    if (error instanceof BackendError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe.each([1, 2, 3, 8])("a pool of %i threads", (threads) => {
  it("runs every chunk once, run after run, whatever their number", async () => {
    await open(threads);
    const byChunk = heap.allocate(4 * 1000);
    const byThread = heap.allocate(4 * 64);
    heap.i32(byThread, 64).fill(0);
    let all = 0;
    for (let round = 0; round < 300; round++) {
      const chunks = [0, 1, 2, 3, 7, 64, 1000][round % 7] as number;
      heap.i32(byChunk, 1000).fill(0);
      pool.run("count", chunks, byChunk, byThread);
      const counts = Array.from(heap.i32(byChunk, 1000));
      expect(counts).toEqual(counts.map((_, i) => (i < chunks ? 1 : 0)));
      all += chunks;
    }
    const each = Array.from(heap.i32(byThread, 64));
    expect(each.reduce((a, b) => a + b)).toBe(all);
    expect(each.slice(threads).every((n) => n === 0)).toBe(true);
  });

  it("passes fractions and addresses above 2 GiB as they are", async () => {
    await open(threads);
    const out = heap.allocate(8 * 40);
    pool.run("sum", 40, out, 0, 0.1, -1e300);
    expect(Array.from(heap.f64(out, 40))).toEqual(Array.from({ length: 40 }, (_, i) => 0 + 0.1 * i - 1e300));
    expect(pool.call("add", 0.1, 0.2)).toBe(0.1 + 0.2);
    expect(pool.call("peek", out)).toBe(heap.i32(out, 1)[0]);
    expect(failure(() => pool.call("peek", 3 * 2 ** 30)).code).toBe("kernel-failed");
  });

  it("gives the same bits as one thread, also after the memory has grown", async () => {
    await open(threads);
    heap.allocate(heap.bytesReserved);
    const out = heap.allocate(8 * 100);
    pool.run("sum", 100, out, 5000, 1, 2);
    const expected = Array.from({ length: 100 }, (_, chunk) => {
      let x = 0;
      for (let i = 0; i < 5000; i++) x += Math.sqrt(i + chunk);
      return x + chunk + 2;
    });
    expect(Array.from(heap.f64(out, 100))).toEqual(expected);
  });

  it("says that it is closed", async () => {
    await open(threads);
    await pool.close();
    await pool.close();
    expect(failure(() => pool.run("count", 4, 0, 0)).code).toBe("pool-closed");
    expect(failure(() => pool.call("add", 1, 2)).code).toBe("pool-closed");
  });
});

describe("a kernel that fails", () => {
  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
    [4, 2],
  ])("with %i threads in thread %i makes run throw with its cause, and the pool unusable", async (threads, bad) => {
    await open(threads);
    const reached = heap.allocate(64);
    heap.i32(reached, 1).fill(0);
    const error = failure(() => pool.run("failOn", Math.max(64, threads), bad, reached));
    expect(error.code).toBe("kernel-failed");
    expect(error.message).toBe(
      `run: kernel failOn must not fail, got "RuntimeError: unreachable" in thread ${bad}; close this backend and open a new one`,
    );
    expect(String(error.cause)).toContain("unreachable");
    const later = failure(() => pool.run("count", 4, 0, 0));
    expect(later.code).toBe("pool-closed");
    expect(later.message).toContain("kernel failOn must not fail");
  });

  it("refuses a wrong number of arguments and unknown kernels before anything runs", async () => {
    await open(2);
    expect(() => pool.run("count", 4, 0)).toThrow("internal: kernel count takes 4 numbers, got 3");
    expect(() => pool.call("add", 1)).toThrow("internal: kernel add takes 2 numbers, got 1");
    expect(() => pool.run("nothing" as TestKernel, 4)).toThrow("internal: kernel nothing");
    expect(pool.call("add", 1, 2)).toBe(3);
  });
});

describe("opening a pool", () => {
  it.each([0, -1, 1.5, 65, Number.NaN])("refuses %d threads", async (threads) => {
    await open(1);
    const given = { module: shared, memory: heap.memory, threads };
    await expect(openPool(given)).rejects.toThrow(RangeError);
  });

  it("says why workers cannot start", async () => {
    await open(1);
    const error = await openPool({ module: single, memory: heap.memory, threads: 2 }).catch((error) => error);
    expect(error).toBeInstanceOf(BackendError);
    expect(error.code).toBe("no-threads");
    expect(error.message).toMatch(/^openPool: 1 workers must start, got ".*"; ask for one thread$/);
  });

  it("ends the workers that started where another one did not", async () => {
    await open(1);
    const memory = openHeap({ shared: true });
    const ended: string[] = [];
    const start = vi.spyOn(platform, "startWorker").mockImplementation(({ thread }) => ({
      ready: thread === 2 ? Promise.reject(new Error("no more")) : Promise.resolve(),
      end: async () => void ended.push(`worker ${thread}`),
    }));
    await expect(openPool({ module: shared, memory: memory.memory, threads: 3 })).rejects.toThrow("no more");
    expect(ended).toEqual(["worker 1", "worker 2"]);
    start.mockRestore();
    memory.close();
  });
});
