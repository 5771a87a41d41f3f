// Dense products: packed panels of both sides, blocked over the inner size.
import { addTile8, tile8Row } from "./generated/micro";

/** Inner sizes of one block: a panel pair of 6 and 8 rows stays in the first-level cache. */
const DEPTH: usize = 256;
const COLUMNS: usize = 240;

/**
 * Rows [chunk rowsPerChunk, ...) of c = a b; element (i, k) of a lies at a + i aRow + k aColumn, in bytes, and b alike.
 */
export function matMul(
  chunk: i32,
  thread: i32,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  rows: usize,
  inner: usize,
  columns: usize,
  rowsPerChunk: usize,
  scratch: usize,
  scratchBytes: usize,
): void {
  const first = <usize>chunk * rowsPerChunk;
  const count = min(rowsPerChunk, rows - first);
  const panels = scratch + <usize>thread * scratchBytes;
  const bPanels = panels + ((DEPTH * (rowsPerChunk + 6)) << 2);
  const edge = bPanels + ((DEPTH * COLUMNS) << 2);
  for (let j: usize = 0; j < columns; j += COLUMNS) {
    const width = min(COLUMNS, columns - j);
    for (let k: usize = 0; k < inner; k += DEPTH) {
      const depth = min(DEPTH, inner - k);
      pack(b + j * bColumn + k * bRow, bColumn, bRow, width, depth, 8, bPanels);
      pack(a + first * aRow + k * aColumn, aRow, aColumn, count, depth, 6, panels);
      for (let i: usize = 0; i < count; i += 6) {
        const from = panels + i * (depth << 2);
        for (let q: usize = 0; q < width; q += 8) {
          const to = c + (((first + i) * columns + j + q) << 2);
          addTile(
            from,
            bPanels + q * (depth << 2),
            depth,
            to,
            columns << 2,
            min<usize>(6, count - i),
            min<usize>(8, width - q),
            edge,
            k > 0,
          );
        }
      }
    }
  }
}

/** c = a b, or c += a b, on the part of a tile that lies inside. */
export function addTile(
  a: usize,
  b: usize,
  depth: usize,
  c: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  edge: usize,
  add: bool,
): void {
  if (add && rows == 6 && columns == 8) {
    addTile8(a, b, depth, c, stride);
    return;
  }
  memory.fill(edge, 0, 32);
  tile8Row(a, b, depth, 8, edge, edge);
  for (let r: usize = 0; r < rows; r++) {
    const to = c + r * stride;
    for (let q: usize = 0; q < columns; q++) {
      const sum = load<f32>(edge + (r << 5) + (q << 2));
      store<f32>(to + (q << 2), add ? load<f32>(to + (q << 2)) + sum : sum);
    }
  }
}

/** Packs `count` lines of `depth` numbers in panels of `lines`, with zeros behind the last line. */
export function pack(from: usize, line: usize, step: usize, count: usize, depth: usize, lines: usize, to: usize): void {
  for (let i: usize = 0; i < count; i += lines) {
    const valid = min(lines, count - i);
    if (line == 4 && valid == 8) {
      for (let k: usize = 0; k < depth; k++) {
        const p = from + i * 4 + k * step;
        v128.store(to, v128.load(p));
        v128.store(to, v128.load(p, 16), 16);
        to += 32;
      }
    } else {
      for (let k: usize = 0; k < depth; k++) {
        for (let r: usize = 0; r < lines; r++) {
          store<f32>(to, r < valid ? load<f32>(from + (i + r) * line + k * step) : 0);
          to += 4;
        }
      }
    }
  }
}
