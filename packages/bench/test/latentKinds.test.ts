import { nonNegativeLeastSquares } from "@monosema/numerics";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { compositeMatches, latentKinds, outcomesByRate, similarity } from "../src/index.js";

const backend = referenceBackend();
const WIDTH = 8;

/** Rows of sums of unit vectors, `[count, 8]`. */
const rowsOf = (...rows: Readonly<Record<number, number>>[]): Float64Array =>
  Float64Array.from(rows.flatMap((row) => Array.from({ length: WIDTH }, (_, d) => row[d] ?? 0)));

const cosines = (learned: Float64Array, truth: Float64Array, width = WIDTH) =>
  similarity(
    backend,
    { values: learned, count: learned.length / width },
    { values: truth, count: truth.length / width },
    width,
  );

// Feature 0 has the children 1 and 2; 3, 4 and 5 are free; directions 6 and 7 are noise.
const features = rowsOf({ 0: 1 }, { 1: 1 }, { 2: 1 }, { 3: 1 }, { 4: 1 }, { 5: 1 });
const parentOf = Int32Array.from([-1, 0, 0, -1, -1, -1]);

describe("latentKinds", () => {
  const latents = [
    [{ 3: 2 }, "feature"],
    [{ 3: 0.95, 6: 0.3 }, "duplicate"], // the same feature, less well
    [{ 0: 1, 1: 0.8 }, "composite"],
    [{ 0: 1, 1: 0.7, 6: 0.2 }, "duplicate"], // the row of the latent before, less well
    [{ 4: 1 }, "dead"],
    [{ 0: 0.566, 2: 0.566, 6: 0.6 }, "absorbed"], // cosine .8 with the cone of 0 and 2
    [{ 5: 0.8, 6: 0.6 }, "split"],
    [{ 5: 0.8, 7: 0.6 }, "split"],
    [{ 6: 1, 7: 1 }, "dense"],
    [{ 6: 1, 7: -1 }, "none"],
    [{ 3: -1 }, "none"], // the sign counts
  ] as const;
  const decoder = rowsOf(...latents.map(([row]) => row));
  const fired = Float64Array.from(latents, ([, kind]) => (kind === "dead" ? 0 : kind === "dense" ? 101 : 100));
  const report = async (exclude: readonly number[] = []) =>
    await latentKinds(backend, {
      similarity: await cosines(decoder, features),
      decoder,
      targetFeatures: features,
      fired,
      samples: 1000,
      parentOf,
      absorbing: [{ childLatent: 5, child: 2 }],
      exclude,
    });

  it("gives each latent the first kind that fits, and shares that sum to 1", async () => {
    const { kinds, shares } = await report();
    expect(kinds).toEqual(latents.map(([, kind]) => kind));
    expect(shares).toMatchObject({ duplicate: 2 / 11, composite: 1 / 11, none: 2 / 11 });
    expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it("names the sum that a composite holds", async () => {
    const { composites } = await report();
    expect(composites).toHaveLength(1);
    const [{ latent, feature, cosine, parts, weights }] = composites as [(typeof composites)[number]];
    expect({ latent, feature, parts }).toEqual({ latent: 2, feature: 1, parts: [0, 1] });
    expect(cosine).toBeCloseTo(1, 12);
    expect((weights[1] as number) / (weights[0] as number)).toBeCloseTo(0.8, 10);
  });

  it("finds features by any decoder row, those within sums apart, and scores no anchored one", async () => {
    const all = await report();
    // 4 is found by a latent that never fires: its row counts.
    expect(all.outcomes).toEqual(["lost", "composite", "lost", "found", "found", "lost"]);
    expect([all.found, all.foundComposite]).toEqual([2 / 6, 1 / 6]);
    const others = await report([3, 0]);
    expect(others.outcomes).toEqual(["anchored", "composite", "lost", "anchored", "found", "lost"]);
    expect([others.found, others.foundComposite]).toEqual([1 / 4, 1 / 4]);
  });

  it("knows no sums without a hierarchy", async () => {
    const { kinds } = await latentKinds(backend, {
      similarity: await cosines(decoder, features),
      decoder,
      targetFeatures: features,
      fired,
      samples: 1000,
    });
    expect(kinds.slice(2, 6)).toEqual(["duplicate", "none", "dead", "none"]);
  });
});

describe("compositeMatches", () => {
  it("agrees with least squares on the vectors themselves, pair by pair", async () => {
    const stream = random(5, "forest");
    const [n, nQ, width, tau] = [40, 60, 12, 0.8];
    const truth = Float64Array.from({ length: n * width }, stream.normal);
    // Features 3 i + 1 to 3 i + 3 are children of i: four levels.
    const parents = Int32Array.from({ length: n }, (_, i) => (i === 0 ? -1 : Math.floor((i - 1) / 3)));
    const unit = (i: number): number[] => {
      const row = [...truth.subarray(i * width, (i + 1) * width)];
      return row.map((value) => value / Math.hypot(...row));
    };
    const branch = (i: number): number[] => (i < 0 ? [] : [...branch(parents[i] as number), i]);
    const learned = Float64Array.from(
      Array.from({ length: nQ }, () => {
        const chain = branch(stream.integer(n)).map(unit);
        const weights = chain.map(() => stream.uniform());
        return Array.from(
          { length: width },
          (_, d) =>
            chain.reduce((sum, row, i) => sum + (weights[i] as number) * (row[d] as number), 0) +
            0.15 * stream.normal(),
        );
      }).flat(),
    );
    const coneCosine = (latent: number, chain: readonly number[]): number => {
      if (chain.length === 0) return 0;
      const row = learned.slice(latent * width, (latent + 1) * width);
      const length = Math.hypot(...row);
      const rows = chain.map(unit);
      const matrix = { rows: width, cols: chain.length, data: Float64Array.from({ length: width * chain.length }) };
      rows.forEach((own, i) => {
        own.forEach((value, d) => {
          matrix.data[d * chain.length + i] = value;
        });
      });
      const { residualNorm } = nonNegativeLeastSquares(matrix, row);
      return Math.sqrt(Math.max(0, 1 - (residualNorm / length) ** 2));
    };
    const expected: string[] = [];
    for (let latent = 0; latent < nQ; latent++)
      for (let feature = 0; feature < n; feature++) {
        const chain = branch(feature);
        const holds =
          chain.length > 1 && coneCosine(latent, chain) > tau && coneCosine(latent, chain.slice(0, -1)) <= tau;
        if (holds) expected.push(`${latent} ${feature}`);
      }
    const found = compositeMatches(await cosines(learned, truth, width), truth, parents, tau);
    expect(expected.length).toBeGreaterThan(20);
    expect(found.map(({ latent, feature }) => `${latent} ${feature}`).sort()).toEqual(expected.sort());
    for (const { latent, feature, cosine } of found) expect(cosine).toBeCloseTo(coneCosine(latent, branch(feature)), 9);
  });
});

describe("outcomesByRate", () => {
  it("bins by the logarithm, leaves anchored features and empty ranges out", () => {
    const rates = [0.0001, 0.00011, 0.005, 0.1, 0.09, 0];
    const outcomes = ["lost", "composite", "found", "found", "anchored", "lost"] as const;
    const bins = outcomesByRate(outcomes, rates, 3); // decades
    expect(bins.map(({ rate }) => Math.log10(rate).toFixed(1))).toEqual(["-3.5", "-2.5", "-1.5"]);
    expect(bins.map(({ features, found, composite }) => [features, found, composite])).toEqual([
      [3, 0, 1 / 3],
      [1, 1, 0],
      [1, 1, 0],
    ]);
  });

  it("has one range where all rates are equal, and none without a firing", () => {
    expect(outcomesByRate(["found", "lost"], [0.01, 0.01])).toMatchObject([{ features: 2, found: 0.5 }]);
    expect(outcomesByRate(["lost"], [0])).toEqual([]);
  });
});
