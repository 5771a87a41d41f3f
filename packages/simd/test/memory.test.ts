import { type Backend, BackendError, type Parameter, type Selection, type SelectOptions } from "@monosema/tensor";
import { afterEach, describe, expect, it } from "vitest";
import { type Heap, openHeap } from "../src/heap.js";
import { openSimd } from "../src/index.js";
import { normal } from "./support/numbers.js";
import { type OnHeap, openSingle } from "./support/tiers.js";

const [batch, width, latents] = [70, 40, 300];
const start = [1, 2].map((seed) => normal(latents * width, seed));

const selections: Record<string, Selection> = {
  topK: { kind: "topK", k: 6 },
  "topK in levels": { kind: "topK", k: [2, 6] },
  batchTopK: { kind: "batchTopK", k: 5.5 },
  groupMax: { kind: "groupMax", groups: 6 },
  "thresholds at 5 %": { kind: "threshold", theta: 10 },
  "thresholds at 50 %": { kind: "threshold", theta: 0 },
};

let opened: OnHeap | undefined;
afterEach(async () => {
  await opened?.backend.close();
  opened = undefined;
});

describe("memory", () => {
  it.each(Object.keys(selections))("is the same after each of 200 steps of %s", async (name) => {
    opened = await openSingle();
    const { backend, heap } = opened;
    const layer = openLayer(backend);
    const sizes = [];
    for (let t = 1; t <= 200; t++) {
      step(backend, layer, selections[name] as Selection, t);
      sizes.push([backend.liveTensors(), heap.bytesInUse, heap.bytesReserved]);
    }
    // Scratch memory grows with the largest batch of pairs that was seen.
    expect([...new Set(sizes.slice(100).map(String))]).toEqual([String(sizes.at(-1))]);
    backend.dispose(...layer);
    expect(backend.liveTensors()).toBe(0);
  });

  it("is free once everything is disposed of, but for scratch memory", async () => {
    opened = await openSingle();
    const { backend, heap } = opened;
    const run = () => {
      const layer = openLayer(backend);
      for (const [i, selection] of Object.values(selections).entries()) step(backend, layer, selection, i + 1);
      backend.dispose(...layer);
      return heap.bytesInUse;
    };
    const scratch = run();
    for (let i = 0; i < 10; i++) expect(run()).toBe(scratch);
  });

  it("is free after close, whatever was alive", async () => {
    opened = await openSingle();
    const { backend, heap } = opened;
    step(backend, openLayer(backend), { kind: "topK", k: 3 }, 1);
    await backend.close();
    await backend.close();
    expect([heap.bytesInUse, backend.liveTensors()]).toEqual([0, 0]);
  });

  it("is refused after close as the caller's mistake, not as a defect", async () => {
    const { backend } = await openSingle();
    await backend.close();
    expect(() => backend.tensor([1], [1])).toThrow(/^(?!internal).* got a closed one/);
  });

  it("does not grow the process over 1000 backends", { timeout: 60_000 }, async () => {
    const cycle = async (threads: number) => {
      const backend = await openSimd({ threads });
      step(backend, openLayer(backend), { kind: "topK", k: 3 }, 1);
      await backend.close();
    };
    for (let i = 0; i < 50; i++) await cycle(1);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 1000; i++) await cycle(i % 50 === 0 ? 2 : 1);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });
});

describe("what does not fit", () => {
  const cases: Record<string, (backend: Backend) => unknown> = {
    "a tensor": (backend) => backend.tensor(new Float32Array(2 ** 21), [2 ** 21]),
    "a parameter whose moments do not fit": (backend) =>
      backend.parameter([2 ** 19], { value: new Float32Array(2 ** 19) }),
    "selection of all": (backend) => select(backend, { kind: "threshold", theta: -100 }),
    "selection of the k largest of many": (backend) => select(backend, { kind: "topK", k: 1000, signed: true }),
    "selection of most of a batch": (backend) => select(backend, { kind: "batchTopK", k: 900 }),
    "selection of auxiliary pairs": (backend) => {
      const among = backend.tensor(new Float32Array(1000).fill(1), [1000]);
      return select(backend, { kind: "topK", k: 1 }, { auxiliary: { among, k: 1000 } });
    },
  };

  it.each(Object.keys(cases))("is refused with the way out, and leaves nothing behind: %s", async (name) => {
    let refused = 0;
    for (let limit = 4; limit <= 20; limit++) {
      const { heap, blocks } = countingHeap(limit * 2 ** 20);
      const { backend } = await openSingle(heap);
      const error = errorOf(() => backend.scope(() => void cases[name]?.(backend)));
      if (error === undefined) {
        await backend.close();
        continue;
      }
      refused++;
      expect(error).toBeInstanceOf(BackendError);
      expect((error as BackendError).code).toBe("out-of-memory");
      expect((error as BackendError).message).toMatch(/use fewer latents, a smaller batch/);
      expect(backend.liveTensors()).toBe(0);
      const scratch = name.startsWith("selection") ? 1 : 0;
      expect(blocks().length, `blocks of ${blocks()} bytes at ${limit} MiB`).toBeLessThanOrEqual(scratch);
      await backend.close();
    }
    expect(refused).toBeGreaterThan(0);
  });

  it("changes no parameter where an update does not fit", async () => {
    opened = await openSingle(openHeap({ shared: false, limit: 4.5 * 2 ** 20 }));
    const { backend } = opened;
    const value = normal(300_000, 1);
    const parameter = backend.parameter([3000, 100], { value });
    const rows = backend.tensor(normal(100, 2), [1, 100]);
    const gradient = { from: [], scale: 1, anchors: { rows, strength: 1 } };
    const adam = { t: 1, lr: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: 1 };
    expect(() => backend.update([{ parameter, gradient }], adam)).toThrow(/^allocate: .*smaller batch/);
    expect((await backend.readState(parameter)).value).toEqual(value);
    backend.dispose(parameter);
  });
});

function errorOf(body: () => void): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** A heap with the blocks that are in use. */
function countingHeap(limit: number): { readonly heap: Heap; readonly blocks: () => readonly number[] } {
  const heap = openHeap({ shared: false, limit });
  const blocks = new Map<number, number>();
  const counting: Heap = Object.create(heap, {
    allocate: {
      value: (bytes: number) => {
        const pointer = heap.allocate(bytes);
        blocks.set(pointer, bytes);
        return pointer;
      },
    },
    free: {
      value: (pointer: number) => {
        heap.free(pointer);
        blocks.delete(pointer);
      },
    },
  });
  return { heap: counting, blocks: () => [...blocks.values()] };
}

function select(backend: Backend, selection: Selection, options?: SelectOptions) {
  const x = backend.tensor(normal(600 * 10, 1), [600, 10]);
  const encoder = backend.tensor(normal(1000 * 10, 2), [1000, 10]);
  return backend.select(x, encoder, selection, options);
}

type LayerOf = readonly [encoder: Parameter, decoder: Parameter, bias: Parameter];

function openLayer(backend: Backend): LayerOf {
  const [encoder, decoder] = start.map((value) => backend.parameter([latents, width], { value })) as [
    Parameter,
    Parameter,
  ];
  return [encoder, decoder, backend.parameter([latents], { value: new Float32Array(latents) })];
}

/** A training step with auxiliary latents, clipping and unit rows. */
function step(backend: Backend, [encoder, decoder, bias]: LayerOf, selection: Selection, t: number): void {
  backend.scope(() => {
    const x = backend.tensor(normal(batch * width, t), [batch, width]);
    const marks = Float32Array.from({ length: latents }, (_, i) => Number(i % 4 === 0));
    const options = { bias: bias.value, auxiliary: { among: backend.tensor(marks, [latents]), k: 5 } };
    const { codes, auxiliary = codes } = backend.select(x, encoder.value, selection, options);
    const outputs = [...backend.decode(codes.pre, decoder.value), ...backend.decode(auxiliary.pre, decoder.value)];
    const errors = outputs.map((output) => backend.binary("mul", backend.binary("sub", output, x), 1 / batch));
    const own = errors.slice(0, codes.levels);
    const coefficients = backend.dot(codes, own, decoder.value);
    backend.fired(codes.pre, backend.tensor(new Float32Array(latents), [latents]));
    backend.update(
      [
        { parameter: encoder, gradient: { from: [{ coefficients, rows: x }], scale: 1e-3 } },
        { parameter: decoder, gradient: { from: [{ coefficients: codes.pre, rows: own }] }, unitRows: true },
        { parameter: bias, gradient: backend.sum(coefficients, 0) },
      ],
      { t, lr: 1e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: 1 },
    );
  });
}
