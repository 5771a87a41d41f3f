import { philox } from "@monosema/tensor";
import type { Kernels } from "./types.js";

/** The kernels in plain loops, the same bits as in WebAssembly. */
export function plainKernels(buffer: ArrayBuffer): Kernels {
  const floats = new Float32Array(buffer);
  const doubles = new Float64Array(buffer);
  const words = new Uint32Array(buffer);
  const integers = new Int32Array(buffer);
  const shorts = new Int16Array(buffer);
  const block = new Int32Array(4);
  const uniform = (at: number): number =>
    (((block[at] as number) >>> 5) * 0x4000000 + ((block[at + 1] as number) >>> 6)) / 2 ** 53;
  return {
    buffer,
    uniforms(key0, key1, prefix0, prefix1, first, blocks, out) {
      for (let i = 0; i < blocks; i++) {
        philox(first + i, 0, prefix0, prefix1, key0, key1, block);
        doubles[out / 8 + 2 * i] = uniform(0);
        doubles[out / 8 + 2 * i + 1] = uniform(2);
      }
    },
    integerProducts(factor, columns, pairs, common, limits, sums, list) {
      let count = 0;
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let pair = 0; pair < pairs; pair++) {
          const from = factor / 2 + 2 * (pair * columns + column);
          const to = common / 2 + 2 * pair;
          sum += (shorts[from] as number) * (shorts[to] as number);
          sum += (shorts[from + 1] as number) * (shorts[to + 1] as number);
        }
        integers[sums / 4 + column] = sum;
        if (sum > (integers[limits / 4 + column] as number)) words[list / 4 + count++] = column;
      }
      return count;
    },
    rowProducts(rows, count, width, common, out) {
      const lanes = new Float32Array(4);
      for (let i = 0; i < count; i++) {
        lanes.fill(0);
        for (let k = 0; k < width; k++) {
          const product = (floats[rows / 4 + i * width + k] as number) * (floats[common / 4 + k] as number);
          lanes[k % 4] = (lanes[k % 4] as number) + Math.fround(product);
        }
        const [a, b, c, d] = lanes as unknown as [number, number, number, number];
        floats[out / 4 + i] = Math.fround(a + b) + Math.fround(c + d);
      }
    },
    multiplyAdd(c, cRow, rows, columns, a, aRow, aStep, b, bStep, depth) {
      for (let row = 0; row < rows; row++) {
        const to = (c + row * cRow) / 4;
        for (let step = 0; step < depth; step++) {
          const value = floats[(a + row * aRow + step * aStep) / 4] as number;
          const from = (b + step * bStep) / 4;
          for (let k = 0; k < columns; k++) {
            floats[to + k] = (floats[to + k] as number) + Math.fround(value * (floats[from + k] as number));
          }
        }
      }
    },
    addRows(row, width, features, indices, values, count) {
      const to = row / 4;
      for (let i = 0; i < count; i++) {
        const value = floats[values / 4 + i] as number;
        const from = features / 4 + (words[indices / 4 + i] as number) * width;
        for (let k = 0; k < width; k++) {
          floats[to + k] = (floats[to + k] as number) + Math.fround(value * (floats[from + k] as number));
        }
      }
    },
  };
}
