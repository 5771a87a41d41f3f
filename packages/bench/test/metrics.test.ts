import { referenceBackend, type SparseRows } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  absorption,
  bestMatches,
  classification,
  discovery,
  generateFeatures,
  groundTruthRecovery,
  type LearnedDictionary,
  meanInnerProduct,
  recovery,
  similarity,
} from "../src/index.js";
import { scoresOf } from "../src/metrics/recovery.js";

/** Sparse rows from dense ones. */
const sparse = (rows: number[][]): SparseRows => {
  const offsets = [0];
  const latents: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    row.forEach((value, at) => {
      if (value === 0) return;
      latents.push(at);
      values.push(value);
    });
    offsets.push(latents.length);
  }
  return { offsets: Int32Array.from(offsets), latents: Int32Array.from(latents), values: Float64Array.from(values) };
};

const axes = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
const truth = { features: axes, targetFeatures: axes, n: 3 };

/** Four latents: 2 e0, .5 of (e1 tilted to cosine .8), -e2, and a row that is numerically nothing. */
const learned: LearnedDictionary = {
  encoder: Float64Array.of(2, 0, 0, 0.3, 0.4, 0, 0, 0, -1, 1e-9, 0, 0),
  decoder: Float64Array.of(4, 0, 0, 0, 0.5, 0, 0, 0, -3, 0, 1e-9, 0),
  nQ: 4,
  nP: 3,
  nR: 3,
};

describe("similarity", () => {
  it("is the cosine, and 0 for rows with at most 1e-6 of the largest norm", async () => {
    const backend = referenceBackend();
    const rows = { values: learned.encoder, count: 4 };
    const { cosine, norms } = await similarity(backend, rows, { values: axes, count: 3 }, 3);
    const wanted = [1, 0, 0, 0.6, 0.8, 0, 0, 0, -1, 0, 0, 0];
    wanted.forEach((value, at) => {
      expect(cosine[at]).toBeCloseTo(value, 12);
    });
    expect([...norms]).toEqual([2, 0.5, 1, 1e-9]);
    expect(backend.liveTensors()).toBe(0);
  });

  it("does not depend on the blocks that it is computed in", async () => {
    const rows = Float64Array.from({ length: 2100 * 2 }, (_, at) => Math.sin(at + 1));
    const { cosine } = await similarity(
      referenceBackend(),
      { values: rows, count: 2100 },
      { values: Float64Array.of(3, 4), count: 1 },
      2,
    );
    for (const row of [0, 2047, 2048, 2099]) {
      const [x, y] = [rows[2 * row] as number, rows[2 * row + 1] as number];
      expect(cosine[row]).toBeCloseTo((0.6 * x + 0.8 * y) / Math.hypot(x, y), 12);
    }
  });

  it("refuses sizes that do not fit", async () => {
    await expect(
      similarity(referenceBackend(), { values: axes, count: 2 }, { values: axes, count: 3 }, 3),
    ).rejects.toThrow(/^similarity: learned must have 2 x 3 numbers, got 9/);
  });
});

describe("recovery", () => {
  it("reports decoder, encoder and raw side by side (computed by hand)", async () => {
    const report = await recovery(referenceBackend(), learned, truth);
    // Decoder rows lie along e0, e1, -e2; the encoder's best are 1, .8, 1; raw multiplies by norms 2, .5, 1.
    expect(report.decoder).toEqual({ mgt95: 1, mgt90: 1, mip: 1 });
    expect(report.encoder.mgt95).toBeCloseTo(2 / 3, 12);
    expect(report.encoder.mip).toBeCloseTo(2.8 / 3, 12);
    expect(report.raw.mgt95).toBeCloseTo(2 / 3, 12);
    expect(report.raw.mip).toBeCloseTo((2 + 0.4 + 1) / 3, 12);
    expect(report.mcc).toBeCloseTo(1, 12);
    expect(report.mccEncoder).toBeCloseTo(2.8 / 3, 12);
    expect(report).toMatchObject({ uniqueness: 3 / 4, evaluated: 3, excluded: 0 });
    expect([...report.featureOf]).toEqual([0, 1, 2, 0]);
    expect([...report.latentOf]).toEqual([0, 1, 2]);
  });

  it("drops the absolute value on request: -e2 recovers nothing", async () => {
    const { decoder } = await recovery(referenceBackend(), learned, truth, { signed: true });
    expect(decoder.mgt95).toBeCloseTo(2 / 3, 12);
    expect(decoder.mip).toBeCloseTo(2 / 3, 12);
  });

  it("scores features that are not excluded only", async () => {
    const report = await recovery(referenceBackend(), learned, truth, { exclude: [0, 2] });
    expect(report.encoder).toMatchObject({ mgt95: 0, mgt90: 0 });
    expect(report.encoder.mip).toBeCloseTo(0.8, 12);
    expect(report).toMatchObject({ evaluated: 1, excluded: 2 });
    await expect(recovery(referenceBackend(), learned, truth, { exclude: [3] })).rejects.toThrow(
      /features from 0 to 2, got 3/,
    );
    await expect(recovery(referenceBackend(), learned, truth, { exclude: [0, 1, 2] })).rejects.toThrow(
      /at least one of 3/,
    );
  });

  it("does not change decoder and encoder scores where rows are rescaled, but changes raw", async () => {
    const { features } = generateFeatures({ n: 8, nP: 6, seed: 1, maxInterference: 0.5 });
    const noisy = features.map((value, at) => value + 0.2 * Math.sin(at));
    const factor = (at: number): number => 0.5 + ((Math.floor(at / 6) * 7) % 5);
    const of = (scale: (at: number) => number): LearnedDictionary => {
      const rows = noisy.map((value, at) => value * scale(at));
      return { encoder: rows, decoder: rows, nQ: 8, nP: 6, nR: 6 };
    };
    const same = { features, targetFeatures: features, n: 8 };
    const plain = await recovery(
      referenceBackend(),
      of(() => 1),
      same,
    );
    const scaled = await recovery(referenceBackend(), of(factor), same);
    for (const key of ["mcc", "mccEncoder", "uniqueness"] as const) expect(scaled[key]).toBeCloseTo(plain[key], 12);
    expect(scaled.decoder.mip).toBeCloseTo(plain.decoder.mip, 12);
    expect(scaled.encoder.mip).toBeCloseTo(plain.encoder.mip, 12);
    expect(Math.abs(scaled.raw.mip - plain.raw.mip)).toBeGreaterThan(0.1);
  });

  it("frees every tensor", async () => {
    const backend = referenceBackend();
    await recovery(backend, learned, truth);
    expect(backend.liveTensors()).toBe(0);
  });
});

describe("recovery with cosines that are known", () => {
  const backend = referenceBackend();

  it.each([true, false])("gives the same and leaves them as they are (signed %s)", async (signed) => {
    const { decoder, nQ, nR } = learned;
    const known = await similarity(backend, { values: decoder, count: nQ }, { values: axes, count: 3 }, nR);
    const before = known.cosine.slice();
    const given = await recovery(backend, learned, truth, { signed, decoderSimilarity: known });
    expect(given).toEqual(await recovery(backend, learned, truth, { signed }));
    expect(known.cosine).toEqual(before);
  });
});

describe("M_GT and M_IP", () => {
  it("count strictly above tau, and satisfy M_IP >= tau M_GT for any matches", () => {
    expect(groundTruthRecovery(Float64Array.of(0.95, 0.951), 0.95, [0, 1])).toBe(0.5);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const best = Float64Array.from(values);
        const all = values.map((_, at) => at);
        const scores = scoresOf(best, all, false);
        expect(scores.mip).toBe(meanInnerProduct(best, all));
        expect(scores.mgt90).toBeGreaterThanOrEqual(scores.mgt95);
      }),
    );
  });

  it("report a defect of ours where absolute values break that bound", () => {
    expect(() => scoresOf(Float64Array.of(0.96, -1), [0, 1], false)).toThrow(/^internal: M_IP/);
    expect(scoresOf(Float64Array.of(0.96, -1), [0, 1], true).mgt95).toBe(0.5);
  });

  it.each([0, 1, -0.1, Number.NaN])("refuse tau %d", (tau) => {
    expect(() => groundTruthRecovery(Float64Array.of(1), tau, [0])).toThrow(RangeError);
  });

  it("take the lowest index among equal entries", () => {
    const { latentOf, featureOf } = bestMatches({ values: Float64Array.of(0.5, 0.5, 0.5, 0.5), rows: 2, columns: 2 });
    expect([[...latentOf], [...featureOf]]).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

describe("classification", () => {
  it("macro-averages over all latents, dead ones as 0, over batches (computed by hand)", () => {
    const counter = classification(Int32Array.of(0, 1, 1), 2);
    // Latent 0 hits feature 0 once of two firings, feature 0 present twice: precision 1/2, recall 1/2. Latent 1 fires on both
    // presences of feature 1: 1, 1. Latent 2 is dead. A negative code does not count as firing.
    counter.add(
      sparse([
        [1, 0, 0],
        [1, 2, 0],
      ]),
      sparse([
        [3, 0],
        [0, 1],
      ]),
    );
    counter.add(
      sparse([
        [0, 1, -1],
        [0, 0, 0],
      ]),
      sparse([
        [1, 1],
        [0, 0],
      ]),
    );
    const report = counter.report();
    expect(report.precision).toBeCloseTo((0.5 + 1 + 0) / 3, 12);
    expect(report.recall).toBeCloseTo((0.5 + 1 + 0) / 3, 12);
    expect(report.f1).toBeCloseTo((0.5 + 1 + 0) / 3, 12);
    // Agreements: latent 0 in samples 0 and 3, latent 1 in all, latent 2 where feature 1 is absent.
    expect(report.accuracy).toBeCloseTo((2 / 4 + 1 + 2 / 4) / 3, 12);
    expect(report).toMatchObject({ l0: 1, trueL0: 1, samples: 4 });
  });

  it("gives 0 before any sample and refuses batches of different samples", () => {
    const counter = classification(Int32Array.of(0), 1);
    expect(counter.report()).toEqual({ precision: 0, recall: 0, f1: 0, accuracy: 0, l0: 0, trueL0: 0, samples: 0 });
    expect(() => counter.add(sparse([[1]]), sparse([[1], [1]]))).toThrow(/got 1 and 2/);
  });
});

describe("matched recovery", () => {
  it("gives each feature a latent of its own, signed; one without a latent counts 0 (computed by hand)", async () => {
    const backend = referenceBackend();
    // Two latents near e0, one along -e1, none for e2: absolute best matches see e1, signed one-to-one ones do not.
    const decoder = Float64Array.of(1, 0, 0, 0.96, 0, 0.28, 0, -1, 0);
    const learned = { encoder: decoder, decoder, nQ: 3, nP: 3, nR: 3 };
    const { decoder: best, matched } = await recovery(backend, learned, truth);
    expect(best).toMatchObject({ mgt95: 2 / 3 });
    // Largest sum: row 0 to e0 (1), rows 1 and 2 to e1 and e2 (0 each); with row 2 on e1 (-1) it would be .28 at most.
    expect(matched).toEqual({ mgt95: 1 / 3, mgt90: 1 / 3, mip: 1 / 3 });
    const few = await recovery(
      backend,
      { ...learned, encoder: decoder.slice(0, 3), decoder: decoder.slice(0, 3), nQ: 1 },
      truth,
    );
    expect(few.matched).toEqual({ mgt95: 1 / 3, mgt90: 1 / 3, mip: 1 / 3 });
    expect(backend.liveTensors()).toBe(0);
  });
});

describe("absorption", () => {
  /** Parent 0, children 1 and 2; latents 0, 1, 2 are theirs; latent 1 holds a part of the parent. */
  const input = (part: number) => ({
    parentOf: Int32Array.of(-1, 0, 0),
    latentOf: Int32Array.of(0, 1, 2),
    decoder: Float64Array.of(1, 0, 0, part, 1, 0, 0, 0, 1),
    targetFeatures: axes,
    nR: 3,
  });

  it("flags a child whose latent holds the parent while the parent's latent is silent (computed by hand)", () => {
    const counter = absorption(input(0.5));
    // Child 1 with parent: main silent in both; child 2 with parent: main fires; parent alone: main fires.
    counter.add(
      sparse([
        [0, 1, 0],
        [0, 1, 0],
        [1, 0, 1],
        [1, 0, 0],
      ]),
      sparse([
        [1, 1, 0],
        [2, 1, 0],
        [1, 0, 1],
        [1, 0, 0],
      ]),
    );
    const { entries, rate, samples } = counter.report();
    expect(entries[0]).toEqual({
      parent: 0,
      child: 1,
      mainLatent: 0,
      childLatent: 1,
      falseNegative: 1,
      kappa: 0.5,
      flagged: true,
    });
    expect(entries[1]).toMatchObject({ child: 2, falseNegative: 0, kappa: 0, flagged: false });
    expect({ rate, samples }).toEqual({ rate: 0.5, samples: 4 });
  });

  it("needs both signs: no part of the parent, or a parent's latent that is silent anyway, is no absorption", () => {
    const silent = sparse([
      [0, 1, 0],
      [1, 0, 0],
    ]);
    const coefficients = sparse([
      [1, 1, 0],
      [1, 0, 0],
    ]);
    const pure = absorption(input(0));
    pure.add(silent, coefficients);
    expect(pure.report().entries[0]).toMatchObject({ falseNegative: 1, kappa: 0, flagged: false });
    const dead = absorption(input(0.5));
    dead.add(
      sparse([
        [0, 1, 0],
        [0, 0, 0],
      ]),
      coefficients,
    );
    expect(dead.report().entries[0]).toMatchObject({ falseNegative: 0, kappa: 0.5, flagged: false });
  });

  it("counts a negative code as firing, since it is active", () => {
    const counter = absorption(input(0.5));
    counter.add(
      sparse([
        [-1, 1, 0],
        [1, 0, 0],
      ]),
      sparse([
        [1, 1, 0],
        [1, 0, 0],
      ]),
    );
    expect(counter.report().entries[0]).toMatchObject({ falseNegative: 0 });
  });

  it("gives null for a child that has no part in its own latent", () => {
    const { decoder, ...rest } = input(0.5);
    const counter = absorption({ ...rest, decoder: decoder.map((value, at) => (at === 4 ? 1e-12 : value)) });
    expect(counter.report().entries[0]).toMatchObject({ kappa: null, flagged: false });
  });

  it("gives null for an empty group", () => {
    const counter = absorption(input(0.5));
    counter.add(sparse([[1, 0, 0]]), sparse([[1, 0, 0]]));
    expect(counter.report()).toMatchObject({ entries: [{ falseNegative: null }, { falseNegative: null }], rate: 0 });
  });
});

describe("discovery", () => {
  it("counts directions along features and features along directions (computed by hand)", async () => {
    const backend = referenceBackend();
    const found = Float64Array.of(2, 0, 0, -1, 0.01, 0, 1, 1, 0);
    const report = await discovery(backend, { values: found, count: 3 }, { values: axes, count: 3 }, 3);
    expect(report).toEqual({ precision: 2 / 3, recall: 1 / 3, found: 3 });
    expect(backend.liveTensors()).toBe(0);
    const none = await discovery(backend, { values: [], count: 0 }, { values: axes, count: 3 }, 3);
    expect(none).toEqual({ precision: 0, recall: 0, found: 0 });
  });
});
