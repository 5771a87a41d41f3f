import type { ByteSource } from "../byteSource.js";
import { codecOf, type Dtype, elementCount, type TensorArray } from "../dtype.js";
import { emptyElements, readElements } from "../readElements.js";

/** A tensor as a view of stored elements. */
export interface Strided {
  /** Element type. */
  readonly dtype: Dtype;
  /** Number of its first element. */
  readonly offset: number;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
  /** Elements from one index of an axis to the next, none below 0. */
  readonly strides: readonly number[];
}

/** Bytes that are read at a time where elements have to be gathered. */
const partBytes = 2 ** 24;

/** The elements of a view, row-major; from a source of its storage, which is read in order. */
export async function readStrided(source: ByteSource, view: Strided): Promise<TensorArray> {
  const { dtype, shape, offset } = view;
  const count = elementCount(shape);
  const { size } = codecOf(dtype);
  const [outer, ...inner] = axesOf(view).sort((a, b) => b.stride - a.stride);
  if (count === 0) return emptyElements(dtype, 0, source.name);
  if (outer === undefined || isRowMajor(view)) {
    return await readElements(source, { dtype }, offset * size, count);
  }
  const elements = emptyElements(dtype, count, source.name);
  const span = inner.reduce((sum, axis) => sum + (axis.size - 1) * axis.stride, 1);
  const most = Math.max(1, Math.floor(partBytes / size / Math.max(1, outer.stride)));
  for (let first = 0; first < outer.size; first += most) {
    const part = { ...outer, size: Math.min(most, outer.size - first) };
    const length = (part.size - 1) * outer.stride + span;
    const stored = await readElements(source, { dtype }, (offset + first * outer.stride) * size, length);
    place(words(elements), first * outer.step, words(stored), [part, ...inner]);
  }
  return elements;
}

/** Whether the rows of a view lie one behind the other, so that some of them can be read alone. */
export function hasRows(view: Strided): boolean {
  const [rows = 1] = view.strides;
  return (view.shape[0] ?? 1) <= 1 || axesOf(view).every(({ stride }) => stride <= rows);
}

/** Elements of the storage that a view needs: one more than the number of its last one. */
export function extent(view: Strided): number {
  if (view.shape.includes(0)) return view.offset;
  return axesOf(view).reduce((last, { size, stride }) => last + (size - 1) * stride, view.offset + 1);
}

/** An axis with more than one index. */
interface Axis {
  readonly size: number;
  /** Elements between its indices in the storage. */
  readonly stride: number;
  /** Elements between its indices in the result. */
  readonly step: number;
}

function axesOf({ shape, strides }: Strided): Axis[] {
  const axes: Axis[] = [];
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size > 1) axes.unshift({ size, stride: strides[axis] as number, step });
    step *= size;
  }
  return axes;
}

function isRowMajor(view: Strided): boolean {
  return axesOf(view).every(({ stride, step }) => stride === step);
}

/** Floats by their bits: a NaN that passes through a number may lose its payload. */
function words(data: TensorArray): TensorArray {
  return data instanceof Float32Array ? new Uint32Array(data.buffer, data.byteOffset, data.length) : data;
}

/** Copies the elements of a box: from index 0 of `stored` on by strides, from `start` of the target on by steps. */
function place(target: TensorArray, start: number, stored: TensorArray, axes: readonly [Axis, ...Axis[]]): void {
  const runs = axes.slice(0, -1);
  const run = axes.at(-1) as Axis;
  const index = runs.map(() => 0);
  let [from, to] = [0, start];
  let axis = 0;
  while (axis >= 0) {
    for (let i = 0; i < run.size; i++) target[to + i * run.step] = stored[from + i * run.stride] as number & bigint;
    for (axis = runs.length - 1; axis >= 0; axis--) {
      const { size, stride, step } = runs[axis] as Axis;
      const next = (index[axis] as number) + 1;
      from += stride;
      to += step;
      if (next < size) {
        index[axis] = next;
        break;
      }
      from -= next * stride;
      to -= next * step;
      index[axis] = 0;
    }
  }
}
