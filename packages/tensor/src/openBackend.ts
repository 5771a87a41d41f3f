import type { Backend, BackendOpener, OpenOptions } from "./backend.js";
import { BackendError } from "./errors.js";
import { referenceBackend } from "./reference/referenceBackend.js";

/** Options of {@link openBackend}. */
export interface OpenBackendOptions extends OpenOptions {
  /** Backends to choose from, such as `simd` of `@monosema/simd` or `tfjsWasm` of `@monosema/tensor/tfjs-wasm`; fastest first. */
  readonly others?: readonly BackendOpener[];
}

/**
 * Opens a backend by name: `reference`, the name of one of `others`, or `auto`.
 *
 * `auto` is the first of `others` that opens; {@link Backend.detail} says what was chosen and why. It never takes `tfjs-node`, since
 * results would depend on what is installed, nor the slow `tfjs-cpu` and `reference`: these are for who asks for them.
 *
 * @throws BackendError where the name is unknown or `auto` finds nothing that opens, with what to install and to pass
 */
export async function openBackend(name: string, options: OpenBackendOptions = {}): Promise<Backend> {
  const { others = [], ...open } = options;
  if (name === "auto") return openFirst(others, open);
  const known = [...others, reference];
  const opener = known.find((one) => one.name === name);
  if (opener !== undefined) return opener.open(open);
  const names = ["auto", ...known.map((one) => one.name)].join(", ");
  throw new BackendError(
    "unknown-backend",
    `openBackend: name must be one of ${names}, got ${name}; ${adviceFor(name)}`,
  );
}

const reference: BackendOpener = { name: "reference", open: async () => referenceBackend() };

const neverUnasked: ReadonlySet<string> = new Set(["tfjs-node", "tfjs-cpu", "reference"]);

async function openFirst(others: readonly BackendOpener[], options: OpenOptions): Promise<Backend> {
  const failures: string[] = [];
  for (const candidate of others.filter(({ name }) => !neverUnasked.has(name))) {
    try {
      const backend = await candidate.open(options);
      const why = ["chosen by auto", ...failures].join("; ");
      return { ...backend, detail: `${backend.detail} (${why})` };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failures.push(`${candidate.name} did not open: ${error.message}`);
    }
  }
  const got = failures.length === 0 ? "none" : `none that opens (${failures.join("; ")})`;
  throw new BackendError(
    "no-backend",
    `openBackend: auto needs a fast backend in others, got ${got}; ${passing("@monosema/simd", "simd", "auto")}, ` +
      'or ask for the slow float64 loops by name: openBackend("reference")',
  );
}

/** Where the openers of the backends that we know are found. */
const openers: ReadonlyMap<string, readonly [entry: string, opener: string]> = new Map([
  ["simd", ["@monosema/simd", "simd"]],
  ["tfjs-wasm", ["@monosema/tensor/tfjs-wasm", "tfjsWasm"]],
  ["tfjs-cpu", ["@monosema/tensor/tfjs-cpu", "tfjsCpu"]],
  ["tfjs-node", ["@monosema/tensor/node", "tfjsNode"]],
]);

function adviceFor(name: string): string {
  const known = openers.get(name);
  return known === undefined ? "choose one of these, or pass its opener in others" : passing(...known, name);
}

function passing(entry: string, opener: string, name: string): string {
  const install = entry === "@monosema/simd" ? `run npm install ${entry} and ` : "";
  return `${install}pass ${opener} of ${entry}: openBackend("${name}", { others: [${opener}] })`;
}
