import type { Runtime } from "../runtime.js";

/** Where to look for runtimes, and where they may write. */
export interface OpenRuntimeOptions {
  /** Folders whose `node_modules` are searched; default: `MONOSEMA_ONNXRUNTIME` where it is set, else this package and the working folder. */
  readonly from?: readonly string[];
  /** Folder for weights while a model opens, as large as they are in float32; default: the system's for temporary files. */
  readonly scratch?: string;
}

/** A library that runs models: one file of this folder, one line of the list. */
export interface NodeRuntime {
  /** Name of the package. */
  readonly name: string;
  /** Loads it; BackendError `not-installed` or `broken-install`. */
  load(options: OpenRuntimeOptions): Promise<Runtime>;
}
