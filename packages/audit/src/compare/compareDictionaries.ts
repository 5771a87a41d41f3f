import { type NearestRows, type UnitDirections, unitDirections } from "@monosema/bench";
import type { Batch, Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { type ChanceLevel, rememberedChance } from "./chanceLevel.js";
import { type LatentSum, latentSums } from "./latentSums.js";
import { type MatchedCodes, matchedCodes, meanKappa, type PairedCodes } from "./matchedCodes.js";
import { type NearestOfAll, nearestOfAll } from "./nearestOfAll.js";
import { nearestCosines, nearestOf, type RowMatches, rowMatches } from "./rowMatches.js";

/** Options of {@link compareDictionaries}. */
export interface CompareOptions {
  /** Samples that all dictionaries encode, read once, `[B, P]` each; default none. Few per batch keep dense codes small: 512 do well. */
  readonly data?: Iterable<Batch> | AsyncIterable<Batch>;
  /** Cosine above which a latent comes back. Default .9. */
  readonly threshold?: number;
  /** Nearest rows of each latent, of which matches and sums are made. Default 20. */
  readonly nearest?: number;
  /** Seed of the random rows of the chance level. Default 0. */
  readonly seed?: number;
  /** Called while it works: what is being done, how much of it is done, and how much there is, in latents. */
  readonly onProgress?: (label: string, done: number, total: number) => void;
}

/** Which latents of the first dictionary come back in the others. */
export interface DictionaryComparison {
  /** Cosine above which a latent comes back. */
  readonly threshold: number;
  /** Latents of each dictionary that play a part: decoder row not 0 and, where there are samples, firing for one of them, `[Q]` each. */
  readonly live: readonly Uint8Array[];
  /** The first dictionary beside each other one, in their order. */
  readonly pairs: readonly DictionaryPair[];
  /** Live latents of the first that come back in all others, `[Q]`. */
  readonly replicated: Uint8Array;
  /** MCC of each two dictionaries, 1 on the diagonal. */
  readonly mcc: readonly (readonly number[])[];
  /** Samples read. */
  readonly samples: number;
}

/** The first dictionary, A, beside another one, B. */
export interface DictionaryPair extends RowMatches {
  /** Largest cosine of each latent of B with one of A, `[Qb]`. */
  readonly otherCosine: Float64Array;
  /** Latents of A that B holds in several: sums of latents of B, none of which comes near alone. */
  readonly splits: readonly LatentSum[];
  /** Latents of B that hold several of A: sums of latents of A. */
  readonly merges: readonly LatentSum[];
  /** What random dictionaries of the same sizes give. */
  readonly chance: ChanceLevel;
  /** Codes of the latents of A and of their best matches on the same samples; null without samples. */
  readonly codes: PairedCodes | null;
  /** Mean Cohen's kappa of the latents of both, each with its best match; null without samples. */
  readonly kappa: number | null;
}

/**
 * Compares a dictionary with others - of other seeds, widths, methods or layers - by their decoder rows, and by their codes on the same
 * samples where there are any. A latent comes back in another dictionary where its best match, the row with the largest signed cosine, is
 * above the threshold; the MCC is of the best one-to-one matching among the nearest rows. Rows that are 0 match nothing.
 *
 * Cost: a product of all rows with all for each ordered pair of dictionaries, of which only the nearest rows are kept.
 *
 * @param models - two or more; the first is the one whose latents are looked for
 * @throws RangeError for fewer than two dictionaries, different output widths, with samples different input widths, or data without samples
 */
export async function compareDictionaries(
  backend: Backend,
  models: readonly Model[],
  { data, threshold = 0.9, nearest = 20, seed = 0, onProgress }: CompareOptions = {},
): Promise<DictionaryComparison> {
  check(models, threshold, data !== undefined);
  const found = await nearestOfAll(backend, models, nearest, (done, total) =>
    onProgress?.("comparing decoder rows", done, total),
  );
  const codes = data && (await codesOf(backend, models, found, data));
  const live = models.map((model, i) => liveLatents(model, codes?.firings[i]));
  const matches = (i: number, j: number): RowMatches =>
    rowMatches({
      ...{ ab: near(found, i, j), ba: near(found, j, i) },
      ...{ liveA: live[i] as Uint8Array, liveB: live[j] as Uint8Array },
    });

  const { nQ, nR } = (models[0] as Model).spec;
  const chance = rememberedChance(backend, { ...{ rows: nQ, width: nR }, nearest, tau: threshold, seed });
  const pairs: DictionaryPair[] = [];
  const total = models.reduce((sum, { spec }) => sum + spec.nQ + nQ, -2 * nQ);
  let done = 0;
  const looked = (latents: number): void => {
    done += latents;
    onProgress?.("looking for splits and merges", done, total);
  };
  for (let other = 1; other < models.length; other++) {
    const [own, back] = [codes?.pairs[2 * other - 2], codes?.pairs[2 * other - 1]];
    pairs.push({
      ...matches(0, other),
      otherCosine: nearestCosines(near(found, other, 0)),
      splits: sumsOf(models, found, live, 0, other, threshold, looked),
      merges: sumsOf(models, found, live, other, 0, threshold, looked),
      chance: await chance((models[other] as Model).spec.nQ),
      codes: own ?? null,
      kappa: own && back ? meanKappa(own, back) : null,
    });
  }
  const mccOf = (i: number, j: number): number =>
    i === j ? 1 : i === 0 ? (pairs[j - 1] as DictionaryPair).mcc : matches(i, j).mcc;
  const mcc = models.map((_, i) => models.map((_, j) => (j < i ? 0 : mccOf(i, j))));
  return {
    threshold,
    live,
    pairs,
    replicated: (live[0] as Uint8Array).map((is, latent) =>
      Number(is === 1 && pairs.every(({ bestCosine }) => (bestCosine[latent] as number) > threshold)),
    ),
    mcc: mcc.map((row, i) => row.map((value, j) => (j < i ? (mcc[j]?.[i] as number) : value))),
    samples: codes?.samples ?? 0,
  };
}

const near = (found: NearestOfAll, from: number, to: number): NearestRows => found[from]?.[to] as NearestRows;

/** One pass over the samples for the first dictionary with each other one, and back. */
async function codesOf(
  backend: Backend,
  models: readonly Model[],
  found: NearestOfAll,
  data: NonNullable<CompareOptions["data"]>,
): Promise<MatchedCodes> {
  const matched = (own: number, other: number) => ({ own, other, matches: nearestOf(near(found, own, other)) });
  const both = models.slice(1).flatMap((_, i) => [matched(0, i + 1), matched(i + 1, 0)]);
  const codes = await matchedCodes(backend, models, both, data);
  if (codes.samples > 0) return codes;
  throw new RangeError("compareDictionaries: needs at least one sample, got none; pass batches");
}

/** Latents with a decoder row that is not 0, and of these, where samples were read, those that fire. */
const liveLatents = (model: Model, firings: Float64Array | undefined): Uint8Array =>
  unitDecoder(model).live.map((is, latent) =>
    Number(is === 1 && (firings === undefined || (firings[latent] as number) > 0)),
  );

const unitDecoder = ({ weights, spec }: Model): UnitDirections =>
  unitDirections({ values: weights.decoder, count: spec.nQ }, spec.nR);

/** Live latents of one dictionary that are sums of latents of another. */
function sumsOf(
  models: readonly Model[],
  found: NearestOfAll,
  live: readonly Uint8Array[],
  own: number,
  other: number,
  tau: number,
  looked: (latents: number) => void,
): LatentSum[] {
  const { spec } = models[other] as Model;
  const { unit: data } = unitDecoder(models[other] as Model);
  const sums = latentSums(near(found, own, other), { rows: spec.nQ, cols: spec.nR, data }, tau);
  looked((models[own] as Model).spec.nQ);
  return sums.filter(({ latent }) => live[own]?.[latent] === 1);
}

function check(models: readonly Model[], threshold: number, hasData: boolean): void {
  if (models.length < 2) {
    throw new RangeError(`compareDictionaries: needs two dictionaries or more, got ${models.length}; pass another one`);
  }
  if (!(threshold > 0 && threshold < 1)) {
    throw new RangeError(
      `compareDictionaries: threshold must lie between 0 and 1, got ${threshold}; pass a cosine such as .9`,
    );
  }
  const widths = models.map(({ spec }) => spec.nR);
  if (new Set(widths).size > 1) {
    throw new RangeError(
      `compareDictionaries: dictionaries must have the same output width, got ${widths.join(" and ")}; compare dictionaries of the same layer`,
    );
  }
  const inputs = models.map(({ spec }) => spec.nP);
  if (hasData && new Set(inputs).size > 1) {
    throw new RangeError(
      `compareDictionaries: with samples dictionaries must have the same input width, got ${inputs.join(" and ")}; leave the samples out`,
    );
  }
}
