import type { Backend } from "@monosema/tensor";
import { openCore } from "../../src/core.js";
import { type Heap, openHeap } from "../../src/heap.js";
import { type KernelBuild, loadKernels } from "../../src/kernels.js";
import { openWith } from "../../src/open.js";
import { openPool } from "../../src/pool.js";
import { simdBackend } from "../../src/simdBackend.js";
import { probeEngine } from "../../src/tier.js";
import { tiers as allTiers, type Tier, type TileChoice } from "../../src/tierKinds.js";

/** Tiers of the engine that runs the tests. */
export const tiers: readonly Tier[] = allTiers.filter(
  (tier) => tier !== "int8" || ["unsigned", "signed"].includes(probeEngine().dot),
);

/** A backend that uses the tiles of its tier on layers of any size. */
export const openTier = (tier: Tier, threads = 1): Promise<Backend> => openWith({ tier, threads }, { screenFrom: 0 });

/** A backend with its heap, for tests that look at memory. */
export interface OnHeap {
  readonly backend: Backend;
  readonly heap: Heap;
}

/** A backend of tier int16 as a page without shared memory has it: one thread, and every growth makes earlier views unusable. */
export async function openSingle(
  heap: Heap = openHeap({ shared: false }),
  instructions: KernelBuild["instructions"] = probeEngine().instructions,
): Promise<OnHeap> {
  const module = await loadKernels({ instructions, shared: false });
  const pool = await openPool({ module, memory: heap.memory, threads: 1 });
  const float: TileChoice = { kind: "float", columns: 8, offset: 0 };
  const screen: TileChoice = { kind: "short", columns: 8, offset: 0 };
  const arithmetic = instructions === "plain" ? "separate" : probeEngine().arithmetic;
  const names = { tier: "int16", detail: "one thread on a memory of its own", arithmetic } as const;
  const backend = simdBackend(openCore(heap, pool), { float, screen, screenFrom: 0 }, names, async () => {
    await pool.close();
    heap.close();
  });
  return { backend, heap };
}

/** A heap whose memory grows at every allocation: by nothing, which makes earlier views unusable all the same. */
export function growingHeap(): Heap {
  const heap = openHeap({ shared: false });
  return Object.create(heap, {
    allocate: {
      value: (bytes: number) => {
        const pointer = heap.allocate(bytes);
        heap.memory.grow(0);
        return pointer;
      },
    },
  });
}
