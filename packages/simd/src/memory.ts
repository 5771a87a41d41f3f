import { BackendError } from "@monosema/tensor";

/** Bytes of a page of WebAssembly memory. */
export const pageBytes = 65_536;
/** What the kernels import at least. */
const initialPages = 64;

/** A WebAssembly memory and what is known of it. */
export interface OpenMemory {
  /** The memory. */
  readonly value: WebAssembly.Memory;
  /** Whether threads may share it. */
  readonly shared: boolean;
  /** Most pages, as asked. */
  readonly asked: number;
  /** Most pages, as granted. */
  readonly pages: number;
}

/**
 * Memories of closed heaps. Collectors hardly notice how large a shared memory is, so that programs which open and close many
 * backends would run out of memory long before the next collection.
 */
const spares: WeakRef<OpenMemory>[] = [];

/**
 * A memory that can grow to this many pages, or to what the engine grants; not cleared.
 *
 * @throws BackendError `out-of-memory`
 */
export function openMemory(shared: boolean, pages: number): OpenMemory {
  const asked = Math.max(initialPages, pages);
  return spareMemory(shared, asked) ?? newMemory(shared, asked);
}

/** Keeps a memory that is out of use for the next {@link openMemory}, unless the collector takes it first. */
export function lendMemory(memory: OpenMemory): void {
  spares.push(new WeakRef(memory));
}

function spareMemory(shared: boolean, asked: number): OpenMemory | undefined {
  for (let i = spares.length - 1; i >= 0; i--) {
    const spare = spares[i]?.deref();
    const fits = spare?.shared === shared && spare.asked === asked;
    if (fits || spare === undefined) spares.splice(i, 1);
    if (fits) return spare;
  }
  return undefined;
}

/** The largest memory that the engine grants: some refuse to reserve 4 GiB of addresses. */
function newMemory(shared: boolean, asked: number): OpenMemory {
  for (let pages = asked; ; pages = Math.max(initialPages, pages >> 1)) {
    try {
      return { value: new WebAssembly.Memory({ initial: initialPages, maximum: pages, shared }), shared, asked, pages };
    } catch (cause) {
      if (pages > initialPages) continue;
      const wanted = `the engine must grant ${initialPages * pageBytes} bytes, got "${cause}"`;
      throw new BackendError("out-of-memory", `openHeap: ${wanted}; close other backends`, { cause });
    }
  }
}
