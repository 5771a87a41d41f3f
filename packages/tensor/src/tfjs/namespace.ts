/**
 * What {@link tfjsBackend} needs to know of a tfjs namespace: `import * as tf from` `@tensorflow/tfjs`, `@tensorflow/tfjs-core`
 * (with an engine imported beside it) or `@tensorflow/tfjs-node`. Structural, so that these declarations stay free of tfjs types.
 */
export interface TfNamespace {
  /** Version of tfjs-core. */
  readonly version_core: string;
  /** Makes an engine the active one. */
  setBackend(name: string): Promise<boolean>;
  /** Resolves when the active engine is ready. */
  ready(): Promise<void>;
  /** Name of the active engine. */
  getBackend(): string;
}

/** Engines of tfjs. */
export type TfEngineName = "cpu" | "wasm" | "tensorflow" | "webgl" | "webgpu";
