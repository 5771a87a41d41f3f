import type { TfEngineName } from "./namespace.js";

/** Options of `tfjsBackend`. */
export interface TfjsOptions {
  /** Engine; default: the active one. */
  readonly engine?: TfEngineName;
  /**
   * How codes that are selected on the device are kept: as a dense matrix with a mask, or as a list of pairs. Default: selected on the
   * host on cpu and wasm, `mask` on webgl, `pairs` on tensorflow and webgpu.
   */
  readonly codes?: "mask" | "pairs";
  /** Fused kernels of TensorFlow where tfjs-node has them; default true. */
  readonly fused?: boolean;
  /** Threads of the engine, as `Backend.threads` will say; a function is asked once the engine runs. Default 1. */
  readonly threads?: number | (() => number);
  /** Versions and the like, added to `Backend.detail`. */
  readonly detail?: string;
}
