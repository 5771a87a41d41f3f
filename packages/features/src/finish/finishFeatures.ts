import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { DocumentShare, Example, FeatureRecord } from "../featureRecord.js";
import { originAt } from "../origin/originAt.js";
import type { RowOrigin } from "../origin/rowOrigin.js";
import type { FeatureState } from "../statistics/featureState.js";
import { countOf, sumOf } from "../statistics/magnitudes.js";
import { classScores, type RowLabels } from "./classScores.js";
import { cofiring } from "./cofiring.js";
import { contextKeys, type RowTexts } from "./contextKeys.js";
import { type Firing, rangesOf, strongestOf } from "./examplesOf.js";
import { histogramOf } from "./histogramOf.js";
import { type LatentCodes, latentCodes } from "./latentCodes.js";
import { neighbours } from "./neighbours.js";
import { sharesOf } from "./shares.js";
import { placeOf, sortedRows } from "./sortedRows.js";

/** Options of {@link finishFeatures}. */
export interface FinishOptions {
  /** Where the rows come from: examples then have tokens, documents and positions. */
  readonly origin?: RowOrigin;
  /** Rows of the activations. Default: up to the last one that was read. */
  readonly totalRows?: number;
  /** Texts of tokens by their ids. */
  readonly vocabulary?: ReadonlyMap<number, string>;
  /** Sources of documents, by their ids; asked for once. */
  readonly sources?: (documents: readonly number[]) => Promise<ReadonlyMap<number, string>>;
  /** Texts of rows that are no tokens; equal ones are shown once. */
  readonly texts?: RowTexts;
  /** Classes of the rows. */
  readonly labels?: RowLabels;
  /** Strongest examples of each latent. Default 12. */
  readonly examples?: number;
  /** Examples of each range of values. Default 4. */
  readonly perRange?: number;
  /** Neighbours of each latent, and latents that fire with it, at most. Default 8. */
  readonly related?: number;
}

/** Features of a dictionary, as plain data. */
export interface FeatureStatistics {
  /** Rows that were read. */
  readonly rows: number;
  /** Latents that fire. */
  readonly alive: number;
  /** Rows that co-firing, tokens, documents and classes were counted on. */
  readonly sampledRows: number;
  /** Records of all latents, by latent. */
  readonly features: readonly FeatureRecord[];
}

/** Tokens and documents of a latent, at most. */
const SHARES = 10;

/**
 * The features of a dictionary from the state of its rows.
 *
 * @throws RangeError where the state is of another number of latents
 */
export async function finishFeatures(
  backend: Backend,
  model: Model,
  state: FeatureState,
  options: FinishOptions = {},
): Promise<FeatureStatistics> {
  const { origin, vocabulary, labels, related = 8 } = options;
  const { magnitudes, sample, rows } = state;
  const { nQ } = model.spec;
  if (state.latents !== nQ) {
    throw new RangeError(
      `finishFeatures: the state must be of the dictionary's ${nQ} latents, got ${state.latents}; collect it anew`,
    );
  }
  const shown = await shownExamples(state, options);
  const byLatent = latentCodes(sample, nQ);
  const sampled = await originAt(origin, sample.rows);
  const [near, together] = [await neighbours(backend, model, related), cofiring(sample, byLatent, related)];
  const classOf = labels && (await classScores(backend, sample.rows, byLatent, labels));
  const inDocuments = await documentShares(byLatent, sampled.documents, options);
  const features = Array.from({ length: nQ }, (_, latent): FeatureRecord => {
    const count = countOf(magnitudes, latent);
    const score = classOf?.(latent);
    return {
      latent,
      count,
      rate: rows === 0 ? 0 : count / rows,
      max: magnitudes.maxima[latent] as number,
      mean: count === 0 ? 0 : sumOf(magnitudes, latent) / count,
      histogram: histogramOf(magnitudes, latent),
      ...shown(latent),
      neighbours: near(latent),
      cofiring: together(latent),
      ...(sampled.tokens && {
        tokens: sharesOf(byLatent, latent, sampled.tokens, SHARES).map(({ key, share }) => {
          const text = vocabulary?.get(key);
          return { token: key, ...(text === undefined ? {} : { text }), share };
        }),
      }),
      ...(inDocuments && { documents: inDocuments[latent] as readonly DocumentShare[] }),
      ...(score && { class: score }),
    };
  });
  const alive = features.reduce((sum, { count }) => sum + Number(count > 0), 0);
  return { rows, alive, sampledRows: sample.rows.length, features };
}

/** The documents of each latent with their sources; undefined where none are known. */
async function documentShares(
  codes: LatentCodes,
  documents: Int32Array | undefined,
  { sources }: FinishOptions,
): Promise<readonly (readonly DocumentShare[])[] | undefined> {
  if (documents === undefined) return undefined;
  const shares = Array.from({ length: codes.offsets.length - 1 }, (_, latent) =>
    sharesOf(codes, latent, documents, SHARES),
  );
  const named = await sources?.([...sortedRows(shares.flatMap((own) => own.map(({ key }) => key)))]);
  return shares.map((own) =>
    own.map(({ key, share }) => {
      const source = named?.get(key);
      return { document: key, ...(source === undefined ? {} : { source }), share };
    }),
  );
}

/** The examples of each latent: one per document, no context twice. */
async function shownExamples(
  { latents, strongest, firings, end }: FeatureState,
  { origin, totalRows = end, texts, examples = 12, perRange = 4 }: FinishOptions,
): Promise<(latent: number) => Pick<FeatureRecord, "examples" | "quantiles">> {
  const candidates = Array.from({ length: latents }, (_, latent) => ({
    top: strongestOf(strongest, latent),
    // Twice as many as are shown: some may be dropped for their context.
    ranges: rangesOf(firings, latent).map((range) => ({ ...range, firings: range.firings.slice(0, 2 * perRange) })),
  }));
  const rows = sortedRows(
    (function* () {
      for (const { top, ranges } of candidates)
        for (const { row } of [top, ...ranges.map((one) => one.firings)].flat()) yield row;
    })(),
  );
  const [at, keyOf] = [await originAt(origin, rows), await contextKeys(rows, totalRows, origin, texts)];
  const exampleOf = ({ row, value }: Firing): Example => {
    const place = placeOf(rows, row);
    return {
      ...{ row, value },
      ...(at.documents && { document: at.documents[place] as number }),
      ...(at.positions && { position: at.positions[place] as number }),
      ...(at.tokens && { token: at.tokens[place] as number }),
    };
  };
  const distinct = (from: readonly Firing[], most: number): readonly Firing[] => {
    const seen = new Set<number | string>();
    return from.filter(({ row }) => !seen.has(keyOf(row)) && seen.add(keyOf(row))).slice(0, most);
  };
  return (latent) => {
    const { top, ranges } = candidates[latent] as (typeof candidates)[number];
    return {
      examples: distinct(top, examples).map(exampleOf),
      quantiles: ranges.map(({ from, to, firings: own }) => ({
        ...{ from, to },
        examples: distinct(own, perRange)
          .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.row - b.row)
          .map(exampleOf),
      })),
    };
  };
}
