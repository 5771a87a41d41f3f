import { describe, expect, it } from "vitest";
import { type BenchOptions, benchPresets, linearRepresentationBench } from "../src/index.js";

const small: BenchOptions = {
  n: 12,
  nP: 9,
  seed: 3,
  samples: 103,
  maxInterference: 0.3,
  firing: { kind: "constant", rate: 0.2 },
};

/** x = sum of coefficient times feature, by the definition: in float32, feature after feature. */
const product = (
  { offsets, latents, values }: ReturnType<ReturnType<typeof linearRepresentationBench>["coefficients"]>,
  features: Float64Array,
  width: number,
): Float32Array => {
  const x = new Float32Array((offsets.length - 1) * width);
  for (let sample = 0; sample + 1 < offsets.length; sample++) {
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let at = offsets[sample] as number; at < (offsets[sample + 1] as number); at++) {
        const feature = Math.fround(features[(latents[at] as number) * width + k] as number);
        sum = Math.fround(sum + Math.fround(Math.fround(values[at] as number) * feature));
      }
      x[sample * width + k] = sum;
    }
  }
  return x;
};

describe("batchSource", () => {
  it("visits every sample once in an epoch but for the last incomplete batch, in another order each time", () => {
    const source = linearRepresentationBench(small).batchSource({ batchSize: 10 });
    expect(source).toMatchObject({ batchSize: 10, samples: 103 });
    const epoch = (e: number): number[] =>
      Array.from({ length: 10 }, (_, i) => source.sampleIndices(e * 10 + i + 1)).flat();
    for (const e of [0, 1]) {
      expect(new Set(epoch(e)).size).toBe(100);
      expect(Math.max(...epoch(e))).toBeLessThan(103);
    }
    expect(epoch(0)).not.toEqual(epoch(1));
  });

  it("is a pure function of the step and the order's seed; the samples do not depend on that seed", () => {
    const data = linearRepresentationBench(small);
    const source = data.batchSource({ batchSize: 10 });
    const late = source.batch(17);
    source.batch(2);
    expect(source.batch(17)).toEqual(late);
    expect(linearRepresentationBench(small).batchSource({ batchSize: 10 }).batch(17)).toEqual(late);
    const other = data.batchSource({ batchSize: 10, seed: 99 });
    expect(other.sampleIndices(1)).not.toEqual(source.sampleIndices(1));
    expect(other.batch(1).input).toEqual(product(data.coefficients(other.sampleIndices(1)), data.features, 9));
  });

  it("makes inputs from coefficients and features, without a target for an SAE", () => {
    const data = linearRepresentationBench(small);
    const source = data.batchSource({ batchSize: 50 });
    const { size, input, target } = source.batch(1);
    expect({ size, target }).toEqual({ size: 50, target: undefined });
    expect(input).toEqual(product(data.coefficients(source.sampleIndices(1)), data.features, 9));
  });

  it("takes the whole set where the batch is larger, and refuses sizes and steps that are none", () => {
    const data = linearRepresentationBench({ ...small, samples: 7 });
    const source = data.batchSource({ batchSize: 100 });
    expect(source.batchSize).toBe(7);
    expect(source.batch(3).size).toBe(7);
    expect(() => source.batch(0)).toThrow(/^batchSource: step must be a positive integer, got 0/);
    expect(() => data.batchSource({ batchSize: 0 })).toThrow(RangeError);
  });
});

describe("heldOut", () => {
  it("gives the stated number of samples with their coefficients, the same at each call, none of them a training sample", () => {
    const data = linearRepresentationBench(small);
    const batches = [...data.heldOut({ samples: 25, batchSize: 10 })];
    expect(batches.map(({ size }) => size)).toEqual([10, 10, 5]);
    for (const { input, coefficients } of batches) expect(input).toEqual(product(coefficients, data.features, 9));
    expect([...data.heldOut({ samples: 25, batchSize: 10 })]).toEqual(batches);
    const train = data.batchSource({ batchSize: 103 }).batch(1).input;
    const rows = (x: Float32Array): string[] =>
      Array.from({ length: x.length / 9 }, (_, i) => x.subarray(i * 9, i * 9 + 9).join());
    const zero = new Float32Array(9).join();
    const seen = new Set(rows(train));
    const held = batches.flatMap(({ input }) => rows(input));
    expect(held.filter((sample) => sample !== zero && seen.has(sample))).toEqual([]);
  });
});

describe("views", () => {
  it("give a transcoder a second matrix for the same coefficients", () => {
    const data = linearRepresentationBench({ ...small, view: "transcoder", nR: 11 });
    expect(data).toMatchObject({ nP: 9, nR: 11 });
    expect(data.reports.length).toBe(2);
    const source = data.batchSource({ batchSize: 20 });
    const { input, target } = source.batch(1);
    const coefficients = data.coefficients(source.sampleIndices(1));
    expect(input).toEqual(product(coefficients, data.features, 9));
    expect(target).toEqual(product(coefficients, data.targetFeatures, 11));
    expect(data.features).toEqual(linearRepresentationBench(small).features);
  });

  it("give a crosscoder unit rows stacked from independent matrices", () => {
    const data = linearRepresentationBench({ ...small, view: "crosscoder", sources: 3 });
    expect(data).toMatchObject({ nP: 27, nR: 27 });
    expect(data.targetFeatures).toBe(data.features);
    const one = linearRepresentationBench(small).features;
    for (let feature = 0; feature < 12; feature++) {
      const row = data.features.subarray(feature * 27, feature * 27 + 27);
      expect(Math.hypot(...row)).toBeCloseTo(1, 12);
      for (let k = 0; k < 9; k++)
        expect((row[k] as number) * Math.sqrt(3)).toBeCloseTo(one[feature * 9 + k] as number, 12);
      for (const source of [1, 2]) {
        expect(Math.hypot(...row.subarray(source * 9, source * 9 + 9))).toBeCloseTo(1 / Math.sqrt(3), 12);
      }
    }
    expect([...data.features.subarray(9, 18)]).not.toEqual([...data.features.subarray(0, 9)]);
  });

  it("add a bias of the stated norm to every input", () => {
    const plain = linearRepresentationBench(small).batchSource({ batchSize: 5 }).batch(1).input;
    const data = linearRepresentationBench({ ...small, biasNorm: 2 });
    expect(Math.hypot(...(data.bias as Float64Array))).toBeCloseTo(2, 12);
    const { input } = data.batchSource({ batchSize: 5 }).batch(1);
    input.forEach((value, at) => {
      expect(value).toBeCloseTo((plain[at] as number) + (data.bias?.[at % 9] as number), 5);
    });
  });
});

describe("linearRepresentationBench", () => {
  it("has the paper's L0 in its presets: n times the rate", () => {
    const l0 = Object.values(benchPresets).map(({ n, firing }) => n * firing.rate);
    expect(l0.map((value) => Number(value.toFixed(2)))).toEqual([10, 2.5, 2.88]);
  });

  it.each([
    [{ samples: 0 }, /samples must be a positive integer/],
    [{ view: "crosscoder", sources: 0 }, /sources must be a positive integer/],
    [{ biasNorm: -1 }, /biasNorm must not be negative/],
    [{ seed: 0.5 }, /seed must be an integer/],
  ] as [Partial<BenchOptions>, RegExp][])("refuses %j", (options, message) => {
    expect(() => linearRepresentationBench({ ...small, ...options })).toThrow(message);
  });
});

describe("noise", () => {
  const noisy = linearRepresentationBench({ ...small, samples: 2000, noise: 0.5 });
  const clean = linearRepresentationBench({ ...small, samples: 2000 });
  const all = Array.from({ length: 2000 }, (_, sample) => sample);

  it("adds independent numbers of the asked deviation and of mean 0 to every input", () => {
    const [a, b] = [noisy.batchOf(all).input, clean.batchOf(all).input];
    const added = a.map((value, i) => value - (b[i] as number));
    const mean = added.reduce((sum, value) => sum + value, 0) / added.length;
    const square = added.reduce((sum, value) => sum + value * value, 0) / added.length;
    // 18,000 numbers: standard errors .5/134 = .004 of the mean, .25 sqrt(2)/134 = .003 of the square.
    expect(Math.abs(mean)).toBeLessThan(0.016);
    expect(Math.abs(square - 0.25)).toBeLessThan(0.012);
  });

  it("is a function of seed, set and sample: the same in any batch, another one in each sample and in held-out data", () => {
    const row = (input: Float32Array, i: number): number[] => [...input.subarray(i * 9, i * 9 + 9)];
    const [first, second] = [noisy.batchOf([7, 8]).input, noisy.batchOf([8, 9]).input];
    expect(row(first, 1)).toEqual(row(second, 0));
    const at = noisy.batchSource({ batchSize: 5 });
    expect(row(at.batch(3).input, 4)).toEqual(row(noisy.batchOf([at.sampleIndices(3)[4] as number]).input, 0));
    const noiseOf = (bench: typeof noisy, other: typeof clean): number[] => {
      const [a, b] = [bench, other].map((data) => [...data.heldOut({ samples: 1 })][0]?.input as Float32Array);
      return [...(a as Float32Array)].map((value, i) => value - (b?.[i] as number));
    };
    const trained = row(noisy.batchOf([0]).input, 0).map(
      (value, i) => value - (row(clean.batchOf([0]).input, 0)[i] as number),
    );
    expect(noiseOf(noisy, clean)).not.toEqual(trained);
  });

  it("is not on a transcoder's targets", () => {
    const options = { ...small, view: "transcoder" } as const;
    const [a, b] = [linearRepresentationBench({ ...options, noise: 0.5 }), linearRepresentationBench(options)];
    expect(a.batchOf([1, 2]).target).toEqual(b.batchOf([1, 2]).target);
    expect(a.batchOf([1, 2]).input).not.toEqual(b.batchOf([1, 2]).input);
  });

  it("has no negative deviation", () => {
    expect(() => linearRepresentationBench({ ...small, noise: -1 })).toThrow(/noise must not be negative, got -1/);
  });
});
