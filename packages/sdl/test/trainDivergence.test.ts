import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type BatchSource, DivergenceError, type ExtraTerm, fit, sae, train } from "../src/index.js";
import { toySource } from "./support/toyDictionary.js";

const backend = referenceBackend();
const spec = sae({ nP: 6, nQ: 16, activation: { kind: "relu" } });
const source = toySource({ nP: 6, batchSize: 16 });

/** A term that breaks at one step: in its value, or in the encoder's gradient. */
const breaking = (at: number, part: "value" | "gradient"): ExtraTerm => ({
  name: "broken",
  options: {},
  open: () => ({
    name: "broken",
    contribute: ({ backend: b, step }) => ({
      value: () => b.tensor([step === at && part === "value" ? Number.NaN : 0], []),
      encoder: { scale: step === at && part === "gradient" ? Number.NaN : 0 },
    }),
  }),
});

describe("divergence", () => {
  it("names the term whose value is not finite and the steps since the last good report", async () => {
    const error = await failure(
      fit(backend, spec, source, { steps: 20, reportEvery: 5, terms: [breaking(10, "value")] }),
    );
    expect(error).toMatchObject({ name: "DivergenceError", term: "broken", fromStep: 5, step: 10 });
    expect(error.message).toBe(
      "train: broken became NaN between step 6 and 10; lower the learning rate, clip gradients, or check the data",
    );
  });

  it("names the gradient where that breaks first", async () => {
    const error = await failure(
      fit(backend, spec, source, { steps: 20, reportEvery: 5, terms: [breaking(10, "gradient")] }),
    );
    expect(error).toMatchObject({ term: "gradient", fromStep: 5, step: 10 });
  });

  it.each(["sum", "mean"] as const)(
    "stops when the reconstruction exceeds 100 times the mean squared target (%s)",
    async (reduction) => {
      // Reconstruction w^2 x of x: the loss is (w^2 - 1)^2 |x|^2, so w^2 = 10.9 stays below 100 times and w^2 = 11.1 exceeds it.
      const one: BatchSource = { batchSize: 2, batch: () => ({ size: 2, input: Float32Array.of(1, 2, 2, 1) }) };
      const run = (square: number) => {
        const root = Math.sqrt(square);
        const weights = { encoder: Float32Array.of(root, 0, 0, root), decoder: Float32Array.of(root, 0, 0, root) };
        const own = sae({ nP: 2, nQ: 2, activation: { kind: "relu" }, reduction });
        return fit(backend, own, one, { steps: 1, weights });
      };
      expect((await run(10.9)).reports.length).toBe(1);
      const error = await failure(run(11.1));
      expect(error).toMatchObject({ term: "reconstruction", fromStep: 0, step: 1 });
      expect(error.message).toMatch(
        /^train: the reconstruction loss .* exceeded 100 times the mean squared target .* between step 1 and 1; lower/,
      );
    },
  );

  it("never saves a state that is not finite: what was saved before stays", async () => {
    const saved: number[] = [];
    const error = await failure(
      fit(backend, spec, source, {
        steps: 20,
        reportEvery: 20,
        terms: [breaking(8, "gradient")],
        checkpoint: { every: 4, save: async ({ step }) => void saved.push(step) },
      }),
    );
    expect(error).toMatchObject({ term: "encoder", fromStep: 0, step: 8 });
    expect(error.message).toBe(
      "train: parameter encoder is not finite between step 1 and 8; lower the learning rate, clip gradients, or check the data",
    );
    expect(saved).toEqual([4]);
  });
});

describe("saving by time", () => {
  it("saves once the seconds have passed, whatever the steps, and changes no bit", async () => {
    const saved: number[] = [];
    const slow: BatchSource = {
      batchSize: source.batchSize,
      batch: async (step) => {
        if (step % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 30));
        return source.batch(step);
      },
    };
    const checkpoint = {
      every: 1000,
      seconds: 0.02,
      save: async ({ step }: { step: number }) => void saved.push(step),
    };
    const { model } = await fit(backend, spec, slow, { steps: 40, checkpoint });
    expect(saved.length).toBeGreaterThan(2);
    expect(saved.at(-1)).toBe(40);
    expect(model).toEqual((await fit(backend, spec, source, { steps: 40 })).model);
    const none = { ...checkpoint, seconds: 0 };
    await expect(fit(backend, spec, source, { steps: 4, checkpoint: none })).rejects.toThrow(
      "train: checkpoint.seconds must be above 0, got 0",
    );
  });
});

it("BatchTopK that selects no pair in a batch is refused", async () => {
  const few = sae({ nP: 6, nQ: 16, activation: { kind: "batchtopk", k: 0.01 } });
  await expect(fit(backend, few, source, { steps: 4 })).rejects.toThrow(
    "must select at least one pair, got 0.01 times 16",
  );
});

describe("abort", () => {
  it("stops after the running step, saves the state, then throws the signal's reason", async () => {
    const controller = new AbortController();
    const saved: number[] = [];
    const seen: number[] = [];
    const reason = new Error("enough");
    const run = async (): Promise<void> => {
      const options = { steps: 50, reportEvery: 1, signal: controller.signal };
      const checkpoint = { every: 1000, save: async ({ step }: { step: number }) => void saved.push(step) };
      for await (const { step } of train(backend, spec, source, { ...options, checkpoint })) {
        seen.push(step);
        if (step === 7) controller.abort(reason);
      }
    };
    expect(await failure(run())).toBe(reason);
    expect(saved).toEqual([8]);
    expect(seen.at(-1)).toBe(8);
  });

  it("throws the reason also without a checkpoint", async () => {
    await expect(fit(backend, spec, source, { steps: 50, signal: AbortSignal.abort("why") })).rejects.toBe("why");
  });

  it("of the last step changes nothing", async () => {
    const { model } = await fit(backend, spec, source, { steps: 1, signal: AbortSignal.abort("too late") });
    expect(model).toEqual((await fit(backend, spec, source, { steps: 1 })).model);
  });
});

it("DivergenceError carries its fields", () => {
  expect(new DivergenceError("l1", 3, 9, "text")).toMatchObject({ term: "l1", fromStep: 3, step: 9, message: "text" });
});

async function failure(run: Promise<unknown>): Promise<Error> {
  try {
    await run;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
