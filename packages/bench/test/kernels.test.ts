import { random } from "@monosema/tensor";
import { expect, it } from "vitest";
import { openKernels } from "../src/kernels/kernels.js";
import { plainKernels } from "../src/kernels/plain.js";
import type { Kernels } from "../src/kernels/types.js";

const BYTES = 65_536;

/** Runs a program on both kernels over the same bytes and compares all of memory. */
function compare(program: (kernels: Kernels) => unknown, fill: (buffer: ArrayBuffer) => void): void {
  const wasm = openKernels(BYTES);
  expect(wasm.buffer.byteLength).toBe(BYTES);
  expect(wasm).not.toHaveProperty("uniforms", plainKernels(new ArrayBuffer(8)).uniforms);
  const plain = plainKernels(new ArrayBuffer(BYTES));
  for (const { buffer } of [wasm, plain]) fill(buffer);
  expect(program(wasm)).toEqual(program(plain));
  expect(new Uint8Array(wasm.buffer)).toEqual(new Uint8Array(plain.buffer));
}

const floats = (buffer: ArrayBuffer, at: number, length: number, seed: number): void => {
  const r = random(seed, "floats");
  new Float32Array(buffer, at, length).forEach((_, i, array) => {
    array[i] = r.normal();
  });
};
const shorts = (buffer: ArrayBuffer, at: number, length: number, seed: number): void => {
  const r = random(seed, "shorts");
  new Int16Array(buffer, at, length).forEach((_, i, array) => {
    array[i] = 6000 * r.normal();
  });
};

it("uniforms are the same in WebAssembly and in plain loops, with all words large", () => {
  compare(
    (kernels) => kernels.uniforms(-5, 0x1fffff, 0x80000001 | 0, -1, 7, 100, 64),
    () => {},
  );
});

it("integer products and their list are the same in WebAssembly and in plain loops", () => {
  compare(
    (kernels) => kernels.integerProducts(0, 48, 13, 8192, 12_288, 16_384, 20_480),
    (buffer) => {
      shorts(buffer, 0, 13 * 48 * 2, 1);
      shorts(buffer, 8192, 26, 2);
      new Int32Array(buffer, 12_288, 48).fill(1e8);
    },
  );
});

it("row products are the same in WebAssembly and in plain loops", () => {
  compare(
    (kernels) => kernels.rowProducts(256, 9, 28, 8192, 16_384),
    (buffer) => {
      floats(buffer, 256, 9 * 28, 1);
      floats(buffer, 8192, 28, 2);
    },
  );
});

it("sums of rows are the same in WebAssembly and in plain loops", () => {
  compare(
    (kernels) => kernels.addRows(0, 48, 1024, 32_768, 40_960, 5),
    (buffer) => {
      floats(buffer, 0, 48, 1);
      floats(buffer, 1024, 20 * 48, 2);
      new Uint32Array(buffer, 32_768, 5).set([0, 3, 7, 7, 19]);
      floats(buffer, 40_960, 5, 3);
    },
  );
});

it("matrix products are the same in WebAssembly and in plain loops, with a transposed and not", () => {
  for (const [aRow, aStep] of [
    [4, 64],
    [64, 4],
  ] as const) {
    compare(
      (kernels) => kernels.multiplyAdd(32_768, 256, 16, 48, 0, aRow, aStep, 8192, 192, 16),
      (buffer) => {
        floats(buffer, 0, 256, 1);
        floats(buffer, 8192, 16 * 48, 2);
        floats(buffer, 32_768, 16 * 64, 3);
      },
    );
  }
});
