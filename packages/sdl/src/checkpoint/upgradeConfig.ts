import { FormatError } from "@monosema/tensor";
import { isObject, type JsonObject } from "./json.js";
import { isBefore } from "./version.js";

/** The SAELens version that a configuration names, at its top or in its metadata. */
export function saelensVersion(config: JsonObject): string | undefined {
  const { metadata } = config;
  const named = config.sae_lens_version || (isObject(metadata) ? metadata.sae_lens_version : undefined);
  return typeof named === "string" && named !== "" ? named : undefined;
}

/**
 * Brings a cfg.json written before SAELens 6.0 into the present layout; later ones are returned as they are.
 * Follows `handle_pre_6_0_config` of SAELens 6.54: renamed keys, defaults, TopK by activation name, flat metadata.
 *
 * @throws FormatError `unsupported-activation` for an activation other than relu and topk with its k
 */
export function upgradeConfig(config: JsonObject, file: string): JsonObject {
  const version = saelensVersion(config);
  if (version !== undefined && !isBefore(version, [6, 0, 0])) return config;
  const flat = Object.fromEntries(Object.entries(config).map(([key, value]) => [renamed.get(key) ?? key, value]));
  const kwargs = isObject(flat.activation_fn_kwargs) ? flat.activation_fn_kwargs : {};
  const isTopK = flat.activation_fn === "topk" && kwargs.k != null;
  if (!isTopK && (flat.activation_fn ?? "relu") !== "relu") {
    throw new FormatError(
      "unsupported-activation",
      `activation_fn must be relu, or topk with activation_fn_kwargs.k, got ${JSON.stringify(flat.activation_fn)}; convert the file with the program that wrote it`,
      { file },
    );
  }
  const { metadata, normalize_activations: normalize, ...rest } = flat;
  const upgraded: Record<string, unknown> = {
    architecture: "standard",
    apply_b_dec_to_input: true,
    prepend_bos: true,
    reshape_activations: String(flat.hook_name ?? "").includes("hook_z") ? "hook_z" : "none",
    ...rest,
    normalize_activations: typeof normalize === "boolean" || normalize == null ? averageOrNone(normalize) : normalize,
    ...(isTopK ? { architecture: "topk" } : {}),
  };
  if (upgraded.architecture === "topk" && kwargs.k != null) upgraded.k = kwargs.k;
  const moved = Object.entries(upgraded).filter(([key]) => metadataKeys.has(key));
  for (const [key] of moved) delete upgraded[key];
  return { ...upgraded, metadata: { ...(isObject(metadata) ? metadata : {}), ...Object.fromEntries(moved) } };
}

const averageOrNone = (normalize: unknown): string => (normalize === true ? "expected_average_only_in" : "none");

const renamed: ReadonlyMap<string, string> = new Map([
  ["hook_point", "hook_name"],
  ["hook_point_head_index", "hook_head_index"],
  ["activation_fn_str", "activation_fn"],
]);

const metadataKeys: ReadonlySet<string> = new Set([
  "sae_lens_version",
  "sae_lens_training_version",
  "model_name",
  "hook_name",
  "hook_head_index",
  "model_class_name",
  "model_from_pretrained_kwargs",
  "prepend_bos",
  "context_size",
  "seqpos_slice",
  "dataset_path",
  "exclude_special_tokens",
  "neuronpedia_id",
  "hook_name_out",
  "hook_head_index_out",
  "hf_hook_name",
  "hf_hook_name_out",
]);
