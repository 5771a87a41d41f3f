import type { Core } from "../core.js";
import { encoderCopyLayout } from "../generated/layouts.js";
import { writeStruct } from "../struct.js";
import { depthOf, kindCodes, limitOf, normRounding, type TileChoice } from "../tierKinds.js";
import type { Dense } from "../values.js";

/** An encoder in the layout of the tiles. */
export interface EncoderCopy {
  readonly tile: TileChoice;
  /** The struct of the kernels. */
  readonly struct: number;
  /** Largest row norm, rounded up; not finite where a weight is not. */
  readonly largestNorm: number;
}

/** The copies of encoders that stay from step to step. */
export interface EncoderCopies {
  /** The copy of an encoder, brought up to date. */
  of(encoder: Dense, tile: TileChoice): EncoderCopy;
  /** The struct of the copy that {@link update} may keep up to date, 0 without one. */
  structOf(pointer: number): number;
  /** Says that the rows at a pointer have changed: `copied` where the kernel copied them too. */
  changed(pointer: number, copied: boolean): void;
  /** Frees the copy of the rows at a pointer. */
  free(pointer: number): void;
}

interface Kept {
  readonly tile: TileChoice;
  readonly struct: number;
  readonly block: number;
  readonly norms: number;
  readonly rows: number;
  fresh: boolean;
}

const rowsPerChunk = 48;

/** Keeps copies by the place of their encoder. */
export function encoderCopies(core: Core): EncoderCopies {
  const { heap, pool } = core;
  const kept = new Map<number, Kept>();

  const free = (pointer: number): void => {
    const copy = kept.get(pointer);
    if (copy === undefined) return;
    kept.delete(pointer);
    heap.free(copy.block);
    heap.free(copy.struct);
  };
  const make = ({ shape, pointer }: Dense, tile: TileChoice): Kept => {
    const [rows, width] = shape as readonly [number, number];
    const padded = Math.ceil(rows / 16) * 16;
    const depth = depthOf(tile.kind, width);
    const panelBytes = 4 * depth * tile.columns;
    const panels = (padded / tile.columns) * panelBytes;
    const block = heap.allocate(panels + 16 * padded);
    const [scale, delta, norm, start] = [0, 1, 2, 3].map((i) => block + panels + 4 * padded * i) as [
      ...[number, number, number, number],
    ];
    heap.u8(block + panels, 16 * padded).fill(0);
    const struct = heap.allocate(64);
    writeStruct(heap, struct, encoderCopyLayout, {
      ...{ kind: kindCodes[tile.kind], columns: tile.columns, depth, panelBytes, panels: block },
      ...{ scale, delta, norm, start, rows, width },
      ...{ limit: limitOf(tile.kind, width), offset: tile.offset, roundUp: normRounding(width) },
    });
    const copy = { tile, struct, block, norms: norm, rows, fresh: false };
    kept.set(pointer, copy);
    return copy;
  };

  return {
    of(encoder, tile) {
      let copy = kept.get(encoder.pointer);
      if (copy !== undefined && copy.tile !== tile) {
        free(encoder.pointer);
        copy = undefined;
      }
      copy ??= make(encoder, tile);
      if (!copy.fresh) {
        pool.run("copyEncoder", Math.ceil(copy.rows / rowsPerChunk), encoder.pointer, copy.struct);
        copy.fresh = true;
      }
      return { tile, struct: copy.struct, largestNorm: largest(heap.f32(copy.norms, copy.rows)) };
    },
    structOf: (pointer) => kept.get(pointer)?.struct ?? 0,
    changed(pointer, copied) {
      const copy = kept.get(pointer);
      if (copy !== undefined) copy.fresh = copied;
    },
    free,
  };
}

/** The largest number; NaN where there is one. */
export function largest(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!(value <= most)) most = value;
    if (Number.isNaN(most)) break;
  }
  return most;
}
