import type { LazyTensor } from "../lazyTensor.js";

/**
 * Rows of q or k in the order of Hugging Face, where halves of a head rotate together, of rows in the order of Meta's and
 * llama.cpp's files, where neighbours do.
 *
 * @param tensor - `[heads * headSize, in]`, or a bias `[heads * headSize]`
 */
export function halves(tensor: LazyTensor, headSize: number): LazyTensor {
  const [rows = 1, columns = 1] = tensor.shape;
  return {
    ...tensor,
    read: async () => {
      const values = await tensor.read();
      const ordered = new Float32Array(values.length);
      for (let row = 0; row < rows; row++) {
        const place = row % headSize;
        const from = row - place + (place < headSize / 2 ? 2 * place : 2 * place - headSize + 1);
        ordered.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
      }
      return ordered;
    },
  };
}
