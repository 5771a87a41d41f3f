import type { SparseRows } from "@monosema/tensor";
import { type CoefficientOptions, type CoefficientTables, coefficientTables } from "./coefficientTables.js";
import { sampleDrawer } from "./drawSample.js";
import type { Hierarchy } from "./hierarchy.js";
import { meanMagnitudes } from "./magnitudes.js";

/** A distribution of sparse non-negative coefficients with known features. */
export interface CoefficientModel {
  /** Number of features. */
  readonly n: number;
  /** Rates that firings are drawn with, after compensation, `[n]`. */
  readonly rates: Float64Array;
  /** Mean magnitude where a feature fires, before the hierarchy, `[n]`. */
  readonly means: Float64Array;
  /** The forest, where there is one. */
  readonly hierarchy?: Hierarchy;
  /** The distribution as numbers. */
  readonly tables: CoefficientTables;
  /**
   * Coefficients of samples: sample s is a pure function of (seed, set, s).
   *
   * @param samples - sample indices, safe integers
   * @param set - name of an independent set of samples, default `train`
   * @returns sparse rows; `latents` holds features
   */
  coefficients(samples: Iterable<number>, set?: string): SparseRows;
}

/**
 * Coefficients of the Linear Representation Bench: x_d = m_d (c_min + Exp(beta)) by default (paper section 5), with the extensions of
 * SAELens' `synthetic` in the order firing, magnitudes, hierarchy. Float64, the same bits everywhere. A sample costs about as much as
 * its active features.
 *
 * @throws RangeError for options out of range
 */
export function coefficientModel(options: CoefficientOptions): CoefficientModel {
  return modelOfTables(coefficientTables(options), options.seed);
}

/** The model with these numbers; the seed is that of the samples. */
export function modelOfTables(tables: CoefficientTables, seed: number): CoefficientModel {
  const { n, rates, hierarchy } = tables;
  let draw: ReturnType<typeof sampleDrawer> | undefined;
  return {
    n,
    rates,
    means: meanMagnitudes(tables.magnitudes, n),
    tables,
    ...(hierarchy === undefined ? {} : { hierarchy }),
    coefficients: (samples, set = "train") => {
      draw ??= sampleDrawer(tables, seed);
      return collect(samples, set, draw);
    },
  };
}

function collect(samples: Iterable<number>, set: string, draw: ReturnType<typeof sampleDrawer>): SparseRows {
  const offsets = [0];
  let latents = new Int32Array(1024);
  let values = new Float64Array(1024);
  let size = 0;
  for (const sample of samples) {
    const drawn = draw(set, sample);
    const end = size + drawn.count;
    if (end > latents.length) {
      const room = 2 * end;
      latents = resized(latents, new Int32Array(room));
      values = resized(values, new Float64Array(room));
    }
    for (let i = 0; i < drawn.count; i++) {
      latents[size + i] = drawn.features[i] as number;
      values[size + i] = drawn.values[i] as number;
    }
    size = end;
    offsets.push(size);
  }
  return { offsets: Int32Array.from(offsets), latents: latents.slice(0, size), values: values.slice(0, size) };
}

function resized<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
