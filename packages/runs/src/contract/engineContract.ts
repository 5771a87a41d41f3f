import type { TestFunctions } from "@monosema/tensor/contract";
import type { Engine } from "../engine.js";
import { type Failure, JobError } from "../failure.js";
import { type Job, jobOf } from "../job.js";

/** What an engine states about itself. */
export interface EngineExpectations {
  /** How often it delivers a job that fails always in one way, until it gives it up. */
  readonly deliveries: Readonly<Record<Exclude<Failure, "refused">, number>>;
}

/**
 * The contract of every engine that works itself: each job is delivered until it is done, as many at a time as asked for, and is given up
 * after so many failures.
 *
 * @param test - functions of the test runner
 * @param open - opens an engine without jobs; for every test, and it is closed behind it
 *
 * @example
 * ```ts
 * import { localEngine } from "@monosema/runs";
 * import { engineContract } from "@monosema/runs/contract";
 * import * as vitest from "vitest";
 *
 * engineContract(vitest, async () => localEngine(), { deliveries: { final: 1, failed: 3, lost: 20 } });
 * ```
 */
export function engineContract(
  { it, expect }: TestFunctions,
  open: () => Promise<Engine>,
  { deliveries }: EngineExpectations,
): void {
  const opened = (title: string, body: (engine: Engine) => Promise<void>): void =>
    it(title, async () => {
      const engine = await open();
      try {
        await body(engine);
      } finally {
        await engine.close();
      }
    });

  opened("does every job once, so many at a time, however often it is submitted", async (engine) => {
    const jobs = Array.from({ length: 20 }, (_, i) => numbered(i));
    await engine.submit(jobs);
    await engine.submit(jobs.slice(5));
    expect(await engine.counts()).toEqual({ waiting: 20, running: 0, failed: 0 });
    const done: string[] = [];
    let [running, most] = [0, 0];
    await engine.work(
      async ({ id }) => {
        running += 1;
        most = Math.max(most, running);
        await pause(20);
        running -= 1;
        done.push(id);
      },
      { ...drain, workers: 3 },
    );
    expect(done.sort()).toEqual(jobs.map(({ id }) => id).sort());
    expect(most).toBe(3);
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });

  opened("hands a job over as it is", async (engine) => {
    const [job] = [jobOf({ ...spec, parameters: { text: "ü€", list: [1, null, { a: true }], tiny: 5e-324 } })];
    await engine.submit([job]);
    const seen: Job[] = [];
    await engine.work(async (one) => void seen.push(one), drain);
    expect(seen).toEqual([job]);
  });

  for (const [kind, tries] of Object.entries(deliveries) as [Failure, number][]) {
    opened(`a job that is always ${kind} is delivered ${tries} times; the others finish`, async (engine) => {
      await engine.submit([numbered(0), numbered(1)]);
      const tokens: string[] = [];
      let finished = 0;
      await engine.work(async ({ parameters }, { token }) => {
        if (parameters.number === 1) {
          finished += 1;
          return;
        }
        tokens.push(token);
        throw new JobError("no", kind);
      }, drain);
      expect([tokens.length, new Set(tokens).size, finished]).toEqual([tries, tries, 1]);
      expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 1 });
    });
  }

  opened("a job that was given up, or is done, is delivered again when it is submitted again", async (engine) => {
    const jobs = [numbered(0), numbered(1)];
    let succeeds = false;
    const seen: unknown[] = [];
    for (const round of [1, 2]) {
      await engine.submit(jobs);
      await engine.work(async ({ parameters }) => {
        seen.push([round, parameters.number]);
        if (parameters.number === 1 && !succeeds) throw new JobError("no", "final");
      }, drain);
      succeeds = true;
    }
    expect(seen.sort()).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ]);
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });

  opened("ends what runs when it is stopped, and keeps what waits", async (engine) => {
    const stop = new AbortController();
    await engine.submit([0, 1, 2].map(numbered));
    const seen: boolean[] = [];
    await engine.work(
      async (_, { signal }) => {
        setTimeout(() => stop.abort(), 50);
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        seen.push(signal.aborted);
        throw new Error("stopped");
      },
      { signal: stop.signal, drain: true, workers: 2 },
    );
    expect(seen).toEqual([true, true]);
    const { waiting, running, failed } = await engine.counts();
    expect([waiting >= 1, running, failed]).toEqual([true, 0, 0]);
  });

  opened("without drain it waits for more", async (engine) => {
    const stop = new AbortController();
    const done: unknown[] = [];
    let arrived = (): void => {};
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const handle = async ({ parameters }: Job): Promise<void> => {
      done.push(parameters.number);
      arrived();
    };
    const working = engine.work(handle, { signal: stop.signal, drain: false, workers: 1 });
    await pause(50);
    await engine.submit([numbered(7)]);
    await first;
    await pause(50);
    stop.abort();
    await working;
    expect(done).toEqual([7]);
  });

  opened("takes back what waits; what runs goes on", async (engine) => {
    await engine.submit([0, 1, 2].map(numbered));
    const done: string[] = [];
    await engine.work(
      async ({ id }) => {
        await engine.cancel();
        done.push(id);
      },
      { ...drain, workers: 1 },
    );
    expect(done.length).toBe(1);
    expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
  });
}

const spec = { kind: "test", parameters: {}, inputs: {}, pins: {}, version: "1" };
const numbered = (number: number): Job => jobOf({ ...spec, parameters: { number } });
const drain = { signal: new AbortController().signal, drain: true, workers: 2 };
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
