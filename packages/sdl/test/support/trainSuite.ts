import type { Backend } from "@monosema/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type BatchSource,
  crosscoder,
  crosslayer,
  fit,
  type SdlSpec,
  sae,
  type TrainingState,
  type TrainOptions,
  train,
  transcoder,
} from "../../src/index.js";
import { toySource } from "./toyDictionary.js";

interface Setting {
  readonly spec: SdlSpec;
  readonly options?: Partial<TrainOptions>;
  readonly nR?: number;
}

const nP = 6;
const dims = { nP, nQ: 16 };
const aux = { auxK: { k: 3 } } as const;

/** Every activation, with what keeps state beside the weights: thresholds, counters, moments, schedules, resampling. */
export const settings: Readonly<Record<string, Setting>> = {
  "relu, unit decoder, ramped l1": {
    spec: sae({ ...dims, activation: { kind: "relu" }, unitNormDecoder: true, terms: { l1: { coefficient: 0.1 } } }),
    options: { schedule: { warmup: 5, cosine: true, sparsityRamp: 0.3 } },
  },
  "jumprelu, biases": {
    spec: sae({
      ...dims,
      activation: { kind: "jumprelu", theta: 0.2, bandwidth: 0.4 },
      biases: true,
      terms: { l0: { coefficient: 0.1 } },
    }),
    options: { init: { kind: "tied", scale: 0.5, decoderBias: "median" } },
  },
  "topk, auxK, decay of the rate": {
    spec: sae({ ...dims, activation: { kind: "topk", k: 3 }, biases: true, terms: aux }),
    options: { deadWindow: 64, schedule: { decay: 0.5 }, optimizer: { lr: 0.01, clip: 0.5 } },
  },
  "topk, resampling": {
    spec: sae({
      ...dims,
      activation: { kind: "topk", k: 2 },
      biases: { encoder: true, decoder: false, subtractDecoderBias: false },
    }),
    options: { deadWindow: 32, resampling: { every: 12, samples: 40 } },
  },
  "signed topk, tied, weight decay": {
    spec: sae({ ...dims, activation: { kind: "topk", k: 3, signed: true }, tied: true, terms: { weightDecay: 0.001 } }),
  },
  "batchtopk, annealed, auxK": {
    spec: crosscoder({ nQ: 16, sources: [2, 4], activation: { kind: "batchtopk", k: 2.5 }, terms: aux }),
    options: { deadWindow: 64, schedule: { kAnneal: { from: 8, over: 0.6 } } },
  },
  "multiK topk": {
    spec: sae({
      ...dims,
      activation: { kind: "topk", k: 4 },
      terms: { matryoshka: { kind: "multiK", ks: [1, 2, 4] } },
    }),
    options: { scale: { input: 2, target: 2 } },
  },
  "prefix batchtopk skip transcoder": {
    spec: transcoder({
      ...dims,
      nR: 4,
      skip: true,
      biases: true,
      activation: { kind: "batchtopk", k: 2 },
      terms: { matryoshka: { kind: "prefix", widths: [4, 16] } },
    }),
    nR: 4,
  },
  "groupmax, auxK": {
    spec: sae({ ...dims, activation: { kind: "groupmax", k: 4 }, biases: true, terms: aux }),
    options: { deadWindow: 64 },
  },
  "cross-layer topk, auxK, resampling": {
    spec: crosslayer({
      sources: [2, 4],
      targets: [3, 1],
      nQ: 16,
      activation: { kind: "topk", k: 3 },
      biases: true,
      terms: aux,
    }),
    options: { deadWindow: 32, resampling: { every: 12, samples: 40 } },
    nR: 4,
  },
  gated: {
    spec: sae({ ...dims, activation: { kind: "gated" }, biases: true, terms: { l1: { coefficient: 0.05 } } }),
  },
};

const steps = 100;
const sourceOf = ({ nR }: Setting): BatchSource =>
  toySource({ nP, batchSize: 16, ...(nR === undefined ? {} : { nR }) });

/** Settings for slower backends: those with most state. */
export const stateful: readonly string[] = [
  "jumprelu, biases",
  "topk, auxK, decay of the rate",
  "topk, resampling",
  "batchtopk, annealed, auxK",
];

/** What `train` promises on any backend: no leaks, no reads between reports, the same bits again and when resumed. */
export function trainSuite(open: () => Promise<Backend>, names: readonly string[] = Object.keys(settings)): void {
  describe("train", { timeout: 30_000 }, () => {
    let backend: Backend;
    let live = 0;
    beforeAll(async () => {
      backend = await open();
    });
    beforeEach(() => {
      live = backend.liveTensors();
    });
    afterAll(() => backend.close());

    describe.each(names)("%s", (name) => {
      const setting = settings[name] as Setting;
      const { spec, options = {} } = setting;
      const source = sourceOf(setting);
      const run = (own: Partial<TrainOptions>) => fit(backend, spec, source, { steps, ...options, ...own });

      it("50 and 50 steps are 100 steps, bit for bit", async () => {
        const states: TrainingState[] = [];
        const save = async (state: TrainingState): Promise<void> => {
          states.push(structuredClone(state));
        };
        const whole = await run({ checkpoint: { every: 50, save } });
        const [half, end] = states as [TrainingState, TrainingState];
        expect([half.step, end.step]).toEqual([50, 100]);
        const resumed: TrainingState[] = [];
        const rest = await run({
          resume: half,
          reportEvery: 7,
          checkpoint: { every: 1000, save: async (state) => void resumed.push(state) },
        });
        expect(resumed).toEqual([end]);
        expect(rest.model).toEqual(whole.model);
        expect(half.parameters).not.toEqual(end.parameters);
        expect(backend.liveTensors()).toBe(live);
      });

      it("the same seed gives the same bits, another seed others", async () => {
        const first = await run({ steps: 10, seed: 1 });
        expect((await run({ steps: 10, seed: 1 })).model).toEqual(first.model);
        expect((await run({ steps: 10, seed: 2 })).model.weights.encoder).not.toEqual(first.model.weights.encoder);
      });

      it("200 steps leave nothing on the backend", async () => {
        await run({ steps: 200 });
        expect(backend.liveTensors()).toBe(live);
      });

      it("reads nothing between reports", async () => {
        let now = 0;
        const reads: number[] = [];
        const counted =
          <T>(read: (item: T) => Promise<unknown>) =>
          (item: T) => {
            reads.push(now);
            return read(item);
          };
        const spied = {
          ...backend,
          read: counted(backend.read),
          readEntries: counted(backend.readEntries),
          readState: counted(backend.readState),
        } as Backend;
        const { resampling: _resampling, ...unsampled } = options;
        const observed: BatchSource = {
          ...source,
          batch: (step) => {
            now = step;
            return source.batch(step);
          },
        };
        await fit(spied, spec, observed, { steps: 20, ...unsampled, reportEvery: 10 });
        expect([...new Set(reads)]).toEqual([10, 20]);
      });
    });

    it("frees everything when the reader stops, when the signal stops it, and when a batch fails", async () => {
      const setting = settings["batchtopk, annealed, auxK"] as Setting;
      const { spec, options = {} } = setting;
      const source = sourceOf(setting);
      for await (const { step } of train(backend, spec, source, { steps, ...options, reportEvery: 5 })) {
        if (step === 10) break;
      }
      expect(backend.liveTensors()).toBe(live);
      const signal = AbortSignal.abort(new Error("stop"));
      await expect(fit(backend, spec, source, { steps, ...options, signal })).rejects.toThrow("stop");
      expect(backend.liveTensors()).toBe(live);
      const failing: BatchSource = {
        ...source,
        batch: (step) => {
          if (step > 7) throw new Error("no more data");
          return source.batch(step);
        },
      };
      await expect(fit(backend, spec, failing, { steps, ...options })).rejects.toThrow("no more data");
      expect(backend.liveTensors()).toBe(live);
    });
  });
}
