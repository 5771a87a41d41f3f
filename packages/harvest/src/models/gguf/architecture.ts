import type { Network } from "../network/network.js";
import type { Gguf } from "./openGguf.js";

/** A network that is built of GGUF files. */
export interface GgufArchitecture {
  /** Values of `general.architecture`. */
  readonly names: readonly string[];
  /** The network of a file. */
  network(file: Gguf, name: string): Promise<Network>;
}
