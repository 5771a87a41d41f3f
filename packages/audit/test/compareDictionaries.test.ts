import { randomBaseline, similarity } from "@monosema/bench";
import { assignment } from "@monosema/numerics";
import { type Model, openModel, sae } from "@monosema/sdl";
import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { codeAgreement, compareDictionaries, comparisonRecord } from "../src/index.js";

const backend = referenceBackend();
const width = 8;

/** An SAE whose encoder and decoder are these rows. */
function dictionary(rows: readonly (readonly number[])[], k = 2): Model {
  const nP = (rows[0] as readonly number[]).length;
  const values = Float32Array.from(rows.flat());
  return {
    spec: sae({ nP, nQ: rows.length, activation: { kind: "topk", k } }),
    weights: { encoder: values, decoder: values },
    inputScaling: "none",
  };
}

const randomRows = (count: number, seed: number): number[][] => {
  const { normal } = random(seed, "rows");
  return Array.from({ length: count }, () => Array.from({ length: width }, normal));
};

const samples = (size: number, seed: number) => ({
  size,
  input: Float32Array.from({ length: size * width }, random(seed, "samples").normal),
});

/** Unit vector along axis `at`. */
const axis = (at: number): number[] => Array.from({ length: width }, (_, i) => Number(i === at));
const sum = (...terms: readonly (readonly [number, readonly number[]])[]): number[] =>
  Array.from({ length: width }, (_, i) =>
    terms.reduce((total, [weight, row]) => total + weight * (row[i] as number), 0),
  );

describe("compareDictionaries", () => {
  it("finds every latent again in the same rows in another order and at other lengths", async () => {
    const rows = randomRows(30, 1);
    const order = random(2, "order").permutation(30);
    const moved = Array.from(order, (from, at) => (rows[from] as number[]).map((value) => value * (1 + at)));
    const { pairs, replicated, mcc } = await compareDictionaries(backend, [dictionary(rows), dictionary(moved)]);
    const [pair] = pairs;
    expect([...replicated]).toEqual(rows.map(() => 1));
    pair?.best.forEach((match, latent) => {
      expect(order[match]).toBe(latent);
      expect(pair.matched[latent]).toBe(match);
      expect(pair.bestCosine[latent]).toBeCloseTo(1, 6);
    });
    expect(mcc[0]?.[1]).toBeCloseTo(1, 6);
    expect(mcc).toEqual([mcc[0], [mcc[0]?.[1], 1]]);
    expect(backend.liveTensors()).toBe(0);
  });

  it("gives the matches and the MCC of the whole matrix of cosines where all rows are near rows", async () => {
    const models = [dictionary(randomRows(25, 3)), dictionary(randomRows(18, 4)), dictionary(randomRows(31, 5))];
    const { pairs, mcc } = await compareDictionaries(backend, models, { nearest: 31 });
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const [a, b] = [models[i] as Model, models[j] as Model];
      const rowsOf = ({ weights, spec }: Model) => ({ values: weights.decoder, count: spec.nQ });
      const { cosine } = await similarity(backend, rowsOf(a), rowsOf(b), width);
      const clipped = Float64Array.from(cosine, (value) => Math.max(0, value));
      const dense = assignment(clipped, a.spec.nQ, b.spec.nQ);
      expect(mcc[i]?.[j]).toBeCloseTo(dense.sum / Math.min(a.spec.nQ, b.spec.nQ), 12);
      if (i > 0) continue;
      const pair = pairs[j - 1];
      for (let latent = 0; latent < a.spec.nQ; latent++) {
        const own = cosine.subarray(latent * b.spec.nQ, (latent + 1) * b.spec.nQ);
        expect(pair?.bestCosine[latent]).toBe(Math.max(...own));
        expect(own[pair?.best[latent] as number]).toBe(Math.max(...own));
        const matched = pair?.matched[latent] as number;
        expect(pair?.matchedCosine[latent]).toBe(matched < 0 ? 0 : own[matched]);
      }
    }
  });

  it("tells latents that the other holds in several, with their parts and weights, from those it merges and those it lacks", async () => {
    const half = Math.SQRT1_2;
    const a = [axis(0), sum([half, axis(1)], [half, axis(2)]), axis(3), axis(4), sum([0.85, axis(5)], [0.5, axis(6)])];
    const b = [axis(0), axis(1), axis(2), sum([0.8, axis(3)], [0.6, axis(4)]), axis(5), axis(7)];
    const { pairs, replicated } = await compareDictionaries(backend, [dictionary(a), dictionary(b)]);
    const [{ splits, merges }] = pairs as [(typeof pairs)[number]];
    expect([...replicated]).toEqual([1, 0, 0, 0, 0]);
    expect(splits).toHaveLength(1);
    expect(splits[0]).toMatchObject({ latent: 1, parts: [1, 2] });
    expect(splits[0]?.cosine).toBeCloseTo(1, 6);
    for (const weight of splits[0]?.weights ?? []) expect(weight).toBeCloseTo(half, 6);
    expect(merges).toHaveLength(1);
    expect(merges[0]).toMatchObject({ latent: 3, parts: [2, 3] });
    [0.8, 0.6].forEach((weight, part) => {
      expect(merges[0]?.weights[part]).toBeCloseTo(weight, 6);
    });
  });

  it("correlates the codes of matched latents as plain sums over dense codes do, and agrees with codeAgreement", async () => {
    const rows = randomRows(20, 6);
    const { normal } = random(7, "noise");
    const noisy = rows.map((row) => row.map((value) => value + 0.3 * normal()));
    const models = [dictionary(rows, 3), dictionary(noisy, 3), dictionary(randomRows(12, 8), 3)];
    const batches = [samples(150, 1), samples(70, 2)];
    const { pairs, samples: read } = await compareDictionaries(backend, models, { data: batches });
    expect(read).toBe(220);
    const dense = await Promise.all(models.map((model) => denseCodes(model, batches)));
    pairs.forEach(({ best, codes }, i) => {
      best.forEach((match, latent) => {
        const wanted = pearson(dense[0]?.[latent] as number[], dense[i + 1]?.[match] as number[]);
        expect(codes?.correlations[latent]).toBeCloseTo(wanted, 10);
      });
    });
    const agreement = await codeAgreement(backend, models[0] as Model, models[2] as Model, batches);
    expect(pairs[1]?.kappa).toBe(agreement.kappa);
    expect(pairs[1]?.codes?.kappas).toEqual(agreement.kappas);
    expect(backend.liveTensors()).toBe(0);
  });

  it("matches no rows of 0, and counts no latents that never fire", async () => {
    const [nothing, silent] = [axis(0).map(() => 0), axis(2)];
    const model = dictionary([axis(0), nothing, axis(1), silent], 1);
    const data = [{ size: 2, input: Float32Array.from([...axis(0), ...axis(1)]) }];
    const blind = await compareDictionaries(backend, [model, model]);
    expect([...(blind.live[0] ?? [])]).toEqual([1, 0, 1, 1]);
    expect(blind.pairs[0]?.best[1]).toBe(-1);
    expect(blind.mcc[0]?.[1]).toBeCloseTo(1, 12);
    expect([...blind.replicated]).toEqual([1, 0, 1, 1]);
    const seeing = await compareDictionaries(backend, [model, model], { data });
    expect([...(seeing.live[0] ?? [])]).toEqual([1, 0, 1, 0]);
    expect([...seeing.replicated]).toEqual([1, 0, 1, 0]);
    expect(seeing.pairs[0]?.matched[3]).toBe(-1);
    expect([...(seeing.pairs[0]?.codes?.correlations ?? [])]).toEqual([1, 0, 1, 0]);
  });

  it("counts a latent that is at a right angle to all of the other dictionary, without a match", async () => {
    const models = [dictionary([axis(0), axis(1)]), dictionary([axis(0), axis(2)])];
    const { live, replicated, pairs } = await compareDictionaries(backend, models);
    expect([...(live[0] ?? [])]).toEqual([1, 1]);
    expect([...replicated]).toEqual([1, 0]);
    expect([...(pairs[0]?.best ?? [])]).toEqual([0, -1]);
    expect(pairs[0]?.mcc).toBe(0.5);
  });

  it("gives random dictionaries about their chance level", async () => {
    const models = [dictionary(randomRows(300, 9)), dictionary(randomRows(200, 10))];
    const [pair] = (await compareDictionaries(backend, models)).pairs;
    const mean = (pair?.bestCosine.reduce((total, cosine) => total + cosine, 0) ?? 0) / 300;
    expect(pair?.chance.meanCosine).toBe(randomBaseline(200, width).signed);
    expect(Math.abs(mean - (pair?.chance.meanCosine as number))).toBeLessThan(0.03); // 4 standard errors
    expect(pair?.mcc).toBeLessThan(pair?.chance.mcc as number);
    // 8 dimensions and 200 rows: many random rows are sums of a few.
    const shareOfSums = (pair?.splits.length ?? 0) / 300;
    const above = (pair?.bestCosine.filter((cosine) => cosine > 0.9).length ?? 0) / 300;
    expect(Math.abs(shareOfSums - (pair?.chance.sums as number))).toBeLessThan(0.16); // 4 standard errors of two shares
    expect(Math.abs(above - (pair?.chance.replicated as number))).toBeLessThan(0.16);
  });

  it("refuses one dictionary, other widths and no samples", async () => {
    const model = dictionary([axis(0)], 1);
    const narrow = dictionary([[1, 0]], 1);
    const wide: Model = { ...model, spec: { ...model.spec, nP: 5 } };
    await expect(compareDictionaries(backend, [model])).rejects.toThrow(/needs two dictionaries or more, got 1/);
    await expect(compareDictionaries(backend, [model, narrow])).rejects.toThrow(/same output width, got 8 and 2/);
    await expect(compareDictionaries(backend, [model, wide], { data: [] })).rejects.toThrow(
      /same input width, got 8 and 5; leave the samples out/,
    );
    await expect(compareDictionaries(backend, [model, model], { data: [] })).rejects.toThrow(/one sample, got none/);
    await expect(compareDictionaries(backend, [model, model], { threshold: 1 })).rejects.toThrow(
      /threshold must lie between 0 and 1, got 1/,
    );
  });
});

describe("comparisonRecord", () => {
  it("counts over live latents, names the dictionaries, and leaves out what was not measured", async () => {
    const a = dictionary([axis(0), axis(1), axis(0).map(() => 0), axis(2)]);
    const b = dictionary([axis(1), sum([0.8, axis(2)], [0.6, axis(3)]), axis(0)]);
    const record = comparisonRecord(await compareDictionaries(backend, [a, b]), [a, b], ["one", "two"]);
    expect(record.summary).toEqual({
      ...{ replicated: 0.666667, replicatedLatents: 2, meanCosine: 0.933333, mcc: 0.933333, codeCorrelation: null },
    });
    expect(record.dictionaries).toMatchObject([
      { checkpoint: "one", latents: 4, live: 3 },
      { checkpoint: "two", latents: 3, live: 3 },
    ]);
    expect(record.comparisons).toMatchObject([
      { checkpoint: "two", replicatedLatents: 2, foundInFirst: 2, kappa: null, replicatedCodeCorrelation: null },
    ]);
    expect(record.latents[0]).toEqual({
      latent: 0,
      live: true,
      matches: [
        { checkpoint: "two", latent: 2, cosine: 1, oneToOne: 2, oneToOneCosine: 1, codeCorrelation: null, kappa: null },
      ],
      replicated: true,
    });
    expect(record.latents[2]).toMatchObject({ live: false, replicated: false, matches: [{ latent: null, cosine: 0 }] });
    expect(record.latents[3]).toMatchObject({ replicated: false, matches: [{ latent: 1, cosine: 0.8 }] });
  });
});

/** Codes by latent and sample. */
async function denseCodes(
  model: Model,
  batches: readonly { size: number; input: Float32Array }[],
): Promise<number[][]> {
  const loaded = openModel(backend, model);
  const all = Array.from({ length: model.spec.nQ }, (): number[] => []);
  for (const { size, input } of batches) {
    const { offsets, latents, values } = await loaded.encode(input, size);
    for (let b = 0; b < size; b++) {
      const row = new Map<number, number>();
      for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++)
        row.set(latents[e] as number, values[e] as number);
      all.forEach((codes, latent) => {
        codes.push(row.get(latent) ?? 0);
      });
    }
  }
  loaded.dispose();
  return all;
}

function pearson(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const product = (a: readonly number[], ma: number, b: readonly number[], mb: number): number =>
    a.reduce((total, value, i) => total + (value - ma) * ((b[i] as number) - mb), 0);
  const power = product(x, mx, x, mx) * product(y, my, y, my);
  return power === 0 ? 0 : product(x, mx, y, my) / Math.sqrt(power);
}
