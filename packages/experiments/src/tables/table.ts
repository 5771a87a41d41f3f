import type { Backend } from "@monosema/tensor";
import type { DataOf } from "../bench/seedData.js";
import type { LabelledData } from "./labelledData.js";

/** `paper`: the sizes of the paper; `reduced`: its ratios at sizes that take a minute or so. */
export type Scale = "paper" | "reduced";

/** Both scales. */
export const scales: readonly Scale[] = ["reduced", "paper"];

/** Named numbers of a row; null where a quantity is not defined. */
export type Scores = Readonly<Record<string, number | null>>;

/** Lists of numbers behind a score, for figures. */
export type Series = Readonly<Record<string, readonly number[]>>;

/** What running a row for one seed gives. */
export interface RowResult {
  /** Scores by key. */
  readonly ours: Scores;
  /** Numbers for figures. */
  readonly series?: Series;
}

/** What a running row is given. */
export interface RowContext {
  /** Seed of data, initialisation, order and anchors. */
  readonly seed: number;
  /** The data of a preset and seed; rows that ask for the same one after the other share them. */
  readonly dataOf: DataOf;
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Share of the row that is done, from 0 to 1, and what is going on. */
  readonly onProgress: (share: number, label: string) => void;
  /** Called for each warning. */
  readonly onWarning: (warning: string) => void;
}

/** A row of a table: a recipe, and the numbers that it is compared with. */
export interface TableRow {
  /** Name, without commas; unique in its table. */
  readonly name: string;
  /** All that decides the scores beside the seed, as JSON: a row that is done is kept while this stays the same. */
  readonly recipe: unknown;
  /** Numbers of the paper, by the keys of our scores. */
  readonly paper?: Scores;
  /** The sentence on a difference, from the means of our scores; undefined where there is none to explain. */
  readonly why?: (ours: Scores) => string | undefined;
  /** Does the work for one seed. */
  readonly run: (backend: Backend, context: RowContext) => Promise<RowResult>;
}

/** A column of a table. */
export interface TableColumn {
  /** Key of the score. */
  readonly key: string;
  /** Heading. */
  readonly title: string;
  /** What it is. */
  readonly meaning: string;
}

/** A table: rows of recipes, how they are shown, and what to know of the paper's numbers. */
export interface Table {
  /** Name on the command line. */
  readonly name: string;
  /** Heading. */
  readonly title: string;
  /** What its rows say and how to read them. */
  readonly about: string;
  /** Scores that are shown, most important first. */
  readonly columns: readonly TableColumn[];
  /** Seeds unless it is said otherwise. */
  readonly seeds: number;
  /** Where its data come from: made by the seed, or labelled samples of the caller. */
  readonly data: "made" | "labelled";
  /** Its rows. */
  readonly rows: (scale: Scale, data?: LabelledData) => readonly TableRow[];
  /** What contradicts itself in the paper's numbers, a sentence each. */
  readonly inconsistencies: readonly string[];
  /** What the means of all finished rows say together, a sentence each. */
  readonly conclusion?: (means: ReadonlyMap<string, Scores>) => readonly string[];
}
