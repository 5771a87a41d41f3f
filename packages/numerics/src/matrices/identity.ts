import { type Mat, zeros } from "./mat.js";

/** The identity, `[size, size]`. */
export function identity(size: number): Mat {
  const result = zeros(size, size);
  for (let i = 0; i < size; i++) result.data[i * size + i] = 1;
  return result;
}
