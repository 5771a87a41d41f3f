import { BackendError } from "../errors.js";
import type { TfEngineName, TfNamespace } from "./namespace.js";
import { type NativeOps, nativeOps } from "./nativeOps.js";
import type { Tf } from "./tf.js";

/** A tfjs engine in use, and how its kernels are best called. */
export interface Engine {
  /** The namespace. */
  readonly tf: Tf;
  /** Which engine. */
  readonly name: TfEngineName;
  /** Tensors live in memory that the host reads at once: selections run on the host. */
  readonly onHost: boolean;
  /** On the host: share of stored pairs above which dense products are faster than loops over the pairs. */
  readonly denseAbove: number;
  /** Codes of topK and batchTopK are lists of pairs; else dense with a mask. */
  readonly pairs: boolean;
  /** Kernels of TensorFlow that tfjs does not expose; tfjs-node only. */
  readonly native?: NativeOps;
  /** Gives the engine back, once; after the last user another one may be opened. */
  readonly release: () => void;
}

/** The one engine of this process: tfjs keeps it in a global, so that a second copy of the library would share it unseen. */
const inUse: { tf?: Tf; name?: TfEngineName; users: number } = { users: 0 };

/**
 * Makes an engine the active one of the process.
 *
 * @throws BackendError when another engine or another copy of tfjs is in use, or when the engine is not registered
 */
export async function openEngine(namespace: TfNamespace, name?: TfEngineName): Promise<Engine> {
  const tf = namespace as unknown as Tf;
  const wanted = (name ?? tf.getBackend()) as TfEngineName;
  requireFreeEngine(wanted, tf);
  inUse.tf = tf;
  inUse.name = wanted;
  inUse.users++;
  let held = true;
  const release = (): void => {
    if (held) inUse.users--;
    held = false;
  };
  try {
    if (tf.findBackendFactory(wanted) === null || !(await tf.setBackend(wanted))) throw unavailable(wanted);
    await tf.ready();
  } catch (error) {
    release();
    throw error instanceof BackendError ? error : unavailable(wanted, error);
  }
  const native = wanted === "tensorflow" ? nativeOps(tf) : undefined;
  const onHost = wanted === "cpu" || wanted === "wasm";
  const denseAbove = wanted === "wasm" ? 0.05 : 1; // measured: they cross at 4 to 6 % on wasm; products are slow on cpu
  return {
    tf,
    name: wanted,
    onHost,
    denseAbove,
    pairs: !onHost && wanted !== "webgl",
    release,
    ...(native && { native }),
  };
}

/** Throws a BackendError while another engine, or another copy of tfjs, is in use. */
export function requireFreeEngine(name: TfEngineName, tf?: Tf): void {
  if (inUse.users === 0) return;
  const held = `tfjs-core ${inUse.tf?.version_core} with engine ${inUse.name}`;
  if (inUse.name !== name) {
    throw new BackendError(
      "engine-in-use",
      `tfjsBackend: tfjs has one engine per process, got ${name} while ${held} is open; close that backend first, or use a worker`,
    );
  }
  if (tf !== undefined && inUse.tf?.matMul !== tf.matMul) {
    throw new BackendError(
      "second-copy",
      `tfjsBackend: one copy of tfjs must be used, got tfjs-core ${tf.version_core} for ${name} while another copy of ${held} is open; run npm dedupe`,
    );
  }
}

function unavailable(name: string, cause?: unknown): BackendError {
  const known = name === "" ? "an engine must be registered, got none" : `engine ${name} must start, got a failure`;
  const from = name === "tensorflow" ? "@tensorflow/tfjs-node" : `@tensorflow/tfjs-backend-${name || "wasm"}`;
  return new BackendError("engine-unavailable", `tfjsBackend: ${known}; import ${from} beside tfjs-core first`, {
    cause,
  });
}
