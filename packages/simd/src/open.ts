import { type Backend, BackendError, type BackendOpener, type OpenOptions } from "@monosema/tensor";
import { platform } from "#platform";
import { mostThreads } from "./control.js";
import { openCore } from "./core.js";
import { openHeap } from "./heap.js";
import { loadKernels } from "./kernels.js";
import { openPool } from "./pool.js";
import type { Tiles } from "./select/tiles.js";
import { simdBackend } from "./simdBackend.js";
import { type EngineFeatures, probeEngine } from "./tier.js";
import { type Tier, type TileChoice, tiers } from "./tierKinds.js";

/** Options of {@link openSimd}. */
export interface SimdOptions extends OpenOptions {
  /** The tier; default `auto`: int8 where the engine multiplies unsigned bytes in one instruction and exactly, else int16. */
  readonly tier?: Tier | "auto";
  /**
   * Lets V8 join pairs of vectors into 256 bits: faster, but an experiment of the engine, switched on for the whole process and for
   * good. Node 24 and later. Default false.
   */
  readonly revectorize?: boolean;
}

/** The opener for `openBackend(name, { others: [simd] })`. */
export const simd: BackendOpener = { name: "simd", open: (options) => openSimd(options) };

/** The opener with a tier or the experimental flag chosen. */
export function simdWith(options: Pick<SimdOptions, "tier" | "revectorize">): BackendOpener {
  return { name: "simd", open: (open) => openSimd({ ...open, ...options }) };
}

/**
 * Opens the fast CPU backend: WebAssembly SIMD on worker threads. The same seed gives the same bits for any number of threads.
 *
 * @throws BackendError `no-simd`, `no-tier` or `no-threads` where the engine lacks what was asked for, `wasm-refused`, `out-of-memory`
 */
export async function openSimd(options: SimdOptions = {}): Promise<Backend> {
  return openWith(options, { screenFrom: undefined });
}

/** What tests change: weights of an encoder from which on whole-number tiles are used. */
export interface Tuning {
  readonly screenFrom: number | undefined;
}

/** {@link openSimd} with other limits. */
export async function openWith(options: SimdOptions, { screenFrom = smallEncoder }: Tuning): Promise<Backend> {
  const { tier: asked = "auto", revectorize = false } = options;
  if (!asks.includes(asked)) {
    throw new RangeError(`openSimd: tier must be one of ${asks.join(", ")}, got ${asked}; choose one of these`);
  }
  const wide = revectorize && platform.enableRevectorize();
  if (revectorize && !wide) {
    throw new BackendError(
      "no-tier",
      `openSimd: revectorize needs Node 24 or later, got ${platform.engine}; leave revectorize out`,
    );
  }
  const engine = probeEngine();
  const tier = asked === "auto" ? bestTier(engine) : asked;
  const tiles: Tiles = { ...tilesOf(tier, engine, wide), screenFrom };
  checkThreads(options.threads ?? 1);
  const threads = engine.shared ? (options.threads ?? Math.min(platform.cores, unaskedThreads)) : 1;
  const module = await loadKernels(engine);
  const heap = openHeap({ shared: engine.shared });
  const pool = await openPool({ module, memory: heap.memory, threads });
  const { arithmetic } = engine;
  return simdBackend(
    openCore(heap, pool),
    tiles,
    { tier, detail: detailOf(tier, engine, wide), arithmetic },
    async () => {
      await pool.close();
      heap.close();
    },
  );
}

/** What may be asked for. */
const asks: readonly string[] = ["auto", ...tiers];
/** Threads that are used unasked, at most. */
const unaskedThreads = 16;
/** Weights of an encoder below which whole-number tiles do not pay. */
const smallEncoder = 30_000;

function checkThreads(threads: number): void {
  if (Number.isInteger(threads) && threads >= 1 && threads <= mostThreads) return;
  throw new RangeError(
    `openSimd: threads must be a whole number from 1 to ${mostThreads}, got ${threads}; leave it out for one per core`,
  );
}

/** Why there is no tier int8; undefined where there is. */
const bytesLack: Readonly<Record<EngineFeatures["dot"], string | undefined>> = {
  unsigned: undefined,
  signed: undefined,
  "7bit": "relaxed byte products of this processor and engine are exact for 7 bits only",
  inexact: "relaxed byte products of this processor and engine differ from the exact ones",
  none: "this engine has no relaxed byte products",
};

const bestTier = ({ dot }: EngineFeatures): Tier => (bytesLack[dot] === undefined ? "int8" : "int16");

function tilesOf(tier: Tier, { dot }: EngineFeatures, wide: boolean): Pick<Tiles, "float" | "screen"> {
  const columns = wide ? 16 : 8;
  const float: TileChoice = { kind: "float", columns, offset: 0 };
  if (tier === "float32") return { float, screen: float };
  if (tier === "int16") return { float, screen: { kind: "short", columns: 8, offset: 0 } };
  if (dot === "unsigned") return { float, screen: { kind: "byte", columns, offset: 128 } };
  if (dot === "signed") return { float, screen: { kind: "byte", columns, offset: 0 } };
  throw new BackendError(
    "no-tier",
    `openSimd: tier int8 needs exact byte products, got ${platform.engine}: ${bytesLack[dot]}; use int16`,
  );
}

function detailOf(tier: Tier, { arithmetic, dot }: EngineFeatures, wide: boolean): string {
  const screens = { int8: "exact top-k screened in int8", int16: "exact top-k screened in int16", float32: "float32" };
  const arithmetics = { fused: "fused multiply-add", separate: "no fused multiply-add" };
  const parts = [
    `${screens[tier]}, ${arithmetics[arithmetic]}`,
    ...(bytesLack[dot] === undefined ? [] : [`int8 is left out: ${bytesLack[dot]}`]),
    ...(wide ? ["V8 flag revectorize"] : []),
    platform.engine,
    ...(platform.unshared === undefined ? [] : [`one thread: ${platform.unshared}`]),
  ];
  return parts.join("; ");
}
