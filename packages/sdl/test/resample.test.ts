import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import {
  type BatchSource,
  crosslayer,
  disposeParameters,
  type ExtraTerm,
  fit,
  openParameters,
  type Resampling,
  type SdlSpec,
  sae,
  type TrainingState,
  type TrainOptions,
  transcoder,
  transcodes,
} from "../src/index.js";
import { resample } from "../src/training/resample.js";
import { toySource } from "./support/toyDictionary.js";

const backend = referenceBackend();
const nP = 6;
const nQ = 8;
const dead = [3, 6];
const source = toySource({ nP, batchSize: 16 });
const jumprelu: SdlSpec = sae({ nP, nQ, biases: true, activation: { kind: "jumprelu", theta: 0.3, bandwidth: 0.1 } });

interface Replaced {
  /** States after step 4 with and without resampling. */
  readonly before: TrainingState;
  readonly after: TrainingState;
}

/** Runs 4 steps with latents 3 and 6 silent; resampled after step 4 or not. */
async function replaced(
  spec: SdlSpec,
  resampling: Partial<Resampling> = {},
  options: Partial<TrainOptions> = {},
): Promise<Replaced> {
  const from = transcodes(spec) ? toySource({ nP, nR: spec.nR, batchSize: 16 }) : source;
  const silence: ExtraTerm = {
    name: "silence",
    options: {},
    initialise: ({ encoder, encoderBias, theta }) => {
      for (const i of dead) {
        if (theta) theta[i] = 5;
        if (encoderBias) encoderBias[i] = -50;
        else encoder.fill(0, i * nP, (i + 1) * nP);
      }
    },
    open: () => ({ name: "silence", contribute: ({ backend: b }) => ({ value: () => b.tensor([0], []) }) }),
  };
  const run = async (own: Partial<TrainOptions>): Promise<TrainingState> => {
    let found: TrainingState | undefined;
    const save = async (state: TrainingState): Promise<void> => {
      if (state.step === 4) found = state;
    };
    const all = {
      steps: 5,
      deadWindow: 60,
      init: { kind: "unit" },
      terms: [silence, ...(options.terms ?? [])],
    } as const;
    await fit(backend, spec, from, { ...all, ...own, checkpoint: { every: 4, save } });
    return found as TrainingState;
  };
  return { before: await run({}), after: await run({ resampling: { every: 4, ...resampling } }) };
}

const rowOf = (
  state: TrainingState,
  name: string,
  i: number,
  part: "value" | "first" | "second" = "value",
): number[] => {
  const values = state.parameters.get(name)?.[part] as Float64Array;
  const width = values.length / nQ;
  return [...values.subarray(i * width, (i + 1) * width)];
};
const norm = (row: readonly number[]): number => Math.hypot(...row);
const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, d) => sum + v * (b[d] as number), 0) / (norm(a) * norm(b));

describe("resampling", () => {
  it("replaces the rows of dead latents, zeroes their moments and bias, and puts thresholds back; others stay", async () => {
    const { before, after } = await replaced(jumprelu);
    for (let i = 0; i < nQ; i++) {
      for (const name of ["encoder", "decoder", "encoderBias", "theta"]) {
        if (!dead.includes(i)) {
          for (const part of ["value", "first", "second"] as const)
            expect(rowOf(after, name, i, part)).toEqual(rowOf(before, name, i, part));
          continue;
        }
        expect(rowOf(after, name, i)).not.toEqual(rowOf(before, name, i));
        for (const part of ["first", "second"] as const)
          expect(rowOf(after, name, i, part).every((v) => v === 0)).toBe(true);
      }
    }
    for (const i of dead) {
      expect(rowOf(after, "encoderBias", i)).toEqual([0]);
      expect(rowOf(after, "theta", i)).toEqual([expect.closeTo(0.3, 6)]);
      expect(before.samplesSince[i]).toBe(64);
      expect(after.samplesSince[i]).toBe(0);
    }
    expect(after.parameters.get("decoderBias")).toEqual(before.parameters.get("decoderBias"));
  });

  it("changes the weights that the next step uses: the latents fire again", async () => {
    const options = { steps: 8, reportEvery: 8, deadWindow: 60, init: { kind: "unit" } } as const;
    const weights = (await fit(backend, jumprelu, source, { steps: 1, init: { kind: "unit" } })).model.weights;
    const encoderBias = (weights.encoderBias as Float32Array).map((v, i) => (dead.includes(i) ? -50 : v));
    const run = (own: Partial<TrainOptions>) =>
      fit(backend, jumprelu, source, { ...options, weights: { ...weights, encoderBias }, ...own });
    expect((await run({})).reports[0]?.deadFraction).toBe(2 / nQ);
    expect((await run({ resampling: { every: 4, until: 4 } })).reports[0]?.deadFraction).toBe(0);
  });

  it("median norms: new rows have the median norms of all rows; encoder and decoder point the same way in an SAE", async () => {
    const { before, after } = await replaced(jumprelu);
    const median = (name: string): number => {
      const sorted = Array.from({ length: nQ }, (_, i) => norm(rowOf(before, name, i))).sort((a, b) => a - b);
      return ((sorted[3] as number) + (sorted[4] as number)) / 2;
    };
    for (const i of dead) {
      expect(norm(rowOf(after, "encoder", i))).toBeCloseTo(median("encoder"), 6);
      expect(norm(rowOf(after, "decoder", i))).toBeCloseTo(median("decoder"), 6);
      expect(cosine(rowOf(after, "encoder", i), rowOf(after, "decoder", i))).toBeCloseTo(1, 6);
    }
  });

  it("published norms: 1 in the decoder, .2 times the mean encoder norm of live latents", async () => {
    const { before, after } = await replaced(jumprelu, { norms: "published", power: 2 });
    const live = Array.from({ length: nQ }, (_, i) => i).filter((i) => !dead.includes(i));
    const mean = live.reduce((sum, i) => sum + norm(rowOf(before, "encoder", i)), 0) / live.length;
    for (const i of dead) {
      expect(norm(rowOf(after, "decoder", i))).toBeCloseTo(1, 6);
      expect(norm(rowOf(after, "encoder", i))).toBeCloseTo(0.2 * mean, 6);
    }
  });

  it("keeps a unit-norm decoder at unit norm", async () => {
    const { after } = await replaced({ ...jumprelu, unitNormDecoder: true });
    for (const i of dead) expect(norm(rowOf(after, "decoder", i))).toBeCloseTo(1, 6);
  });

  it("direction input: rows point to a sample that was scored", async () => {
    const { after } = await replaced(jumprelu, { direction: "input", samples: 16 });
    const { input } = await source.batch(4);
    const samples = Array.from({ length: 16 }, (_, b) => [...input.subarray(b * nP, (b + 1) * nP)]).filter(
      (row) => norm(row) > 0,
    );
    for (const i of dead) {
      expect(Math.max(...samples.map((row) => cosine(rowOf(after, "decoder", i), row)))).toBeCloseTo(1, 6);
    }
  });

  it("in a transcoder the encoder takes the input and the decoder the residual of one sample", async () => {
    const spec = transcoder({ nP, nR: 4, nQ, activation: { kind: "relu" } });
    const { after } = await replaced(spec, { samples: 16 });
    const { input } = await toySource({ nP, nR: 4, batchSize: 16 }).batch(4);
    for (const i of dead) {
      const cosines = Array.from({ length: 16 }, (_, b) =>
        cosine(rowOf(after, "encoder", i), [...input.subarray(b * nP, (b + 1) * nP)]),
      );
      expect(Math.max(...cosines.filter(Number.isFinite))).toBeCloseTo(1, 6);
      expect(rowOf(after, "decoder", i).length).toBe(4);
      expect(norm(rowOf(after, "decoder", i))).toBeGreaterThan(0);
    }
  });

  it("in a cross-layer transcoder a latent takes what its layer reads and the layers from its own on miss", async () => {
    const layers = { sources: [2, 4], targets: [1, 3], latents: [5, 3], nQ };
    const spec = crosslayer({ ...layers, activation: { kind: "relu" } }); // latent 3 is of the first layer, 6 of the second
    const { after } = await replaced(spec, { samples: 16 });
    const { input } = await toySource({ nP, nR: 4, batchSize: 16 }).batch(4);
    const inside = (row: readonly number[], [from, to]: readonly [number, number]) =>
      row.map((v, d) => (d >= from && d < to ? v : 0));
    const columns = { 3: { reads: [0, 2], writes: [0, 4] }, 6: { reads: [2, 6], writes: [1, 4] } } as const;
    for (const i of dead) {
      const { reads, writes } = columns[i as 3 | 6];
      const [encoder, decoder] = [rowOf(after, "encoder", i), rowOf(after, "decoder", i)];
      const cosines = Array.from({ length: 16 }, (_, b) =>
        cosine(encoder, inside([...input.subarray(b * nP, (b + 1) * nP)], reads)),
      );
      expect(Math.max(...cosines.filter(Number.isFinite))).toBeCloseTo(1, 6);
      expect(encoder).toEqual(inside(encoder, reads));
      expect(decoder).toEqual(inside(decoder, writes));
      expect(norm(decoder)).toBeGreaterThan(0);
    }
  });

  it("never touches anchored latents", async () => {
    const anchored: ExtraTerm = {
      name: "anchored",
      options: {},
      anchored: 4,
      open: () => ({ name: "anchored", contribute: ({ backend: b }) => ({ value: () => b.tensor([0], []) }) }),
    };
    const { before, after } = await replaced(jumprelu, {}, { terms: [anchored] });
    expect(rowOf(after, "encoder", 3)).toEqual(rowOf(before, "encoder", 3));
    expect(rowOf(after, "encoder", 6)).not.toEqual(rowOf(before, "encoder", 6));
  });

  it("draws samples by their error: the one bad sample among perfect ones is always taken", async () => {
    // Latent 0 reproduces the first axis exactly; only sample 5 lies on the second.
    const input = Float32Array.from({ length: 32 }, (_, j) => (j === 10 ? 0 : j === 11 ? 2 : j % 2 === 0 ? 1 : 0));
    const fixed: BatchSource = { batchSize: 16, batch: () => ({ size: 16, input }) };
    const spec = sae({ nP: 2, nQ: 3, activation: { kind: "relu" } });
    const weights = { encoder: Float32Array.of(1, 0, -1, -1, -1, -1), decoder: Float32Array.of(1, 0, 1, 1, 1, 1) };
    const states: TrainingState[] = [];
    for (const seed of [0, 1, 2]) {
      await fit(backend, spec, fixed, {
        steps: 3,
        seed,
        weights,
        optimizer: { lr: 1e-30 },
        deadWindow: 20,
        resampling: { every: 2, samples: 16 },
        checkpoint: { every: 2, save: async (state) => void (state.step === 2 && states.push(state)) },
      });
    }
    expect(states.length).toBe(3);
    for (const { parameters, samplesSince } of states) {
      const encoder = parameters.get("encoder")?.value as Float64Array;
      expect(encoder[2]).toBeCloseTo(0, 6);
      expect(encoder[3]).toBeCloseTo(Math.SQRT2, 6); // the median norm of 1, sqrt 2, sqrt 2
      // One sample has an error: one of the two dead latents is replaced, the other one stays dead.
      expect([...encoder.subarray(4)]).toEqual([-1, -1]);
      expect([...samplesSince]).toEqual([0, 0, 32]);
    }
  });
});

describe("drawing a sample", () => {
  // Ten samples with residual 1 on the first axis, ten with residual 2 on the second: squared errors 1 and 4.
  const residual = Float32Array.from({ length: 40 }, (_, j) => (j < 20 ? (j % 2 === 0 ? 1 : 0) : j % 2 === 1 ? 2 : 0));
  const scored = [{ batch: { size: 20, input: residual }, residual }];
  const spec = sae({ nP: 2, nQ: 2, activation: { kind: "relu" } });

  it.each([
    [0, 0.5],
    [1, 0.8],
    [2, 16 / 17],
  ])("has probability proportional to the squared error to the power %d", async (power, expected) => {
    const draws = 800;
    let second = 0;
    for (let seed = 0; seed < draws; seed++) {
      const ones = { value: Float64Array.of(1, 0, 1, 0) };
      const parameters = openParameters(
        backend,
        spec,
        new Map([
          ["encoder", ones],
          ["decoder", ones],
        ]),
      );
      await resample(backend, spec, parameters, Int32Array.of(1), scored, { every: 1, power }, { seed, step: 1 });
      const row = (await backend.read(parameters.decoder.value)).subarray(2);
      if (row[1] === 1) second++;
      disposeParameters(backend, spec, parameters);
    }
    // Four standard errors of a proportion.
    expect(Math.abs(second / draws - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / draws));
  });
});

it("leaves nothing on the backend", () => expect(backend.liveTensors()).toBe(0));
