import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@monosema/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BenchOptions, linearRepresentationBench } from "../src/index.js";
import { readSyntheticModel, writeSyntheticModel } from "../src/node.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "synthetic-model-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const options: BenchOptions = {
  n: 40,
  nP: 12,
  seed: 5,
  orthogonalization: {},
  firing: { kind: "zipfian", exponent: 0.5, max: 0.4, min: 0.01 },
  magnitudes: {
    kind: "gaussian",
    mean: { kind: "linear", first: 5, last: 4 },
    deviation: { kind: "exponential", first: 0.5, last: 0.1 },
  },
  hierarchy: { roots: 2, branching: [2, 3], depth: 2, exclusivePortion: 0.5, compensate: true, scaleByParent: true },
  correlation: { rank: 3, scale: 0.2 },
  biasNorm: 0.5,
};

describe("writeSyntheticModel", () => {
  it("is read back as the same distribution, directions and bias, in float32", async () => {
    const data = linearRepresentationBench(options);
    expect(await writeSyntheticModel(folder, data, options)).toEqual({ differences: [] });
    expect(readdirSync(folder).sort()).toEqual([
      "hierarchy.json",
      "synthetic_model.safetensors",
      "synthetic_model_config.json",
    ]);
    const { data: back, differences } = await readSyntheticModel(folder, { samples: 77 });
    expect(differences).toEqual([]);
    expect(back).toMatchObject({ n: 40, nP: 12, nR: 12, view: "sae", samples: 77, reports: [] });
    expect(back.features).toEqual(data.features.map(Math.fround));
    expect(back.bias).toEqual(data.bias?.map(Math.fround));
    const [wanted, got] = [data.parts.tables, back.parts.tables];
    expect(got.rates).toEqual(wanted.rates.map(Math.fround));
    expect(got.hierarchy).toEqual(wanted.hierarchy);
    expect(got.scaleByParent).toBe(true);
    expect(got.magnitudes).toEqual(wanted.magnitudes);
    expect(got.correlation?.factor).toEqual(wanted.correlation?.factor.map(Math.fround));
    got.correlation?.own.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted.correlation?.own[i] as number, 6);
    });
    expect(back.parts.seed).toBe(5);
    // Almost every sample is the same: a draw turns only where it lies within the rounding of the rates.
    const samples = Array.from({ length: 300 }, (_, i) => i);
    expect(back.coefficients(samples).latents).toEqual(data.coefficients(samples).latents);
  });

  it("writes the keys and tensors of SAELens' layout", async () => {
    await writeSyntheticModel(folder, linearRepresentationBench(options), options);
    const config = JSON.parse(readFileSync(join(folder, "synthetic_model_config.json"), "utf8"));
    expect(config).toEqual({
      num_features: 40,
      hidden_dim: 12,
      firing_probability: { generator_name: "zipfian", exponent: 0.5, max_prob: 0.4, min_prob: 0.01 },
      hierarchy: {
        total_root_nodes: 2,
        branching_factor: [2, 3],
        max_depth: 2,
        mutually_exclusive_portion: 0.5,
        mutually_exclusive_min_depth: 0,
        mutually_exclusive_max_depth: null,
        compensate_probabilities: true,
        scale_children_by_parent: true,
      },
      orthogonalization: null,
      correlation: { rank: 3, correlation_scale: 0.2, seed: null },
      std_firing_magnitudes: { generator_name: "exponential", start: 0.5, end: 0.1 },
      mean_firing_magnitudes: { generator_name: "linear", start: 5, end: 4 },
      bias: 0.5,
      dtype: "float32",
      seed: 5,
    });
    const { tensors } = readSafetensors(readFileSync(join(folder, "synthetic_model.safetensors")));
    expect(Object.fromEntries([...tensors].map(([name, { dtype, shape }]) => [name, [dtype, ...shape]]))).toEqual({
      bias: ["F32", 12],
      correlation_diag: ["F32", 40],
      correlation_factor: ["F32", 40, 3],
      feature_vectors: ["F32", 40, 12],
      firing_probabilities: ["F32", 40],
    });
  });

  it("refuses what SAELens cannot draw, naming all of it, and writes the nearest on request", async () => {
    const plain = { ...options, magnitudes: { kind: "exponential", min: 1, scale: 2 } } as const;
    const data = linearRepresentationBench(plain);
    await expect(writeSyntheticModel(folder, data, plain)).rejects.toThrow(
      /magnitudes 1 \+ 2 Exp\(1\): SAELens has max\(mean \+ std N\(0, 1\), 0\) only; .*; pass lossy to write the nearest/,
    );
    const { differences } = await writeSyntheticModel(folder, data, plain, { lossy: true });
    expect(differences.length).toBe(1);
    const { data: back } = await readSyntheticModel(folder);
    expect(back.coefficientModel.means).toEqual(data.coefficientModel.means);
    const uniform = { ...options, firing: { kind: "uniform" } } as const;
    await expect(writeSyntheticModel(folder, linearRepresentationBench(uniform), uniform)).rejects.toThrow(
      /uniform rates/,
    );
    const single = { ...options, hierarchy: { roots: 2, branching: 1, depth: 1 } } as const;
    await expect(writeSyntheticModel(folder, linearRepresentationBench(single), single)).rejects.toThrow(
      /of at least 2/,
    );
    const { biasNorm: _, ...views } = { ...options, view: "crosscoder" } as const;
    await expect(writeSyntheticModel(folder, linearRepresentationBench(views), views)).rejects.toThrow(
      /view sae, got crosscoder/,
    );
  });

  it("says where SAELens draws other numbers of the same distribution", async () => {
    const folded = {
      ...options,
      magnitudes: { kind: "gaussian", deviation: { kind: "foldedNormal", mean: 0.5, deviation: 0.5 } },
    } as const;
    const { differences } = await writeSyntheticModel(folder, linearRepresentationBench(folded), folded);
    expect(differences).toEqual([expect.stringMatching(/^deviation of the magnitudes: SAELens draws its own numbers/)]);
    expect((await readSyntheticModel(folder)).differences).toEqual([expect.stringMatching(/^std_firing_magnitudes/)]);
  });
});

describe("readSyntheticModel", () => {
  /** A model laid out by hand: two parents with two children each, the first of them exclusive, one free feature. */
  const model = () => ({
    config: {
      num_features: 7,
      hidden_dim: 2,
      firing_probability: { generator_name: "constant", probability: 0.5 },
      hierarchy: { total_root_nodes: 2, branching_factor: 2, max_depth: 1 },
      correlation: { rank: 1, correlation_scale: 0.1, seed: null },
      std_firing_magnitudes: { generator_name: "folded_normal", mean: 0, std: 1, min_value: 0.2, max_value: 0.3 },
      mean_firing_magnitudes: 3,
      bias: true,
      dtype: "float32",
      seed: null as number | null,
    } as Record<string, unknown>,
    tensors: new Map([
      ["feature_vectors", { dtype: "F32", shape: [7, 2], data: Float32Array.from({ length: 14 }, (_, i) => i) }],
      ["bias", { dtype: "F32", shape: [2], data: Float32Array.of(0.6, 0.8) }],
      ["firing_probabilities", { dtype: "F32", shape: [7], data: new Float32Array(7).fill(0.25) }],
      ["correlation_factor", { dtype: "F32", shape: [7, 1], data: new Float32Array(7).fill(0.5) }],
      ["correlation_diag", { dtype: "F32", shape: [7], data: new Float32Array(7).fill(0.75) }],
    ] as const),
    hierarchy: {
      roots: [
        { feature_index: 0, mutually_exclusive_children: true, feature_id: "a", children: [leaf(2), leaf(3)] },
        { feature_index: 1, mutually_exclusive_children: false, children: [leaf(4), leaf(5)] },
      ],
    } as { roots: unknown[] },
  });
  const leaf = (feature: number | null) => ({
    feature_index: feature,
    mutually_exclusive_children: false,
    children: [],
  });
  const lay = ({ config, tensors, hierarchy }: ReturnType<typeof model>): void => {
    writeFileSync(join(folder, "synthetic_model_config.json"), JSON.stringify(config));
    writeFileSync(join(folder, "synthetic_model.safetensors"), writeSafetensors(tensors));
    writeFileSync(join(folder, "hierarchy.json"), JSON.stringify(hierarchy));
  };

  it("reads tensors, magnitudes and forest of a model without a seed and without scaling", async () => {
    lay(model());
    const { data, differences } = await readSyntheticModel(folder, { seed: 9 });
    const { tables, seed } = data.parts;
    expect(seed).toBe(9);
    expect([...data.features]).toEqual(Array.from({ length: 14 }, (_, i) => i));
    expect([...(tables.hierarchy?.parentOf ?? [])]).toEqual([-1, -1, 0, 0, 1, 1, -1]);
    expect([...(tables.hierarchy?.exclusive ?? [])]).toEqual([1, 0, 0, 0, 0, 0, 0]);
    expect(tables).toMatchObject({ scaleByParent: false, magnitudes: { means: new Float64Array(7).fill(3) } });
    if (tables.magnitudes.kind !== "gaussian") throw new Error("expected Gaussian magnitudes");
    for (const value of tables.magnitudes.deviations) expect(Math.abs(value - 0.25)).toBeLessThanOrEqual(0.05);
    expect(tables.correlation).toMatchObject({ rank: 1 });
    expect(tables.correlation?.own[0]).toBeCloseTo(Math.sqrt(0.75), 7);
    expect(differences).toEqual([expect.stringMatching(/^std_firing_magnitudes: SAELens draws them from torch/)]);
    const { input } = data.batchSource({ batchSize: 4 }).batch(1);
    expect(input.length).toBe(8);
  });

  it("hazard 7.1: random magnitudes are of the same distribution, not the same numbers, which is said", async () => {
    const written = model();
    lay(written);
    expect((await readSyntheticModel(folder)).differences).toEqual([
      expect.stringMatching(/others of the same folded normal/),
    ]);
    Object.assign(written.config, { std_firing_magnitudes: { generator_name: "linear", start: 0.2, end: 0.3 } });
    lay(written);
    expect((await readSyntheticModel(folder)).differences).toEqual([]);
  });

  it("hazard 7.2: correlated firings have the stored rates, not those of the config", async () => {
    lay(model()); // the config says 0.5, the tensors 0.25
    const { data } = await readSyntheticModel(folder);
    const samples = Array.from({ length: 8000 }, (_, i) => i);
    const { latents } = data.coefficients(samples);
    const rate = latents.filter((latent) => latent === 6).length / samples.length; // the free feature
    // Five standard errors.
    expect(Math.abs(rate - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / samples.length));
  });

  it("hazard 7.3: a forest that does not say so scales no children", async () => {
    lay(model());
    expect((await readSyntheticModel(folder)).data.parts.tables.scaleByParent).toBe(false);
    const scaling = model();
    for (const root of scaling.hierarchy.roots) Object.assign(root as object, { scale_children_by_parent: true });
    lay(scaling);
    expect((await readSyntheticModel(folder)).data.parts.tables.scaleByParent).toBe(true);
  });

  it("reads a model without correlation, forest and bias", async () => {
    const { config, tensors } = model();
    const few = new Map([...tensors].filter(([name]) => !name.startsWith("correlation")));
    few.set("bias", { dtype: "F32", shape: [2], data: new Float32Array(2) });
    writeFileSync(join(folder, "synthetic_model_config.json"), JSON.stringify({ ...config, bias: false }));
    writeFileSync(join(folder, "synthetic_model.safetensors"), writeSafetensors(few));
    const { data } = await readSyntheticModel(folder);
    expect(data.parts.tables.correlation).toBeUndefined();
    expect(data.coefficientModel.hierarchy).toBeUndefined();
    expect(data.bias).toBeUndefined();
  });

  it.each([
    ["a grouping node", "bad-hierarchy", (m: ReturnType<typeof model>) => m.hierarchy.roots.push(leaf(null))],
    ["a feature that stands twice", "bad-hierarchy", (m: ReturnType<typeof model>) => m.hierarchy.roots.push(leaf(5))],
    [
      "siblings apart",
      "bad-hierarchy",
      (m: ReturnType<typeof model>) => {
        m.hierarchy = { roots: [{ ...leaf(0), children: [leaf(2), leaf(4)] }] };
      },
    ],
    [
      "parents of which some scale their children",
      "bad-hierarchy",
      (m: ReturnType<typeof model>) => {
        Object.assign(m.hierarchy.roots[0] as object, { scale_children_by_parent: true });
      },
    ],
    [
      "another number of features",
      "bad-shape",
      (m: ReturnType<typeof model>) => Object.assign(m.config, { num_features: 8 }),
    ],
    [
      "no number of features",
      "bad-config",
      (m: ReturnType<typeof model>) => Object.assign(m.config, { num_features: 0 }),
    ],
    [
      "an unknown magnitude",
      "bad-config",
      (m: ReturnType<typeof model>) =>
        Object.assign(m.config, { mean_firing_magnitudes: { generator_name: "cauchy" } }),
    ],
  ])("refuses %s", async (_, code, spoil) => {
    const laid = model();
    spoil(laid);
    lay(laid);
    await expect(readSyntheticModel(folder)).rejects.toMatchObject({ name: "FormatError", code });
  });
});
