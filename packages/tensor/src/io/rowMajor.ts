import type { TensorArray } from "./dtype.js";

/**
 * Places column-major elements where they belong in a row-major array, for any rank: walks the part in order and steps through the
 * target.
 *
 * @param target - all elements, row-major
 * @param shape - sizes of the axes
 * @param part - elements in column-major order
 * @param first - number of the first element of `part` in that order
 */
export function placeColumnMajor(
  target: TensorArray,
  shape: readonly number[],
  part: TensorArray,
  first: number,
): void {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  let rest = first;
  let to = 0;
  for (const [axis, size] of shape.entries()) {
    index[axis] = rest % size;
    to += (index[axis] as number) * (strides[axis] as number);
    rest = Math.floor(rest / size);
  }
  for (let from = 0; from < part.length; from++) {
    target[to] = part[from] as number & bigint;
    for (let axis = 0; axis < shape.length; axis++) {
      const step = strides[axis] as number;
      const next = (index[axis] as number) + 1;
      to += step;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      to -= next * step;
      index[axis] = 0;
    }
  }
}
