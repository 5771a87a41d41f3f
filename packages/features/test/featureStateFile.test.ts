import { bytesSource, random, referenceBackend, writeSafetensors } from "@monosema/tensor";
import { expect, it } from "vitest";
import { collectFeatures, type FeatureState, featureStateFile, readFeatureState } from "../src/index.js";
import { compressed, drawnCodes, drawnModel, originFrom } from "./support/planted.js";

const rows = 60;
const latents = 5;

async function state(): Promise<FeatureState> {
  const stream = random(3, "state");
  const dense = drawnCodes(3, rows, latents).map((value) => value * 2 ** (stream.integer(40) - 20));
  const batch = { size: rows, codes: compressed(dense, latents, 0, rows) };
  return await collectFeatures(referenceBackend(), drawnModel(0, 4, latents), [batch], {
    origin: originFrom({ documents: Array.from({ length: rows }, (_, row) => row >> 2) }),
    ...{ strongest: 3, firings: 4, watch: [1, 3], entries: 50 },
  });
}

it("gives back the state that was written, bit by bit", async () => {
  const before = await state();
  expect(before.sample.limit).toBeLessThan(2 ** 32);
  expect(await readFeatureState(bytesSource(featureStateFile(before)))).toEqual(before);
});

it("refuses a file of something else, and arrays that do not fit", async () => {
  const other = writeSafetensors([["a", { dtype: "F32", shape: [1], data: Float32Array.of(1) }]]);
  await expect(readFeatureState(bytesSource(other))).rejects.toThrow("the facts of a state as JSON; collect");
  const before = await state();
  const shorter = featureStateFile({ ...before, strongest: { ...before.strongest, sizes: new Int32Array(4) } });
  await expect(readFeatureState(bytesSource(shorter))).rejects.toThrow("strongest.sizes must be I32 [5], got I32 [4]");
});
