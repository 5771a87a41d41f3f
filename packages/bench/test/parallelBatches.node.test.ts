import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { parallelBatches } from "../dist/node.js";
import { type BenchOptions, linearRepresentationBench } from "../src/index.js";

const options: BenchOptions = {
  n: 60,
  nP: 20,
  seed: 3,
  samples: 500,
  maxInterference: 0.6,
  firing: { kind: "zipfian", exponent: 0.5, max: 0.3, min: 0.02 },
  correlation: { rank: 3, scale: 0.2 },
  hierarchy: { roots: 3, branching: 2, depth: 2 },
  biasNorm: 1,
};
const opened: { close(): Promise<void> }[] = [];
const open = (data: ReturnType<typeof linearRepresentationBench>, threads: number, seed?: number) => {
  const source = parallelBatches(data, { batchSize: 16, threads, ...(seed === undefined ? {} : { seed }) });
  opened.push(source);
  return source;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((source) => source.close()));
});

describe("parallelBatches", () => {
  it.each([1, 3])("gives the batches of the plain source with %d threads, in any order of steps", async (threads) => {
    const data = linearRepresentationBench(options);
    const plain = data.batchSource({ batchSize: 16 });
    const source = open(data, threads);
    expect(source).toMatchObject({ batchSize: 16, samples: 500 });
    for (const step of [1, 2, 3, 40, 4, 4, 5, 41, 1]) expect(await source.batch(step)).toEqual(plain.batch(step));
    const together = await Promise.all([7, 8, 9, 10].map((step) => source.batch(step)));
    expect(together).toEqual([7, 8, 9, 10].map((step) => plain.batch(step)));
  });

  it("gives targets, and another order with another seed", async () => {
    const data = linearRepresentationBench({ ...options, view: "transcoder", nR: 24, biasNorm: 0 });
    expect(await open(data, 1, 9).batch(2)).toEqual(data.batchSource({ batchSize: 16, seed: 9 }).batch(2));
  });

  it("rejects what is awaited when it is closed, and what is asked for afterwards", async () => {
    const source = open(linearRepresentationBench(options), 1);
    const waiting = expect(source.batch(1)).rejects.toThrow(/every thread must live/);
    await source.close();
    await waiting;
    await expect(source.batch(2)).rejects.toThrow(/close the source and open a new one/);
  });

  it("refuses counts and steps that are none", async () => {
    const data = linearRepresentationBench(options);
    expect(() => parallelBatches(data, { batchSize: 16, threads: 0 })).toThrow(/threads must be a positive integer/);
    expect(() => parallelBatches(data, { batchSize: 16, ahead: 0 })).toThrow(/ahead must be a positive integer/);
    await expect(open(data, 1).batch(0)).rejects.toThrow(/step must be a positive integer/);
  });

  it("lets the process end where nobody waits for a batch, though it was never closed", () => {
    const program = `
      import { linearRepresentationBench } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
      import { parallelBatches } from ${JSON.stringify(new URL("../dist/node.js", import.meta.url).href)};
      const data = linearRepresentationBench(${JSON.stringify(options)});
      const { size } = await parallelBatches(data, { batchSize: 16, threads: 2 }).batch(3);
      console.log(size);`;
    const run = ["--input-type=module", "--eval", program];
    expect(execFileSync(process.execPath, run, { encoding: "utf8", timeout: 60_000 })).toBe("16\n");
  });
});
