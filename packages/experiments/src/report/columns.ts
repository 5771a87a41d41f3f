import type { BenchData, BenchRow, RecoveryRecord } from "../records.js";
import { formatAmount, formatShare, formatSmall, formatWhole } from "./format.js";

/** A numeric column of the table of results. */
export interface Column {
  /** Heading above the titles of neighbouring columns; empty for none. */
  readonly group: string;
  /** Heading. */
  readonly title: string;
  /** Explanation of the heading. */
  readonly meaning: string;
  /** The quantity. */
  readonly value: (row: BenchRow) => number;
  /** How it is written. */
  readonly format: (value: number) => string;
  /** Importance in a terminal, which leaves out the least when it is too narrow; 0 is for pages only. */
  readonly rank: number;
}

const recovery = (
  group: "decoder" | "encoder" | "raw",
  similarity: string,
  ranks: Readonly<Record<string, number>>,
): readonly Column[] =>
  (["mgt95", "mgt90", "mip"] as const).map((key: keyof RecoveryRecord) => ({
    group,
    title: key,
    meaning:
      key === "mip"
        ? `mean best ${similarity}`
        : `share of features whose best ${similarity} is above .${key.slice(3)}`,
    value: ({ metrics }) => metrics[group][key],
    format: formatShare,
    rank: ranks[key] ?? 0,
  }));

const single = (
  title: string,
  meaning: string,
  value: Column["value"],
  format: Column["format"],
  rank: number = 0,
): Column => ({ group: "", title, meaning, value, format, rank });

const mcc = (rank: number): Column =>
  single(
    "mcc",
    "mean |cosine| over the one-to-one assignment of features and decoder rows, anchored ones included",
    (r) => r.metrics.mcc,
    formatShare,
    rank,
  );
const l0 = (rank: number): Column =>
  single("L0", "mean active latents per sample", (r) => r.metrics.l0, formatAmount, rank);
const trueL0: Column = single("true L0", "mean active features per sample", (r) => r.metrics.trueL0, formatAmount);
const fvu: Column = single(
  "fvu",
  "fraction of variance unexplained",
  (r) => r.metrics.fvu ?? Number.NaN,
  formatSmall,
  8,
);
const dead = (rank: number): Column =>
  single(
    "dead",
    "share of latents never active on the held-out samples",
    (r) => r.metrics.deadFraction,
    formatShare,
    rank,
  );
const scored: Column = single(
  "scored",
  "features that the recovery columns are over: those without an anchor",
  (r) => r.scoredFeatures,
  formatWhole,
);
const seconds: Column = single("s", "seconds of training", (r) => r.seconds, formatAmount, 2);

/** The columns of the paper's own setting, in order (side by side, never one alone). */
const paperColumns: readonly Column[] = [
  ...recovery("decoder", "|cosine| with a decoder row", { mgt95: 9, mip: 9 }),
  ...recovery("encoder", "|cosine| with an encoder row", { mgt95: 6 }),
  ...recovery("raw", "|inner product| with an encoder row", { mip: 5 }),
  mcc(4),
  l0(7),
  trueL0,
  fvu,
  dead(3),
  single("shrinkage", "mean of |reconstruction| / |target|", (r) => r.metrics.shrinkage, formatShare),
  scored,
  single("random mip", "mean best |cosine| of as many random rows", (r) => r.randomMip, formatShare),
  seconds,
];

/** The columns where features differ in rate or have parents. */
const hardColumns: readonly Column[] = [
  single(
    "found",
    "share of the scored features with a decoder row of signed cosine above .9",
    (r) => r.metrics.found,
    formatShare,
    9,
  ),
  single(
    "+composite",
    "share of the scored features that are not found alone, but summed with their parents in one decoder row",
    (r) => r.metrics.foundComposite,
    formatShare,
    9,
  ),
  single(
    "f1",
    "how well latents predict the features that they match best: F1, mean over all latents, dead ones count 0",
    (r) => r.metrics.f1,
    formatShare,
    6,
  ),
  mcc(5),
  fvu,
  dead(4),
  l0(7),
  trueL0,
  single(
    "uniqueness",
    "different features that latents match best, divided by the number of latents",
    (r) => r.metrics.uniqueness,
    formatShare,
  ),
  single("mip", "mean best |cosine| of a scored feature with a decoder row", (r) => r.metrics.decoder.mip, formatShare),
  single("random mip", "the same of as many random rows", (r) => r.randomMip, formatShare),
  scored,
  seconds,
];

/** Whether features of these data differ in rate, so that found and lost ones are told apart by it. */
export const isHard = ({ meanL0 }: Pick<BenchData, "meanL0">): boolean => meanL0 !== undefined;

/** The columns of the table of results, in order. */
export const columnsOf = (data: Pick<BenchData, "meanL0">): readonly Column[] =>
  isHard(data) ? hardColumns : paperColumns;
