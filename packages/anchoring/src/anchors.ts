import { random } from "@monosema/tensor";

/** Known or presumed feature directions that training holds latents to; row i belongs to latent i. */
export interface AnchorSet {
  /** Where they come from; `given`: the caller says so. */
  readonly kind: "truth" | "classMeans" | "discovered" | "given";
  /** Anchors, K. */
  readonly count: number;
  /** a_p: unit rows in input space `[K, P]`. */
  readonly input: Float32Array | Float64Array;
  /** a_r: unit rows in target space `[K, R]`; the same array as `input` for SAEs and crosscoders. */
  readonly target: Float32Array | Float64Array;
  /** Name of each anchor, where they have names. */
  readonly names?: readonly string[];
  /** Ground truth: which features they are, so that scores leave them out. */
  readonly features?: Int32Array;
}

/** Feature matrices of a benchmark. */
export interface TrueFeatures {
  /** Features, N. */
  readonly n: number;
  /** Unit rows `[N, P]`. */
  readonly features: Float64Array | Float32Array;
  /** Unit rows `[N, R]`; absent: `features`. */
  readonly targetFeatures?: Float64Array | Float32Array;
}

/**
 * Anchors from a random subset of the true features (paper eq. 22).
 *
 * @param count - K, at most N
 * @param seed - of the subset
 * @throws RangeError when there are fewer than `count` features
 */
export function truthAnchors({ n, features, targetFeatures }: TrueFeatures, count: number, seed: number): AnchorSet {
  if (!(Number.isInteger(count) && count >= 1 && count <= n)) {
    throw new RangeError(
      `truthAnchors: count must be a whole number from 1 to n = ${n}, got ${count}; anchor fewer features`,
    );
  }
  const chosen = random(seed, "anchors").permutation(n).slice(0, count).sort();
  const take = (rows: Float64Array | Float32Array): Float32Array => {
    const width = rows.length / n;
    const out = new Float32Array(count * width);
    chosen.forEach((feature, i) => {
      out.set(rows.subarray(feature * width, (feature + 1) * width), i * width);
    });
    return out;
  };
  const input = take(features);
  const target = targetFeatures === undefined || targetFeatures === features ? input : take(targetFeatures);
  return { kind: "truth", count, input, target, features: chosen };
}
