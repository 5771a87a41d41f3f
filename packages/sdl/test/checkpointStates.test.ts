import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdamState } from "@monosema/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Model, sae, type TrainingState } from "../src/index.js";
import { loadCheckpoint, loadTrainingState, saveTrainingState } from "../src/node.js";
import { exampleModel } from "./checkpointExamples.js";
import { failingFs } from "./checkpointFailingFs.js";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "monosema-states-"));
});
afterEach(() => rm(root, { recursive: true }));

const spec = sae({ nP: 6, nQ: 13, activation: { kind: "batchtopk", k: 2.5 } });
const model = exampleModel(spec);
const folderOf = (step: number): string => join(root, "states", `step-${String(step).padStart(9, "0")}`);

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** A state with values that JSON or float32 would lose. */
function stateAt(step: number, Numbers: typeof Float32Array | typeof Float64Array = Float64Array): TrainingState {
  const adam = (size: number): AdamState => ({
    value: Numbers.from(range(size).map((i) => (i + step) / 3)),
    first: Numbers.from(range(size).map((i) => (i === 0 ? Number.NaN : -i / 7))),
    second: Numbers.from(range(size).map((i) => (i === 0 ? -0 : 2 ** -149 * i))),
  });
  return {
    step,
    spec,
    backend: "reference",
    options: { seed: 3, schedule: { warmupSteps: 10 } },
    parameters: new Map([
      ["encoder", adam(78)],
      ["decoder", adam(78)],
    ]),
    samplesSince: Numbers.from(range(13).map((i) => i * 2 ** 24)),
    threshold: 0.1 + 0.2,
  };
}

describe("training states", () => {
  it.each([Float32Array, Float64Array])("come back bit for bit, %o", async (Numbers) => {
    const state = stateAt(123, Numbers);
    await saveTrainingState(root, state, model, { extra: { data: "activations.npy" } });
    const loaded = await loadTrainingState(root);
    expect(loaded).toEqual({ state, extra: { data: "activations.npy" }, folder: folderOf(123), warnings: [] });
    expect(Object.is(loaded?.state.parameters.get("encoder")?.second[0], -0)).toBe(true);
    expect((await loadCheckpoint(folderOf(123))).model).toEqual(model);
    expect((await readdir(folderOf(123))).sort()).toEqual([
      "cfg.json",
      "sae_weights.safetensors",
      "training_state.json",
      "training_state.safetensors",
    ]);
  });

  it("are none in a new folder", async () => {
    expect(await loadTrainingState(root)).toBeUndefined();
    expect(await loadTrainingState(join(root, "absent"))).toBeUndefined();
  });

  it("keep the newest only, and take leftovers of killed writers away with the older ones", async () => {
    await saveTrainingState(root, stateAt(50), model);
    await mkdir(`${folderOf(100)}.0a1b.tmp`);
    await saveTrainingState(root, stateAt(100), model);
    expect(await readdir(join(root, "states"))).toEqual(["step-000000100"]);
  });

  it("before the first BatchTopK threshold hold no checkpoint, which would be a plain ReLU", async () => {
    const { threshold: _, ...unset } = model;
    await saveTrainingState(root, { ...stateAt(1), threshold: 0 }, unset as Model);
    expect((await readdir(folderOf(1))).sort()).toEqual(["training_state.json", "training_state.safetensors"]);
    expect((await loadTrainingState(root))?.state.threshold).toBe(0);
  });
});

describe("a writer killed at any moment", () => {
  it("leaves the older state usable: leftovers are passed over and nothing is removed", async () => {
    await saveTrainingState(root, stateAt(50), model);
    const partial = `${folderOf(100)}.0a1b.tmp`;
    await mkdir(partial);
    await writeFile(join(partial, "training_state.json"), "{");
    expect((await loadTrainingState(root))?.state.step).toBe(50);
    expect(await readdir(join(root, "states"))).toHaveLength(2);
  });

  it.each(["training_state.json", "training_state.safetensors"])(
    "and a cut %s: the older state, with a warning",
    async (name) => {
      await saveTrainingState(root, stateAt(50), model);
      await cp(folderOf(50), folderOf(100), { recursive: true });
      await truncate(join(folderOf(100), name), 60);
      const loaded = await loadTrainingState(root);
      expect(loaded?.state.step).toBe(50);
      expect(loaded?.warnings).toEqual([expect.stringContaining(join(folderOf(100), name))]);
    },
  );

  it("while replacing a state of the same step: the replaced one is found", async () => {
    await saveTrainingState(root, stateAt(50), model);
    await rename(folderOf(50), `${folderOf(50)}.monosema-old`);
    expect((await loadTrainingState(root))?.state).toEqual(stateAt(50));
  });

  it("with no state that can be read: an error, not a fresh start", async () => {
    await saveTrainingState(root, stateAt(50), model);
    await rm(join(folderOf(50), "training_state.safetensors"));
    await expect(loadTrainingState(root)).rejects.toMatchObject({ code: "missing-file" });
    const file = join(folderOf(50), "training_state.json");
    const { spec: _, ...rest } = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(rest));
    await expect(loadTrainingState(root)).rejects.toMatchObject({ code: "missing-file" });
  });

  it("or stopped by a full disk at any call: a clear error, and the old state or the new one loads", async () => {
    const counting = failingFs(Number.POSITIVE_INFINITY);
    await saveTrainingState(root, stateAt(50), model, { fs: counting });
    for (let failing = 0; failing < counting.calls(); failing++) {
      await expect(saveTrainingState(root, stateAt(100), model, { fs: failingFs(failing) })).rejects.toThrow(
        /step-000000100 must be writable, got "ENOSPC/,
      );
      expect((await loadTrainingState(root))?.state).toEqual(stateAt(50));
      expect(await readdir(join(root, "states"))).toEqual(["step-000000050"]);
    }
  });
});
