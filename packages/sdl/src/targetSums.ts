/** Sums over targets and reconstructions `[N, R]`: plain data, also for JSON, and mergeable. */
export interface TargetSums {
  /** Samples N. */
  readonly samples: number;
  /** The first target `[R]`: moments are taken about it, so that data far from zero lose no digits. */
  readonly origin: readonly number[];
  /** Sums of the targets less the origin `[R]`. */
  readonly first: readonly number[];
  /** Sum of ||x_r - origin||^2. */
  readonly second: number;
  /** Sum of ||x_r||^2. */
  readonly power: number;
  /** Sum of ||x_r - x_hat||^2. */
  readonly error: number;
  /** Sum of ||x_hat|| / ||x_r|| over the samples with ||x_r|| > 1e-6. */
  readonly ratios: number;
  /** Those samples. */
  readonly measured: number;
}

/** Sums that grow by batches. */
export interface GrowingSums {
  /** Adds targets and reconstructions `[B, R]`. */
  readonly add: (target: Float32Array | Float64Array, reconstruction: Float32Array) => void;
  /** The sums so far. */
  readonly sums: () => TargetSums;
}

/** Starts with no samples. */
export function targetSums(nR: number): GrowingSums {
  const origin = new Float64Array(nR);
  const first = new Float64Array(nR);
  let samples = 0;
  let second = 0;
  let power = 0;
  let error = 0;
  let ratios = 0;
  let measured = 0;
  return {
    add: (target, reconstruction) => {
      if (samples === 0) origin.set(target.subarray(0, nR));
      for (let row = 0; row < target.length; row += nR) {
        let targetSquares = 0;
        let outputSquares = 0;
        for (let d = 0; d < nR; d++) {
          const x = target[row + d] as number;
          const y = reconstruction[row + d] as number;
          const shifted = x - (origin[d] as number);
          first[d] = (first[d] as number) + shifted;
          second += shifted * shifted;
          error += (y - x) ** 2;
          targetSquares += x * x;
          outputSquares += y * y;
        }
        power += targetSquares;
        samples += 1;
        if (targetSquares > 1e-12) {
          ratios += Math.sqrt(outputSquares / targetSquares);
          measured += 1;
        }
      }
    },
    sums: () => ({ samples, origin: [...origin], first: [...first], second, power, error, ratios, measured }),
  };
}

/** The sums of the samples of both, about the origin of the first. */
export function mergeTargetSums(a: TargetSums, b: TargetSums): TargetSums {
  if (a.samples === 0) return b;
  if (b.samples === 0) return a;
  // With s the step from one origin to the other, each x - origin of b becomes x - origin + s.
  const step = b.origin.map((value, d) => value - (a.origin[d] as number));
  let moved = 0;
  for (const [d, s] of step.entries()) moved += s * (2 * (b.first[d] as number) + b.samples * s);
  return {
    samples: a.samples + b.samples,
    origin: a.origin,
    first: a.first.map((sum, d) => sum + ((b.first[d] as number) + b.samples * (step[d] as number))),
    second: a.second + (b.second + moved),
    power: a.power + b.power,
    error: a.error + b.error,
    ratios: a.ratios + b.ratios,
    measured: a.measured + b.measured,
  };
}
