import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import util from "node:util";
import { BackendError } from "../../errors.js";
import type { TfNamespace } from "../namespace.js";

const PACKAGE = "@tensorflow/tfjs-node";

/** Options of {@link loadTfjsNode}. */
export interface LoadTfjsNodeOptions {
  /** Folders whose `node_modules` are searched; default: `MONOSEMA_TFJS_NODE` where it is set, else the working folder, then this package. */
  readonly from?: readonly string[];
  /** Threads of TensorFlow, fixed by the first load of a process; default: `TF_NUM_INTRAOP_THREADS`, else all cores. */
  readonly threads?: number;
}

/** What TensorFlow started with: it reads the number of threads once per process. */
const started: { threads?: number } = {};

/**
 * Loads `@tensorflow/tfjs-node`, an optional peer, after a look at whether it can work: the failing import itself takes half a second
 * and leaves kernels behind. Restores `util.isNullOrUndefined`, which tfjs-node 4.22 calls and Node 23 removed.
 *
 * Loading makes TensorFlow the active engine of every copy of tfjs in the process.
 *
 * @returns the namespace, for `tfjsBackend`
 * @throws BackendError `not-installed`, `native-addon-missing` or `native-library-unloadable`, with the command that mends it;
 * `threads-fixed` where the process has started TensorFlow with another number of threads
 */
export function loadTfjsNode({ from = searched(), threads }: LoadTfjsNodeOptions = {}): TfNamespace {
  requireThreads(threads);
  const { require, folder } = locate(from);
  if (!existsSync(join(folder, "lib", "napi-v8", "tfjs_binding.node"))) {
    throw new BackendError(
      "native-addon-missing",
      `loadTfjsNode: ${PACKAGE} needs its native addon, got none in ${folder} (its install script did not run, or its download failed); ` +
        `run npm rebuild ${PACKAGE}, or on Linux x64 scripts/tfjs-node-from-wheel.mjs of the Monosema repository`,
    );
  }
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // without TensorFlow's greeting on stderr
  if (threads !== undefined) process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  try {
    const tf = require(PACKAGE) as TfNamespace;
    started.threads ??= Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
    return tf;
  } catch (cause) {
    throw new BackendError(
      "native-library-unloadable",
      `loadTfjsNode: the native library of ${PACKAGE} must load, got ${(cause as Error).message}; ` +
        `remove ${folder} and install it again on this machine: npm install ${PACKAGE}`,
      { cause },
    );
  }
}

/** Threads of TensorFlow in this process, once it is loaded. */
export function tfjsNodeThreads(): number {
  return started.threads ?? 1;
}

function requireThreads(threads: number | undefined): void {
  if (threads !== undefined && !(Number.isInteger(threads) && threads > 0)) {
    throw new RangeError(
      `loadTfjsNode: threads must be a positive integer, got ${threads}; leave it out for all cores`,
    );
  }
  if (threads === undefined || started.threads === undefined || started.threads === threads) return;
  throw new BackendError(
    "threads-fixed",
    `loadTfjsNode: TensorFlow has ${started.threads} threads since it was loaded in this process, got ${threads}; use a new process`,
  );
}

function searched(): readonly string[] {
  const named = process.env.MONOSEMA_TFJS_NODE;
  return named === undefined || named === "" ? [process.cwd(), import.meta.dirname] : [named];
}

/** The folder of the package, and a `require` that finds it. */
function locate(from: readonly string[]): { readonly require: NodeJS.Require; readonly folder: string } {
  const failures: unknown[] = [];
  for (const base of from) {
    const require = createRequire(join(base, "index.js"));
    try {
      return { require, folder: dirname(require.resolve(`${PACKAGE}/package.json`)) };
    } catch (error) {
      failures.push(error);
    }
  }
  throw new BackendError(
    "not-installed",
    `loadTfjsNode: ${PACKAGE} must be installed, got nothing from ${from.join(" or ")}; ` +
      `run npm install ${PACKAGE}@4.22.0, or set MONOSEMA_TFJS_NODE to a folder that has it`,
    { cause: failures[0] },
  );
}
