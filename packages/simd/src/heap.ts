import { BackendError } from "@monosema/tensor";
import { freeList } from "./freeList.js";
import { lendMemory, openMemory, pageBytes } from "./memory.js";

/** Memory that kernels work on, in blocks. */
export interface Heap {
  /** The WebAssembly memory; its first 64 KiB belong to the pool of threads. */
  readonly memory: WebAssembly.Memory;
  /**
   * Offset of a free block, a multiple of 64; not cleared. Blocks whose size is a multiple of 4096 start at different offsets modulo
   * 4096, since kernels that walk several of them in step would otherwise wait for each other's stores (4 KiB aliasing).
   *
   * @throws BackendError `out-of-memory`; nothing has changed then
   */
  allocate(bytes: number): number;
  /** Gives a block back. */
  free(pointer: number): void;
  /** Float32 numbers at a pointer; a view that is invalid once the memory has grown. */
  f32(pointer: number, length: number): Float32Array;
  /** Float64 numbers at a pointer. */
  f64(pointer: number, length: number): Float64Array;
  /** Signed integers at a pointer. */
  i32(pointer: number, length: number): Int32Array;
  /** Unsigned integers at a pointer. */
  u32(pointer: number, length: number): Uint32Array;
  /** Bytes at a pointer. */
  u8(pointer: number, length: number): Uint8Array;
  /** Bytes in blocks that are not freed, padding included. */
  readonly bytesInUse: number;
  /** Size of the memory now; it never shrinks. */
  readonly bytesReserved: number;
  /** Frees everything and lends the memory to the next heap of this process; after the threads that use it have ended. */
  close(): void;
}

/** Options of {@link openHeap}. */
export interface HeapOptions {
  /** Share the memory between threads. */
  readonly shared: boolean;
  /** Most bytes it may grow to, at least 4 MiB; default and most: 4 GiB less one page, or what the engine grants. */
  readonly limit?: number;
}

/** The last page stays out of reach: the end of a block never wraps to 0. */
const mostPages = 65_535;
/** Growth by less would be asked for too often. */
const growthPages = 64;
/** Vector loads may read this far past a block. */
const margin = 64;

/** Opens a memory with the first 64 KiB taken and zero. */
export function openHeap({ shared, limit = mostPages * pageBytes }: HeapOptions): Heap {
  const memory = openMemory(shared, Math.min(mostPages, Math.floor(limit / pageBytes)));
  const reserved = () => memory.value.buffer.byteLength;
  new Uint8Array(memory.value.buffer, 0, pageBytes).fill(0);
  const blocks = freeList();
  blocks.give(pageBytes, reserved() - pageBytes - margin);
  const sizes = new Map<number, number>();
  let bytesInUse = 0;
  let closed = false;

  const grow = (bytes: number, asked: number): void => {
    const room = memory.pages * pageBytes - reserved();
    const missing = Math.ceil((bytes - blocks.tail(reserved() - margin)) / pageBytes) * pageBytes;
    if (missing > room) throw outOfMemory(asked, bytesInUse, memory.pages * pageBytes);
    const more = Math.min(room, Math.max(missing, growthPages * pageBytes));
    const end = reserved() - margin;
    try {
      memory.value.grow(more / pageBytes);
    } catch (cause) {
      throw outOfMemory(asked, bytesInUse, reserved(), cause);
    }
    blocks.give(end, more);
  };

  return {
    memory: memory.value,
    allocate(bytes) {
      if (!Number.isInteger(bytes) || bytes < 0) {
        throw new RangeError(`allocate: bytes must be a whole number from 0, got ${bytes}; check the shape`);
      }
      if (closed) {
        throw new BackendError("closed", "allocate: the backend must be open, got a closed one; open a new one");
      }
      const size = paddedSize(bytes);
      let pointer = blocks.take(size);
      if (pointer === undefined) {
        grow(size, bytes);
        pointer = blocks.take(size);
      }
      if (pointer === undefined) throw new Error(`internal: allocate: no block of ${size} bytes after growth`);
      sizes.set(pointer, size);
      bytesInUse += size;
      return pointer;
    },
    free(pointer) {
      const size = sizes.get(pointer);
      if (size === undefined) throw new Error(`internal: free: ${pointer} is not the start of a block in use`);
      sizes.delete(pointer);
      bytesInUse -= size;
      blocks.give(pointer, size);
    },
    f32: (pointer, length) => new Float32Array(memory.value.buffer, pointer, length),
    f64: (pointer, length) => new Float64Array(memory.value.buffer, pointer, length),
    i32: (pointer, length) => new Int32Array(memory.value.buffer, pointer, length),
    u32: (pointer, length) => new Uint32Array(memory.value.buffer, pointer, length),
    u8: (pointer, length) => new Uint8Array(memory.value.buffer, pointer, length),
    get bytesInUse() {
      return bytesInUse;
    },
    get bytesReserved() {
      return reserved();
    },
    close() {
      if (closed) return;
      closed = true;
      sizes.clear();
      bytesInUse = 0;
      lendMemory(memory);
    },
  };
}

/** A multiple of 64; multiples of 4096 get 5 * 64 more, so that the next block starts elsewhere modulo 4096. */
function paddedSize(bytes: number): number {
  const size = Math.max(64, Math.ceil(bytes / 64) * 64);
  return size % 4096 === 0 ? size + 320 : size;
}

function outOfMemory(asked: number, inUse: number, limit: number, cause?: unknown): BackendError {
  const refused = cause === undefined ? "" : ` (the engine refused to grow further: ${cause})`;
  return new BackendError(
    "out-of-memory",
    `allocate: ${asked} bytes must fit beside the ${inUse} bytes in use, got a limit of ${limit} bytes${refused}; ` +
      "use fewer latents, a smaller batch, or a backend without this limit such as tfjs-node",
    { cause },
  );
}
