import type { Network } from "../network/network.js";
import type { Settings } from "../record.js";
import type { WeightFolder } from "./weightFolder.js";

/** A network that is built of a config.json and safetensors, as Hugging Face saves models. */
export interface SafetensorsArchitecture {
  /** Values of `model_type`. */
  readonly names: readonly string[];
  /** Texts of the tokens that begin a window, where `bos_token_id` does not say. */
  readonly startTokens: readonly string[];
  /** Texts of the tokens that end every window; none for models that do not see ahead. */
  readonly endTokens: readonly string[];
  /** The network of a config. */
  network(config: Settings, weights: WeightFolder, name: string): Network;
}
