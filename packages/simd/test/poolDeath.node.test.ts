import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openHeap } from "../src/heap.js";
import { openPool } from "../src/pool.js";
import { kernelBytes, poolKernels } from "./compileKernels.js";

let module: WebAssembly.Module;
let folder: string;

beforeAll(async () => {
  module = await poolKernels({ shared: true });
  folder = mkdtempSync(join(tmpdir(), "pool-"));
  writeFileSync(join(folder, "kernels.wasm"), await kernelBytes("pool", { shared: true }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// A worker counts as lost after 5 seconds.
const patient = { timeout: 30_000 };

/** A pool of two threads with the worker behind it. */
async function openTwo() {
  const heap = openHeap({ shared: true });
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on("worker", note);
  const pool = await openPool<"count" | "hang">({ module, memory: heap.memory, threads: 2 });
  process.off("worker", note);
  const block = heap.allocate(4096);
  heap.u8(block, 4096).fill(0);
  return { pool, heap, block, worker: started[0] as Worker };
}

it("throws within seconds where a worker stops in the middle of a run", patient, async () => {
  const { pool, block } = await openTwo();
  const start = performance.now();
  expect(() => pool.run("hang", 2, block)).toThrow("got no sign of life from thread 1 for 10 seconds");
  expect(performance.now() - start).toBeGreaterThan(9000);
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(() => pool.run("count", 2, block, block)).toThrow("the threads must be sound");
  await pool.close(); // ends the worker, which would go on for ever
});

it("throws within seconds where a worker was ended and no event has told yet", patient, async () => {
  const { pool, block, worker } = await openTwo();
  const ended = worker.terminate();
  const start = performance.now();
  expect(() => {
    while (performance.now() - start < 20_000) pool.run("count", 2, block, block);
  }).toThrow("got no sign of life from thread 1");
  await ended;
  await pool.close();
});

it("throws at once where a worker is known to have ended", async () => {
  const { pool, block, worker } = await openTwo();
  await worker.terminate();
  expect(() => pool.run("count", 2, block, block)).toThrow('got an earlier "end of thread 1: it exited with code 1"');
  await pool.close();
});

it("counts an idle worker as alive, however long no run comes", patient, async () => {
  const { pool, block } = await openTwo();
  const start = performance.now();
  while (performance.now() - start < 11_500) {
    pool.run("count", 2, block, block);
    await new Promise((resolve) => setTimeout(resolve, 260));
  }
  await pool.close();
});

const script = `
import { readFileSync } from "node:fs";
import { openHeap } from ${JSON.stringify(new URL("../dist/heap.js", import.meta.url).href)};
import { openPool } from ${JSON.stringify(new URL("../dist/pool.js", import.meta.url).href)};
const module = new WebAssembly.Module(readFileSync("kernels.wasm"));
const { memory, allocate, i32 } = openHeap({ shared: true });
const pool = await openPool({ module, memory, threads: 3 });
const block = allocate(4096);
pool.run("count", 8, block, block + 2048);
`;

it.each([
  ["with workers waiting", ""],
  ["after closing them", "await pool.close();"],
  ["while it is closing them", "pool.close();"],
  ["after an error of its own", "setTimeout(() => { throw new Error('mine'); });", 1],
])("lets the process end by itself %s", async (_, more, status = 0) => {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script + more], {
    cwd: folder,
    stdio: ["ignore", "inherit", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const [code, signal] = await once(child, "close");
  clearTimeout(timer);
  expect(signal, errors).toBe(null);
  expect(code, errors).toBe(status);
});
