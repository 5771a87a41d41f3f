import type { Model, TrainingState } from "@monosema/sdl";
import { referenceBackend } from "@monosema/tensor";
import { expect, it } from "vitest";
import {
  type BenchRow,
  type BenchTask,
  benchTasks,
  configured,
  type DoRow,
  type RunBenchOptions,
  runBench,
  type TrainingSoFar,
} from "../src/index.js";

const sizes: [string, string][] = [
  ["n", "24"],
  ["nP", "12"],
  ["nQ", "32"],
  ["k", "2"],
  ["samples", "400"],
  ["heldOut", "100"],
  ["batchSize", "64"],
];
const options: RunBenchOptions = {
  preset: configured("quick", sizes, 90),
  methods: ["topk", "transcoder"],
  anchors: ["none", "truth"],
  seeds: [3, 4],
};
const untimed = (rows: readonly BenchRow[]): readonly unknown[] => rows.map(({ seconds: _, ...row }) => row);

it("lists its rows in their order, and leaves to others what is done", async () => {
  const seen: BenchTask[] = [];
  const doRow: DoRow = async (task) => {
    seen.push(task);
    return { method: task.method, seed: task.seed } as BenchRow;
  };
  const { rows, data } = await runBench(referenceBackend(), { ...options, doRow });
  expect(seen).toEqual(benchTasks(options));
  expect(seen.map(({ method, anchors, seed }) => `${seed} ${method} ${anchors}`)).toEqual(
    [3, 4].flatMap((seed) => ["topk", "transcoder"].flatMap((m) => ["none", "truth"].map((a) => `${seed} ${m} ${a}`))),
  );
  expect(rows).toHaveLength(8);
  expect(data.n).toBe(24);
});

it("a row that was stopped goes on from its state to the same figures and curve", async () => {
  const one: RunBenchOptions = { ...options, methods: ["topk"], anchors: ["truth"], seeds: [3] };
  const whole = await runBench(referenceBackend(), one);
  const stop = new AbortController();
  const saved: (TrainingSoFar & { readonly state: TrainingState })[] = [];
  const save = async (state: TrainingState, _: Model, soFar: TrainingSoFar): Promise<void> =>
    void saved.push({ ...structuredClone(soFar), state });
  const stopped = runBench(referenceBackend(), {
    ...one,
    signal: stop.signal,
    onProgress: (done) => {
      if (done >= 40) stop.abort();
    },
    doRow: (_, train) => train({ save }),
  });
  await expect(stopped).rejects.toThrow("aborted");
  const [state] = saved;
  expect(state?.state.step).toBeGreaterThanOrEqual(40);
  expect(state?.state.step).toBeLessThan(90);
  const rest = await runBench(referenceBackend(), {
    ...one,
    doRow: (_, train) => train({ save, ...(state ? { saved: state } : {}) }),
  });
  expect(untimed(rest.rows)).toEqual(untimed(whole.rows));
  expect(rest.rows[0]?.seconds).toBeGreaterThan(state?.seconds ?? Number.POSITIVE_INFINITY);
});
