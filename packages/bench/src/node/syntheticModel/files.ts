/** Names of the files of a `synthetic_model` folder of SAELens (6.35 and later). */
export const files = {
  config: "synthetic_model_config.json",
  weights: "synthetic_model.safetensors",
  hierarchy: "hierarchy.json",
} as const;
