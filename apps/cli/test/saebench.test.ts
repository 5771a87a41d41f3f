import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dictionaryFormats } from "@monosema/formats";
import { loadCheckpoint } from "@monosema/sdl/node";
import { random, type StoredTensor, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder } from "./support/cli.js";

const fixtures = resolve(import.meta.dirname, "../../../packages/formats/test/fixtures");
const nDocuments = 3;

/** The schema of SAEBench 0.6.0 (evals/core/eval_output_schema_core.json): all categories and keys with the types that it validates. */
const categories: Readonly<Record<string, readonly string[]>> = {
  model_behavior_preservation: ["kl_div_score", "kl_div_with_ablation", "kl_div_with_sae"],
  model_performance_preservation: ["ce_loss_score", "ce_loss_with_ablation", "ce_loss_with_sae", "ce_loss_without_sae"],
  reconstruction_quality: ["explained_variance", "explained_variance_legacy", "mse", "cossim"],
  shrinkage: ["l2_norm_in", "l2_norm_out", "l2_ratio", "relative_reconstruction_bias"],
  sparsity: ["l0", "l1"],
  token_stats: ["total_tokens_eval_reconstruction", "total_tokens_eval_sparsity_variance"],
  misc_metrics: [
    "freq_over_1_percent",
    "freq_over_10_percent",
    "normalized_freq_over_1_percent",
    "normalized_freq_over_10_percent",
    "average_max_encoder_cosine_sim",
    "average_max_decoder_cosine_sim",
    "frac_alive",
  ],
};
const config: Readonly<Record<string, "string" | "integer" | "boolean">> = {
  model_name: "string",
  llm_dtype: "string",
  batch_size_prompts: "integer",
  n_eval_reconstruction_batches: "integer",
  n_eval_sparsity_variance_batches: "integer",
  dataset: "string",
  context_size: "integer",
  compute_kl: "boolean",
  compute_ce_loss: "boolean",
  compute_l2_norms: "boolean",
  compute_sparsity_metrics: "boolean",
  compute_variance_metrics: "boolean",
  compute_featurewise_density_statistics: "boolean",
  compute_featurewise_weight_based_metrics: "boolean",
  exclude_special_tokens_from_reconstruction: "boolean",
  verbose: "boolean",
};
const perLatent = [
  "index",
  "feature_density",
  "consistent_activation_heuristic",
  "encoder_bias",
  "encoder_norm",
  "encoder_decoder_cosine_sim",
  "max_decoder_cosine_sim",
  "max_encoder_cosine_sim",
];

// biome-ignore lint/suspicious/noExplicitAny: the document is what is tested
type Document = any;

describe("evaluate --saebench", { timeout: 60_000 }, () => {
  it.each([
    ["saelens/jumprelu", []],
    ["saelens/gated_training", []],
    ["saelens/abstopk", []],
    ["saelens/standard_hook_z", []],
    ["saelens/transcoder", []],
    ["sparsify/skip_transcoder", []],
    ["weights_alone/qwen_scope", ["--k", "3"]],
  ] as const)("%s: every number is that of plain loops over what the program itself computes", async (name, more) => {
    const folder = temporaryFolder();
    const checkpoint = join(fixtures, name);
    const { model } = await loadCheckpoint(checkpoint, { formats: dictionaryFormats, ...(more[1] ? { k: 3 } : {}) });
    const { spec, weights } = model;
    const peer = JSON.parse(readFileSync(join(checkpoint, "expected.json"), "utf8"));
    const rows: number[][] = peer.x.map((row: Document) => row.flat(3));
    const targets = spec.variant === "transcoder" ? randomRows(rows.length, spec.nR) : rows;
    const documents = rows.map((_, row) => 7 * Math.floor((row * nDocuments) / rows.length));
    const [data, target, file] = ["data.safetensors", "target.safetensors", "core.json"].map((f) => join(folder, f));
    writeFileSync(data as string, stored(rows, documents));
    writeFileSync(target as string, stored(targets));
    const given = [checkpoint, "--data", `${data}:acts`, ...(targets === rows ? [] : ["--target", target as string])];
    const ran = await inProcess(
      "evaluate",
      ...given,
      ...more,
      "--saebench",
      file as string,
      "--backend",
      "reference",
      "--json",
    );
    expect(ran.status, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout).saebench).toBe(file);
    const document: Document = JSON.parse(readFileSync(file as string, "utf8"));
    expectSchema(document, spec.nQ);

    const codes: number[][] = peer.codes.map((row: Document) => row.flat(3));
    const wanted = plainLoops({
      rows: targets,
      outputs: peer.reconstruction.map((row: Document) => row.flat(3)),
      codes,
      documents,
      encoder: matrix(weights.encoder, spec.nP),
      decoder: matrix(weights.decoder, spec.nR),
      bias: [...(weights.magnitudeBias ?? weights.encoderBias ?? new Float32Array(spec.nQ))],
    });
    for (const [category, keys] of Object.entries(wanted.categories)) {
      for (const [key, value] of Object.entries(keys))
        expect(document.eval_result_metrics[category][key] / (Math.abs(value) + 1), key).toBeCloseTo(
          value / (Math.abs(value) + 1),
          4,
        );
    }
    wanted.latents.forEach((latent, q) => {
      for (const [key, value] of Object.entries(latent))
        expect(document.eval_result_details[q][key], `${key} ${q}`).toBeCloseTo(value, 4);
    });
    const withoutModel = Object.entries(categories).slice(0, 2);
    expect(document.eval_result_unstructured.not_computed).toEqual([
      ...withoutModel.flatMap(([category, keys]) => [category, ...keys]),
      ...(spec.nP === spec.nR ? [] : ["encoder_decoder_cosine_sim"]),
    ]);
  });

  it("says what cannot be computed: firings in documents that nobody knows, cosines of other widths", async () => {
    const folder = temporaryFolder();
    const { nP, nR } = (await loadCheckpoint(join(fixtures, "saelens/transcoder"))).model.spec;
    const file = join(folder, "x.safetensors");
    writeFileSync(file, stored(randomRows(8, nP)));
    writeFileSync(join(folder, "y.safetensors"), stored(randomRows(8, nR)));
    const given = ["evaluate", join(fixtures, "saelens/transcoder"), "--data", file, "--quiet"];
    const ran = await inProcess(
      ...given,
      "--target",
      join(folder, "y.safetensors"),
      "--out",
      join(folder, "o"),
      "--saebench",
    );
    expect(ran.status, ran.stderr).toBe(0);
    const document: Document = JSON.parse(readFileSync(join(folder, "o/saebench.json"), "utf8"));
    expect(document.eval_result_unstructured.not_computed_because).toMatchObject({
      consistent_activation_heuristic: "the data do not know the documents of their rows",
      encoder_decoder_cosine_sim: `input and output differ in width, ${nP} and ${nR}`,
    });
    expect(
      document.eval_result_details.every((latent: Document) => latent.consistent_activation_heuristic === -1),
    ).toBe(true);
  });

  it("does not count the firings of a document that comes back after another", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "x.safetensors");
    writeFileSync(file, stored(randomRows(4, 6), [1, 1, 0, 1]));
    const core = join(folder, "c.json");
    const ran = await inProcess(
      "evaluate",
      join(fixtures, "saelens/jumprelu"),
      "--data",
      `${file}:acts`,
      "--saebench",
      core,
      "--quiet",
    );
    expect(ran.status, ran.stderr).toBe(0);
    expect(JSON.parse(readFileSync(core, "utf8")).eval_result_unstructured.not_computed_because).toMatchObject({
      consistent_activation_heuristic: "rows of one document lie apart from each other",
    });
  });
});

function expectSchema(document: Document, nQ: number): void {
  expect(document).toMatchObject({ eval_type_id: "core", eval_id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(Number.isInteger(document.datetime_epoch_millis)).toBe(true);
  expect(document.datetime_epoch_millis).toBeLessThanOrEqual(9999999999999);
  for (const key of ["sae_bench_commit_hash", "sae_lens_id", "sae_lens_release_id"])
    expect(document[key]).toEqual(expect.any(String));
  expect(document.sae_lens_version).toBeNull();
  expect(document.sae_cfg_dict).toMatchObject({ d_sae: nQ });
  expect(Object.keys(document.eval_config)).toEqual(Object.keys(config));
  for (const [key, type] of Object.entries(config)) {
    const value = document.eval_config[key];
    expect(type === "integer" ? Number.isInteger(value) : typeof value === type, key).toBe(true);
  }
  const metrics = document.eval_result_metrics;
  expect(new Set(Object.keys(metrics))).toEqual(new Set(Object.keys(categories)));
  for (const [category, keys] of Object.entries(categories)) {
    expect(Object.keys(metrics[category])).toEqual(keys);
    for (const key of keys) expect(metrics[category][key], key).toEqual(expect.any(Number));
  }
  expect(Object.values(metrics.token_stats).every(Number.isInteger)).toBe(true);
  expect(document.eval_result_details).toHaveLength(nQ);
  document.eval_result_details.forEach((latent: Document, index: number) => {
    expect(Object.keys(latent)).toEqual(perLatent);
    expect(latent.index).toBe(index);
    for (const value of Object.values(latent)) expect(value).toEqual(expect.any(Number));
  });
}

interface Run {
  readonly rows: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly codes: readonly (readonly number[])[];
  readonly documents: readonly number[];
  readonly encoder: readonly (readonly number[])[];
  readonly decoder: readonly (readonly number[])[];
  readonly bias: readonly number[];
}

/** The definitions word by word, over dense arrays. */
function plainLoops({ rows, outputs, codes, documents, encoder, decoder, bias }: Run) {
  const n = rows.length;
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, v, i) => sum + v * (b[i] as number), 0);
  const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((v, i) => v - (b[i] as number));
  const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
  const cosine = (a: readonly number[], b: readonly number[]): number => dot(a, b) / (norm(a) * norm(b));
  const centre = (rows[0] as number[]).map((_, d) => mean(rows.map((row) => row[d] as number)));
  const errors = rows.map((row, b) => minus(row, outputs[b] as number[])).map((e) => dot(e, e));
  const variances = rows.map((row) => minus(row, centre)).map((v) => dot(v, v));
  const powers = mean(rows.map((row) => dot(row, row)));
  const density = (codes[0] as number[]).map((_, q) => mean(codes.map((row) => Number(row[q] !== 0))));
  const largest = (all: readonly (readonly number[])[], q: number): number =>
    Math.max(...all.map((other, i) => (i === q ? -1 : cosine(all[q] as number[], other))));
  const over = (limit: number): number[] => density.filter((d) => d > limit);
  const prompts = (q: number): number => new Set(documents.filter((_, b) => (codes[b] as number[])[q] !== 0)).size;
  return {
    categories: {
      reconstruction_quality: {
        explained_variance: 1 - mean(errors) / (powers - dot(centre, centre)),
        explained_variance_legacy: mean(errors.map((e, b) => 1 - e / (variances[b] as number))),
        mse: mean(errors) / centre.length,
        cossim: mean(rows.map((row, b) => cosine(row, outputs[b] as number[]))),
      },
      shrinkage: {
        l2_norm_in: mean(rows.map(norm)),
        l2_norm_out: mean(outputs.map(norm)),
        l2_ratio: mean(rows.map((row, b) => norm(outputs[b] as number[]) / norm(row))),
        relative_reconstruction_bias:
          mean(outputs.map((y) => dot(y, y))) / mean(rows.map((row, b) => dot(row, outputs[b] as number[]))),
      },
      sparsity: {
        l0: mean(codes.map((row) => row.filter((f) => f !== 0).length)),
        l1: mean(codes.map((row) => row.reduce((a, b) => a + b, 0))),
      },
      token_stats: { total_tokens_eval_reconstruction: 0, total_tokens_eval_sparsity_variance: n },
      misc_metrics: {
        freq_over_1_percent: over(0.01).length / density.length,
        freq_over_10_percent: over(0.1).length / density.length,
        normalized_freq_over_1_percent: (mean(over(0.01)) * over(0.01).length) / (mean(density) * density.length),
        normalized_freq_over_10_percent: (mean(over(0.1)) * over(0.1).length) / (mean(density) * density.length),
        average_max_encoder_cosine_sim: mean(encoder.map((_, q) => largest(encoder, q))),
        average_max_decoder_cosine_sim: mean(decoder.map((_, q) => largest(decoder, q))),
        frac_alive: over(0).length / density.length,
      },
    },
    latents: density.map((feature_density, q) => ({
      index: q,
      feature_density,
      consistent_activation_heuristic: prompts(q) === 0 ? -1 : (feature_density * n) / prompts(q),
      encoder_bias: bias[q] as number,
      encoder_norm: norm(encoder[q] as number[]),
      encoder_decoder_cosine_sim:
        encoder[q]?.length === decoder[q]?.length ? cosine(encoder[q] as number[], decoder[q] as number[]) : -1,
      max_decoder_cosine_sim: largest(decoder, q),
      max_encoder_cosine_sim: largest(encoder, q),
    })),
  };
}

function randomRows(count: number, width: number): number[][] {
  const rng = random(5, "rows");
  return Array.from({ length: count }, () => Array.from({ length: width }, () => Math.fround(rng.normal())));
}

const matrix = (values: Float32Array, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, q) => [...values.subarray(q * width, (q + 1) * width)]);

function stored(rows: readonly (readonly number[])[], documents?: readonly number[]): Uint8Array {
  const acts: StoredTensor = {
    dtype: "F32",
    shape: [rows.length, rows[0]?.length ?? 0],
    data: Float32Array.from(rows.flat()),
  };
  const document = documents && ({ dtype: "I32", shape: [rows.length], data: Int32Array.from(documents) } as const);
  return writeSafetensors([["acts", acts], ...(document ? [["document", document] as const] : [])]);
}
