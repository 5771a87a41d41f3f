import { openSimd } from "@monosema/simd";
import { type Backend, random, referenceBackend } from "@monosema/tensor";
import { tfjsCpu } from "@monosema/tensor/tfjs-cpu";
import { describe, expect, it } from "vitest";
import {
  type BatchSource,
  crosslayer,
  evaluateModel,
  fit,
  initialWeights,
  normalisation,
  openModel,
  type SdlSpec,
  type TrainOptions,
  transcoder,
  type VariantOptions,
} from "../src/index.js";
import { isZeroOutside, supportOf } from "../src/layers.js";
import { exampleModel, samples } from "./checkpointExamples.js";
import { layered, trainLayered } from "./support/layeredClt.js";

const widths = { sources: [3, 2, 4], targets: [2, 4, 3], latents: [4, 5, 3], nQ: 12 };
const build = (options: Omit<VariantOptions, "nQ">): SdlSpec => crosslayer({ ...widths, ...options });

const backends: Readonly<Record<string, () => Promise<Backend>>> = {
  reference: async () => referenceBackend(),
  simd: () => openSimd({ threads: 2 }),
  "tfjs-cpu": () => tfjsCpu.open({}),
};

const settings: Readonly<Record<string, { readonly spec: SdlSpec; readonly clip?: number }>> = {
  "relu, biases, l1 by the norm over all targets": {
    spec: build({
      activation: { kind: "relu" },
      biases: true,
      terms: { l1: { coefficient: 0.2, weighting: "decoderNorm" } },
    }),
  },
  "topk over all layers": { spec: build({ activation: { kind: "topk", k: 3 }, biases: true }) },
  "batchtopk, weight decay": {
    spec: build({ activation: { kind: "batchtopk", k: 2.5 }, terms: { weightDecay: 0.01 } }),
  },
  "topk, unit decoder rows, clipping": {
    spec: build({ activation: { kind: "topk", k: 4 }, unitNormDecoder: true }),
    clip: 0.5,
  },
};

/** Normal inputs and targets of another stream. */
function normals({ nP, nR }: SdlSpec, size: number): BatchSource {
  const numbers = (name: string, step: number, width: number): Float32Array => {
    const stream = random(step, name);
    return Float32Array.from({ length: size * width }, () => stream.normal());
  };
  return {
    batchSize: size,
    batch: (step) => ({ size, input: numbers("input", step, nP), target: numbers("target", step, nR) }),
  };
}

const flat = (value: unknown): number[] => [value].flat(9) as number[];

describe.each(Object.entries(backends))("five steps of Adam on %s", (_, open) => {
  it.each(Object.entries(settings))("%s: as reverse-mode differentiation layer by layer", async (_, { spec, clip }) => {
    const source = normals(spec, 6);
    const optimizer = { lr: 0.01, ...(clip === undefined ? {} : { clip }) };
    const first = await source.batch(1);
    const weights = initialWeights(spec, 3, {}, first);
    const backend = await open();
    const { model } = await fit(backend, spec, source, { steps: 5, optimizer, weights });
    await backend.close();

    const batches = [];
    for (let t = 1; t <= 5; t++)
      batches.push((await source.batch(t)) as Required<Awaited<ReturnType<typeof source.batch>>>);
    const layers = spec.layers as NonNullable<SdlSpec["layers"]>;
    const wanted = trainLayered(
      spec,
      layered(layers, weights),
      batches as Parameters<typeof trainLayered>[2],
      optimizer,
    );
    const found = layered(layers, model.weights);
    expect(Object.keys(found)).toEqual(Object.keys(wanted));
    for (const [name, values] of Object.entries(wanted)) {
      const [got, want] = [flat(found[name as keyof typeof found]), flat(values)];
      const worst = Math.max(...want.map((value, i) => Math.abs(value - (got[i] as number))));
      expect(worst, name).toBeLessThan(1e-5); // float32 weights near 1, five steps of .01
    }
    expect(flat(wanted.decoders)).not.toEqual(flat(layered(layers, weights).decoders));
    for (const name of ["encoder", "decoder"] as const) {
      const width = name === "encoder" ? spec.nP : spec.nR;
      expect(isZeroOutside(model.weights[name], width, supportOf(spec, name)), name).toBe(true);
    }
  });
});

describe("a cross-layer transcoder of one layer", () => {
  const options = { nQ: 16, activation: { kind: "topk", k: 3 }, biases: true, terms: { auxK: { k: 2 } } } as const;
  const [one, plain] = [
    crosslayer({ sources: [6], targets: [4], ...options }),
    transcoder({ nP: 6, nR: 4, ...options }),
  ];
  const source = normals(plain, 16);

  it.each<[string, Partial<TrainOptions>]>([
    ["kaiming", {}],
    ["xavier", { init: { kind: "xavier", decoderBias: "mean" } }],
    ["unit rows", { init: { kind: "unit" } }],
    ["tied", { init: { kind: "tied", scale: 0.5 } }],
    ["data, resampling", { init: { kind: "data" }, deadWindow: 16, resampling: { every: 5 } }],
  ])("%s: the same bits as a transcoder", async (_, own) => {
    for (const name of ["reference", "simd"] as const) {
      const backend = await (backends[name] as () => Promise<Backend>)();
      const [a, b] = [
        await fit(backend, one, source, { steps: 20, ...own }),
        await fit(backend, plain, source, { steps: 20, ...own }),
      ];
      await backend.close();
      expect(a.model.weights).toEqual(b.model.weights);
    }
  });

  it("has the normalisation of a transcoder", async () => {
    const { input, target } = await source.batch(1);
    const [a, b] = [one, plain].map((spec) => normalisation("rms", spec, input, target));
    expect(a?.scale.input).toEqual(new Float64Array(6).fill(b?.scale.input as number));
    expect(a?.scale.target).toEqual(new Float64Array(4).fill(b?.scale.target as number));
    expect([a?.mean, a?.inputMean]).toEqual([b?.mean, b?.inputMean]);
  });
});

describe("a cross-layer transcoder", () => {
  const spec = build({ activation: { kind: "jumprelu", theta: 0.1, bandwidth: 0.2 }, biases: true });

  it("writes nothing to targets of earlier layers, whatever a source holds", async () => {
    const model = exampleModel(spec);
    const loaded = openModel(referenceBackend(), model);
    const input = samples(8, spec.nP);
    const other = input.map((value, i) => (i % spec.nP >= 5 ? value + 3 : value)); // the source of the last layer
    const [before, after] = [await loaded.run(input, 8), await loaded.run(other, 8)];
    const changed = new Set<number>();
    before.reconstruction.forEach((value, i) => {
      if (value !== after.reconstruction[i]) changed.add(i % spec.nR);
    });
    expect([...changed].sort()).toEqual([6, 7, 8]); // the target of the last layer
  });

  it("learns features of early layers that appear in later targets", async () => {
    const small = crosslayer({ sources: [8, 8], nQ: 48, activation: { kind: "topk", k: 4 }, biases: true });
    const source = carried(small.nP);
    const { model } = await fit(referenceBackend(), small, source, { steps: 400, seed: 1 });
    const { fvu, layerFvu } = await evaluateModel(referenceBackend(), model, [await source.batch(1000)]);
    // The second target holds what the first source alone knows: without decoders to later layers nothing could explain it.
    expect(fvu).toBeLessThan(0.15);
    expect(layerFvu?.[1]).toBeLessThan(0.15);
  });

  it("is trained in the units of each layer: a layer 1,000 times larger changes nothing", async () => {
    const plain = normals(spec, 32);
    const factor = (i: number, width: number, from: number): number => (i % width >= from ? 1024 : 1);
    const enlarged = (rows: Float32Array, width: number, from: number) =>
      rows.map((v, i) => v * factor(i, width, from));
    const large: BatchSource = {
      batchSize: 32,
      async batch(step) {
        const { size, input, target } = await plain.batch(step);
        return {
          size,
          input: enlarged(input as Float32Array, spec.nP, 5),
          target: enlarged(target as Float32Array, spec.nR, 6),
        };
      },
    };
    const run = async (source: BatchSource) => {
      const { input, target } = await source.batch(1);
      const scaling = normalisation("rms", spec, input, target);
      return (await fit(referenceBackend(), spec, source, { steps: 20, ...scaling })).model.weights;
    };
    const [a, b] = [await run(plain), await run(large)];
    const wanted = a.decoder.map((v, i) => v * factor(i, spec.nR, 6));
    expect(b.decoder.length).toBe(wanted.length);
    for (const [i, value] of b.decoder.entries()) expect(value).toBeCloseTo(wanted[i] as number, 2);
  });

  it("measures each target on its own", async () => {
    const model = exampleModel(spec);
    const [input, target] = [samples(40, spec.nP), samples(40, spec.nR, 5)];
    const { layerFvu, fvu } = await evaluateModel(referenceBackend(), model, [{ size: 40, input, target }]);
    const { reconstruction } = await openModel(referenceBackend(), model).run(input, 40);
    const squares = (from: number, to: number): readonly [error: number, variance: number] => {
      let [error, variance] = [0, 0];
      for (let d = from; d < to; d++) {
        const column = Array.from({ length: 40 }, (_, b) => target[b * spec.nR + d] as number);
        const mean = column.reduce((a, b) => a + b) / 40;
        column.forEach((value, b) => {
          error += (value - (reconstruction[b * spec.nR + d] as number)) ** 2;
          variance += (value - mean) ** 2;
        });
      }
      return [error, variance];
    };
    const parts = [squares(0, 2), squares(2, 6), squares(6, 9)];
    expect(layerFvu?.map((v) => Number(v?.toFixed(9)))).toEqual(parts.map(([e, v]) => Number((e / v).toFixed(9))));
    const [error, variance] = parts.reduce(([e, v], [a, b]) => [e + a, v + b], [0, 0]);
    expect(fvu).toBeCloseTo(error / variance, 9);
  });

  it("refuses weights that are not 0 outside, with the array's name", async () => {
    const { weights } = exampleModel(spec);
    const source = normals(spec, 8);
    const changed = (name: "encoder" | "decoder", at: number) => ({
      ...weights,
      [name]: weights[name].map((value, i) => (i === at ? 1 : value)),
    });
    const backend = referenceBackend();
    const run = (given: typeof weights) => fit(backend, spec, source, { steps: 1, weights: given });
    await expect(run(changed("encoder", 3))).rejects.toThrow(
      "openParameters: the encoder of a cross-layer transcoder must be 0 outside the source of each layer, got other values",
    );
    await expect(run(changed("decoder", 4 * spec.nR))).rejects.toThrow(
      "the decoder of a cross-layer transcoder must be 0 for the targets of earlier layers",
    );
    const model = { ...exampleModel(spec), weights: changed("encoder", 3) };
    expect(() => openModel(backend, model)).toThrow("openModel: the encoder of a cross-layer transcoder must be 0");
    expect(backend.liveTensors()).toBe(0);
  });

  it("is refused with lists that do not belong together", () => {
    const activation = { kind: "relu" } as const;
    expect(() => crosslayer({ sources: [3, 2], targets: [3], nQ: 8, activation })).toThrow(
      "crosslayer: targets must be one for each of the 2 sources, got 1; give one per layer",
    );
    expect(() => crosslayer({ sources: [3, 2], nQ: 7, activation })).toThrow(
      "crosslayer: nQ must be a multiple of the 2 layers, got 7; change it, or give the latents of each layer",
    );
    expect(() => crosslayer({ sources: [3, 2], latents: [3, 3], nQ: 7, activation })).toThrow(
      "SdlSpec: the nQ of the layers must sum to nQ = 7, got 6; give every layer",
    );
    expect(() => crosslayer({ sources: [], nQ: 7, activation })).toThrow(
      "crosslayer: sources must name at least one layer, got none; give the width of each source",
    );
  });
});

/** Two layers of independent features; the second target is the sum of those of its own source and of those of the first. */
function carried(nP: number): BatchSource {
  const [n, size, width] = [6, 64, nP / 2];
  const stream = random(0, "features");
  const unit = (): number[] => {
    const row = Array.from({ length: width }, () => stream.normal());
    const norm = Math.hypot(...row);
    return row.map((v) => v / norm);
  };
  const matrices = Array.from({ length: 5 }, () => Array.from({ length: n }, unit)) as number[][][];
  return {
    batchSize: size,
    batch(step) {
      const draws = random(step, "codes");
      const input = new Float32Array(size * nP);
      const target = new Float32Array(size * nP);
      const add = (out: Float32Array, start: number, row: readonly number[], by: number): void => {
        row.forEach((v, d) => {
          out[start + d] = (out[start + d] as number) + by * v;
        });
      };
      for (let b = 0; b < size; b++) {
        for (let i = 0; i < n; i++) {
          const [first, second] = [0, 1].map(() => (draws.bernoulli(0.2) ? 1 + draws.uniform() : 0)) as [
            number,
            number,
          ];
          const [read0, read1, write0, write1, write01] = matrices.map((rows) => rows[i] as number[]) as [
            number[],
            number[],
            number[],
            number[],
            number[],
          ];
          add(input, b * nP, read0, first);
          add(input, b * nP + width, read1, second);
          add(target, b * nP, write0, first);
          add(target, b * nP + width, write1, second);
          add(target, b * nP + width, write01, first);
        }
      }
      return { size, input, target };
    },
  };
}
