import { fractionUnexplained, type Model, saelensConfig } from "@monosema/sdl";
import type { CoreSums } from "./coreSums.js";
import type { LatentGeometry } from "./latentGeometry.js";

/** What a core evaluation says of itself beside its numbers. */
export interface CoreFacts {
  /** UUID of the evaluation. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The program that evaluated, with its version. */
  readonly producer: string;
  /** Name of the dictionary. */
  readonly dictionary: string;
  /** The data. */
  readonly dataset: string;
  /** Batches that were evaluated. */
  readonly batches: number;
  /** Why firings in documents are not there, where they are not. */
  readonly withoutPrompts?: string;
}

/** A document that SAEBench reads. */
export type CoreDocument = Readonly<Record<string, unknown>>;

/**
 * The core evaluation of SAEBench (adamkarvonen/SAEBench, evals/core/eval_output.py): all of its categories and keys. What was not computed or is not
 * defined is -1, as there; `eval_result_unstructured` lists what was not computed, says why, and names formulas that are not SAEBench's own.
 */
export function coreDocument(model: Model, sums: CoreSums, geometry: LatentGeometry, facts: CoreFacts): CoreDocument {
  const { batches, withoutPrompts = "no documents are known", ...rest } = facts;
  const { spec, metadata = {} } = model;
  const metrics = { ...languageModel, ...coreMetrics(spec, sums, geometry) };
  const missing: Readonly<Record<string, string>> = {
    ...Object.fromEntries(
      Object.entries(languageModel).flatMap(([category, keys]) =>
        [category, ...Object.keys(keys)].map((name) => [name, "no language model takes part"]),
      ),
    ),
    ...(sums.prompts ? {} : { consistent_activation_heuristic: withoutPrompts }),
    ...(spec.nP === spec.nR
      ? {}
      : { encoder_decoder_cosine_sim: `input and output differ in width, ${spec.nP} and ${spec.nR}` }),
    ...Object.fromEntries(
      Object.values(metrics).flatMap((keys) =>
        Object.entries(keys).flatMap(([key, value]) =>
          Number.isFinite(value) ? [] : [[key, "not defined on these data"]],
        ),
      ),
    ),
  };
  return {
    eval_type_id: "core",
    eval_config: {
      model_name: textOf(metadata.model_name),
      llm_dtype: "",
      batch_size_prompts: 0,
      n_eval_reconstruction_batches: 0,
      n_eval_sparsity_variance_batches: batches,
      dataset: rest.dataset,
      context_size: Number.isSafeInteger(metadata.context_size) ? metadata.context_size : 0,
      compute_kl: false,
      compute_ce_loss: false,
      compute_l2_norms: true,
      compute_sparsity_metrics: true,
      compute_variance_metrics: true,
      compute_featurewise_density_statistics: true,
      compute_featurewise_weight_based_metrics: true,
      exclude_special_tokens_from_reconstruction: false,
      verbose: false,
    },
    eval_id: rest.id,
    datetime_epoch_millis: rest.time,
    eval_result_metrics: Object.fromEntries(
      Object.entries(metrics).map(([category, keys]) => [
        category,
        Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, defined(value)])),
      ]),
    ),
    eval_result_details: latentRecords(sums, geometry),
    sae_bench_commit_hash: rest.producer,
    sae_lens_id: "custom_sae",
    sae_lens_release_id: rest.dictionary,
    sae_lens_version: null,
    sae_cfg_dict: saelensConfig(model),
    eval_result_unstructured: { not_computed: Object.keys(missing), not_computed_because: missing, formulas },
  };
}

/** The two categories that need a language model. */
const languageModel = {
  model_behavior_preservation: { kl_div_score: -1, kl_div_with_ablation: -1, kl_div_with_sae: -1 },
  model_performance_preservation: {
    ce_loss_score: -1,
    ce_loss_with_ablation: -1,
    ce_loss_with_sae: -1,
    ce_loss_without_sae: -1,
  },
};

/** Where ours are not those of SAEBench 0.6.0, which divides mse by the tokens of a batch and takes the mean of x^2 for that of x. */
const formulas = {
  explained_variance: "1 - E||x - y||^2 / (E||x||^2 - ||E x||^2), y the reconstruction of x, over all samples",
  explained_variance_legacy:
    "E(1 - ||x - y||^2 / ||x - E x||^2), E x over all samples; samples equal to E x are left out",
  mse: "E||x - y||^2 / width",
  cossim: "E of the cosine of x and y; samples where either is 0 are left out",
  feature_density: "share of samples with f != 0, so that the negative codes of signed activations count",
  x: "the activations that the dictionary reconstructs: those of its target where it is a transcoder, whose skip is part of y",
};

function coreMetrics({ nR }: Model["spec"], { samples, sums, counts, firings }: CoreSums, geometry: LatentGeometry) {
  const densities = Array.from(firings, (count) => count / samples);
  const total = densities.reduce(sum, 0);
  const over = (limit: number): readonly number[] => densities.filter((density) => density > limit);
  const shareOver = (limit: number): number => over(limit).length / densities.length;
  const massOver = (limit: number): number => (total > 0 ? over(limit).reduce(sum, 0) / total : 0);
  return {
    reconstruction_quality: {
      explained_variance: 1 - (fractionUnexplained(sums.error, sums.variance, sums.power) ?? Number.NaN),
      explained_variance_legacy: sums.legacy / counts.legacy,
      mse: sums.error / (samples * nR),
      cossim: sums.cosine / counts.cosine,
    },
    shrinkage: {
      l2_norm_in: sums.inputNorm / samples,
      l2_norm_out: sums.outputNorm / samples,
      l2_ratio: sums.ratio / samples,
      relative_reconstruction_bias: sums.outputPower / sums.product,
    },
    sparsity: { l0: sums.active / samples, l1: sums.codes / samples },
    token_stats: { total_tokens_eval_reconstruction: 0, total_tokens_eval_sparsity_variance: samples },
    misc_metrics: {
      freq_over_1_percent: shareOver(0.01),
      freq_over_10_percent: shareOver(0.1),
      normalized_freq_over_1_percent: massOver(0.01),
      normalized_freq_over_10_percent: massOver(0.1),
      average_max_encoder_cosine_sim: geometry.maxEncoderCosine.reduce(sum, 0) / densities.length,
      average_max_decoder_cosine_sim: geometry.maxDecoderCosine.reduce(sum, 0) / densities.length,
      frac_alive: over(0).length / densities.length,
    },
  };
}

function latentRecords({ samples, firings, prompts }: CoreSums, geometry: LatentGeometry): readonly object[] {
  const at = (values: Float64Array, q: number): number => defined(values[q] as number);
  return Array.from(firings, (count, index) => ({
    index,
    feature_density: count / samples,
    consistent_activation_heuristic: prompts ? defined(count / (prompts.count[index] as number)) : -1,
    encoder_bias: at(geometry.encoderBias, index),
    encoder_norm: at(geometry.encoderNorm, index),
    encoder_decoder_cosine_sim: at(geometry.encoderDecoderCosine, index),
    max_decoder_cosine_sim: at(geometry.maxDecoderCosine, index),
    max_encoder_cosine_sim: at(geometry.maxEncoderCosine, index),
  }));
}

const defined = (value: number): number => (Number.isFinite(value) ? value : -1);
const sum = (a: number, b: number): number => a + b;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
