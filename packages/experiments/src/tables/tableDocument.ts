import type { DocumentHead } from "../records.js";
import { deviation, mean } from "../report/statistics.js";
import { type FinishedRow, recipeKey } from "./finishedRow.js";
import type { Scale, Scores, Series, Table, TableRow } from "./table.js";

/** Document of `table`. */
export interface TableDocument extends DocumentHead {
  /** Name of the table. */
  readonly table: string;
  /** Heading. */
  readonly title: string;
  /** Sizes. */
  readonly scale: Scale;
  /** One entry per row and seed. */
  readonly rows: readonly TableEntry[];
  /** What contradicts itself in the paper's numbers. */
  readonly inconsistencies: readonly string[];
  /** What the rows say together. */
  readonly conclusion: readonly string[];
}

/** A row of a document. */
export interface TableEntry {
  /** Name of the row. */
  readonly row: string;
  /** Seed. */
  readonly seed: number;
  /** Our scores. */
  readonly ours: Scores;
  /** The paper's, by the same keys. */
  readonly paper?: Scores;
  /** The sentence on their difference; the same for all seeds, from their means. */
  readonly why?: string;
  /** Seconds of the row. */
  readonly seconds: number;
  /** Numbers for figures. */
  readonly series?: Series;
}

/** What a document has beside its head. */
export type TableContent = Omit<TableDocument, keyof DocumentHead>;

/** The rows of a table that are done, with the paper's numbers and what is to be said of them. */
export function tableContent(
  table: Table,
  scale: Scale,
  rows: readonly TableRow[],
  done: readonly FinishedRow[],
): TableContent {
  const means = new Map<string, Scores>();
  const entries = rows.flatMap((row) => {
    const key = recipeKey(row.recipe);
    const own = done
      .filter((one) => one.table === table.name && one.row === row.name && one.key === key)
      .sort((a, b) => a.seed - b.seed);
    if (own.length === 0) return [];
    const mean = meanScores(own.map(({ ours }) => ours));
    means.set(row.name, mean);
    const why = row.why?.(mean);
    return own.map(
      ({ seed, ours, seconds, series }): TableEntry => ({
        row: row.name,
        seed,
        ours,
        ...(row.paper ? { paper: row.paper } : {}),
        ...(why === undefined ? {} : { why }),
        seconds,
        ...(series ? { series } : {}),
      }),
    );
  });
  const { name, title, inconsistencies } = table;
  return { table: name, title, scale, rows: entries, inconsistencies, conclusion: table.conclusion?.(means) ?? [] };
}

/** Means over seeds; null where a score is null for every seed, else over the others. */
export const meanScores = (scores: readonly Scores[]): Scores =>
  byKey(scores, (values) => (values.length === 0 ? null : mean(values)));

/** Sample standard deviations over seeds; null with fewer than two values. */
export const deviationScores = (scores: readonly Scores[]): Scores =>
  byKey(scores, (values) => deviation(values) ?? null);

function byKey(scores: readonly Scores[], summary: (values: readonly number[]) => number | null): Scores {
  const keys = [...new Set(scores.flatMap((one) => Object.keys(one)))];
  return Object.fromEntries(keys.map((key) => [key, summary(scores.flatMap((one) => one[key] ?? []))]));
}
