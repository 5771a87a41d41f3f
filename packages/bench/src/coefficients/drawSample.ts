import type { CoefficientTables } from "./coefficientTables.js";
import { copulaFiring } from "./copulaFiring.js";
import { independentFiring } from "./firing.js";
import type { Hierarchy } from "./hierarchy.js";
import { magnitudeDraw, meanMagnitudes } from "./magnitudes.js";
import { sampleStream } from "./sampleStream.js";

/** Positive coefficients of one sample. */
export interface Sample {
  /** Number of active features. */
  readonly count: number;
  /** Active features, ascending, then what does not count. */
  readonly features: Int32Array;
  /** Their values, then what does not count. */
  readonly values: Float64Array;
}

/**
 * A function that draws samples, top down: features without parents, then the children of every active feature, where in an exclusive
 * group with several active children one stays, uniformly at random. Active means a value above 0.
 *
 * @returns the sample with that number in a set; the next call overwrites its arrays
 */
export function sampleDrawer(tables: CoefficientTables, seed: number): (set: string, sample: number) => Sample {
  const { n, rates, correlation, hierarchy, scaleByParent } = tables;
  const isTop = (feature: number): boolean => hierarchy === undefined || (hierarchy.parentOf[feature] as number) < 0;
  const mostChildren = hierarchy === undefined ? 0 : hierarchy.childCount.reduce((a, b) => Math.max(a, b), 0);
  const firing =
    correlation === undefined ? independentFiring(rates, isTop) : copulaFiring(rates, correlation, isTop, mostChildren);
  const stream = sampleStream(seed);
  const magnitude = magnitudeDraw(tables.magnitudes);
  const means = meanMagnitudes(tables.magnitudes, n);
  const active = new Int32Array(n);
  const magnitudeOf = new Float64Array(n);
  const values = new Float64Array(n);
  const children = new Int32Array(mostChildren);

  /** Appends the active children of a feature and returns the new number of active features. */
  const drawChildren = (parent: number, count: number, { firstChild, childCount, exclusive }: Hierarchy): number => {
    const size = childCount[parent] as number;
    if (size === 0) return count;
    const factor = scaleByParent ? (magnitudeOf[parent] as number) / (means[parent] as number) : 1;
    const fired = firing.children(firstChild[parent] as number, size, stream, children);
    let next = count;
    for (let i = 0; i < fired; i++) {
      const child = children[i] as number;
      const value = magnitude(child, stream) * factor;
      if (!(value > 0)) continue;
      active[next++] = child;
      magnitudeOf[child] = value;
    }
    if (exclusive[parent] === 0 || next - count < 2) return next;
    active[count] = active[count + Math.floor(stream.uniform() * (next - count))] as number;
    return count + 1;
  };

  return (set, sample) => {
    stream.open(set, sample);
    const fired = firing.start(stream, active);
    let count = 0;
    for (let i = 0; i < fired; i++) {
      const feature = active[i] as number;
      const value = magnitude(feature, stream);
      if (!(value > 0)) continue;
      active[count++] = feature;
      magnitudeOf[feature] = value;
    }
    if (hierarchy !== undefined) {
      for (let at = 0; at < count; at++) count = drawChildren(active[at] as number, count, hierarchy);
    }
    sortStart(active, count);
    for (let i = 0; i < count; i++) values[i] = magnitudeOf[active[i] as number] as number;
    return { count, features: active, values };
  };
}

const INSERTION = 64;

/** Sorts the first numbers; few of them in place, which is faster than a view and its sort. */
function sortStart(numbers: Int32Array, count: number): void {
  if (count > INSERTION) {
    numbers.subarray(0, count).sort();
    return;
  }
  for (let i = 1; i < count; i++) {
    const moved = numbers[i] as number;
    let at = i;
    for (; at > 0 && (numbers[at - 1] as number) > moved; at--) numbers[at] = numbers[at - 1] as number;
    numbers[at] = moved;
  }
}
