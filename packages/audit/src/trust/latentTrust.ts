import { calibration } from "../generated/calibration.js";
import { contributions, type Named, probability } from "./additive.js";
import { type Calibration, scoreFor } from "./calibration.js";
import { dictionaryContext } from "./dictionaryContext.js";
import { type Replication, replicationStatistics } from "./replication.js";
import { statisticsOf } from "./statisticsOf.js";
import type { TrustSample } from "./trustSample.js";

/** How far each latent of a dictionary can be trusted. */
export interface LatentTrust {
  /** Probability that a latent is real, a feature or the sum of a feature and ancestors of it, `[Q]`; NaN where it is not scored. */
  readonly real: Float64Array;
  /** Probability that it is one feature alone, `[Q]`; NaN where it is not scored. */
  readonly atomic: Float64Array;
  /** Latents that fire in too few samples to be scored, `[Q]`: 1 for those. */
  readonly unscored: Uint8Array;
  /** Replicas that the scores rest on too. */
  readonly replicas: number;
  /** Samples looked at. */
  readonly samples: number;
  /** Firings below which a latent is not scored. */
  readonly fewest: number;
  /** Statistics by name, `[Q]` each. */
  readonly statistics: Readonly<Record<string, Float64Array>>;
  /** Numbers of the dictionary as a whole. */
  readonly context: Named;
  /** What each statistic adds to the log odds of `real` for a latent. */
  readonly contributions: (latent: number) => Readonly<Record<string, number>>;
  /** Share of the statistics of scored latents that lie where 99 % of the calibration latents do not; .01 is as there. */
  readonly outside: number;
  /** The statistics that lie outside most often, with the share of the latents for which they do, largest first. */
  readonly outsideBy: readonly {
    /** Name. */
    readonly statistic: string;
    /** Share of the latents. */
    readonly share: number;
  }[];
}

/** Firings below which statistics say nothing. */
const FEWEST = 8;

/**
 * Scores each latent by a model that was calibrated on generated data, where truth is known (`npm run calibrate`), from statistics of the
 * dictionary and samples alone, and of replicas where they are given.
 *
 * @param replication - what other dictionaries of the same data say of each latent
 */
export function latentTrust(
  sample: TrustSample,
  replication?: Replication,
  by: Calibration = calibration,
): LatentTrust {
  const { latents, samples } = sample;
  const own = statisticsOf(sample, FEWEST);
  const statistics = { ...own, ...(replication ? replicationStatistics(replication) : {}) };
  const context = dictionaryContext(sample, own);
  const modelOf = (kind: "real" | "atomic") =>
    scoreFor(by[kind], sample.encoder !== null, replication !== undefined).model;
  const [real, atomic] = [modelOf("real"), modelOf("atomic")];
  const unscored = Uint8Array.from({ length: latents }, (_, q) => Number(firings(sample, q) < FEWEST));
  const of = (latent: number): Named =>
    Object.fromEntries(Object.entries(statistics).map(([name, values]) => [name, values[latent] as number]));
  const score = (model: typeof real): Float64Array =>
    Float64Array.from(unscored, (without, latent) =>
      without === 1 ? Number.NaN : probability(model, of(latent), context),
    );
  const isReal = score(real);
  return {
    ...{ unscored, samples, statistics, context, fewest: FEWEST },
    real: isReal,
    // One feature alone is real too.
    atomic: score(atomic).map((one, latent) => Math.min(one, isReal[latent] as number)),
    replicas: replication?.replicas ?? 0,
    contributions: (latent) => contributions(real, of(latent), context),
    ...coverage(own, unscored, by),
  };
}

const firings = ({ firings: { starts } }: TrustSample, q: number): number =>
  (starts[q + 1] as number) - (starts[q] as number);

function coverage(
  statistics: Readonly<Record<string, Float64Array>>,
  unscored: Uint8Array,
  { ranges }: Calibration,
): Pick<LatentTrust, "outside" | "outsideBy"> {
  const shares = Object.entries(ranges).flatMap(([statistic, [low, high]]) => {
    const values = statistics[statistic]?.filter((value, q) => unscored[q] === 0 && !Number.isNaN(value));
    if (!values || values.length === 0) return [];
    return [{ statistic, share: values.filter((value) => value < low || value > high).length / values.length }];
  });
  return {
    outside: shares.length === 0 ? 0 : shares.reduce((sum, { share }) => sum + share, 0) / shares.length,
    outsideBy: shares.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share),
  };
}
