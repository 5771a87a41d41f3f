import { FormatError } from "@monosema/tensor";
import * as z from "zod/mini";
import type { Model } from "../model.js";
import { parse, positive, problemText, size } from "../schema.js";
import { architectures, unsupportedArchitecture } from "./architectures.js";
import { isObject, type JsonObject, parseJson } from "./json.js";
import { saelensVersion, upgradeConfig } from "./upgradeConfig.js";

/** What a cfg.json of SAELens says, in the present layout and with its defaults filled in. */
export interface SaelensConfig {
  /** Name of the architecture. */
  readonly architecture: string;
  /** P. */
  readonly nP: number;
  /** R; equals P but for transcoders. */
  readonly nR: number;
  /** Q. */
  readonly nQ: number;
  /** b_dec is subtracted from the input. */
  readonly subtractDecoderBias: boolean;
  /** What is done to each sample, or what was done to all data and is not folded yet: a common factor, or whitening. */
  readonly scaling: Model["inputScaling"] | "average" | "whitening";
  /** Samples are `[heads, d_head]` flattened. */
  readonly hookZ: boolean;
  /** Entries per row. */
  readonly k: number | undefined;
  /** Pre-activations are selected times the decoder norms. */
  readonly rescales: boolean | undefined;
  /** Rate of the running BatchTopK threshold. */
  readonly thresholdRate: number | undefined;
  /** Steps of matching pursuit. */
  readonly maxIterations: number;
  /** The norm that ends matching pursuit. */
  readonly residualThreshold: number | undefined;
  /** Whether matching pursuit ends at a step without another latent. */
  readonly stopOnDuplicateSupport: boolean | undefined;
  /** Version of SAELens that wrote the file. */
  readonly version: string | undefined;
  /** Free metadata. */
  readonly metadata: JsonObject;
  /** Keys that play no part. */
  readonly ignored: readonly string[];
}

/**
 * Reads the text of a cfg.json (SAELens 6.54; older layouts by the version that the file names).
 *
 * @param file - name of the file, for messages
 * @throws FormatError `bad-config`, `unsupported-architecture`, `unsupported-activation` or `unsupported-normalization`
 */
export function parseSaelensConfig(text: string, file: string): SaelensConfig {
  const bad = (problem: string): FormatError =>
    new FormatError("bad-config", `${problem}; correct the file or save the model again`, { file });
  const config = upgradeConfig(parseJson(text, file), file);
  const { architecture, metadata } = config;
  const isOwn = isObject(metadata) && metadata.monosema !== undefined;
  if (typeof architecture === "string" && !architectures.has(architecture) && !isOwn)
    throw unsupportedArchitecture(architecture, file);
  const known = parse(schema, config, (problem) => bad(problemText(problem)));
  const isTranscoder = known.architecture.endsWith("transcoder");
  if (isTranscoder && known.apply_b_dec_to_input) {
    throw bad("a transcoder needs apply_b_dec_to_input: false, for b_dec lies in its output space");
  }
  return {
    architecture: known.architecture,
    nP: known.d_in,
    nR: isTranscoder ? (known.d_out ?? 768) : known.d_in,
    nQ: known.d_sae,
    subtractDecoderBias: known.apply_b_dec_to_input,
    scaling: scalingOf(known.normalize_activations, isTranscoder, file),
    hookZ: known.reshape_activations === "hook_z",
    k: known.k,
    rescales: known.rescale_acts_by_decoder_norm,
    thresholdRate: known.topk_threshold_lr,
    maxIterations: known.max_iterations ?? known.d_in,
    residualThreshold: known.residual_threshold,
    stopOnDuplicateSupport: known.stop_on_duplicate_support,
    version: saelensVersion(config),
    metadata: known.metadata,
    ignored: Object.keys(config).filter((key) => !(key in schema.shape)),
  };
}

function scalingOf(name: string, isTranscoder: boolean, file: string): SaelensConfig["scaling"] {
  const scaling = scalings.get(name);
  const isFolded = scaling === "average" || scaling === "whitening";
  if (scaling !== undefined && !(isFolded && isTranscoder)) return scaling;
  throw new FormatError(
    "unsupported-normalization",
    `normalize_activations must be ${[...scalings.keys()].join(", ")}${isTranscoder ? " (a transcoder: one of the first three)" : ""}, got ${name}; fold it into the weights with SAELens first`,
    { file },
  );
}

const scalings: ReadonlyMap<string, SaelensConfig["scaling"]> = new Map([
  ["none", "none"],
  ["constant_norm_rescale", "constantNorm"],
  ["layer_norm", "layerNorm"],
  ["expected_average_only_in", "average"],
  ["covariance_whitening", "whitening"],
]);

const schema = z.looseObject({
  architecture: z.string(),
  d_in: size,
  d_sae: size,
  d_out: z.optional(size),
  dtype: z.optional(z.string().check(z.regex(/^(torch\.)?(float32|float64|float16|bfloat16)$/))),
  device: z.optional(z.string()),
  apply_b_dec_to_input: z._default(z.boolean(), true),
  normalize_activations: z._default(z.string(), "none"),
  reshape_activations: z._default(z.enum(["none", "hook_z"]), "none"),
  k: z.optional(positive),
  rescale_acts_by_decoder_norm: z.optional(z.boolean()),
  max_iterations: z.optional(z.nullable(size)),
  residual_threshold: z.optional(z.number()),
  stop_on_duplicate_support: z.optional(z.boolean()),
  topk_threshold_lr: z.optional(z.number().check(z.gt(0), z.maximum(1))),
  sae_lens_version: z.optional(z.nullable(z.string())),
  metadata: z._default(z.record(z.string(), z.unknown()), {}),
});
