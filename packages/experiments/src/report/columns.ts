import type { BenchRow, RecoveryRecord } from "../records.js";
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

/** The columns of the table of results, in order (side by side, never one alone). */
export const columns: readonly Column[] = [
  ...recovery("decoder", "|cosine| with a decoder row", { mgt95: 9, mip: 9 }),
  ...recovery("encoder", "|cosine| with an encoder row", { mgt95: 6 }),
  ...recovery("raw", "|inner product| with an encoder row", { mip: 5 }),
  single(
    "mcc",
    "mean |cosine| over the one-to-one assignment of features and decoder rows",
    (r) => r.metrics.mcc,
    formatShare,
    4,
  ),
  single("L0", "mean active latents per sample", (r) => r.metrics.l0, formatAmount, 7),
  single("true L0", "mean active features per sample", (r) => r.metrics.trueL0, formatAmount),
  single("fvu", "fraction of variance unexplained", (r) => r.metrics.fvu ?? Number.NaN, formatSmall, 8),
  single(
    "dead",
    "share of latents never active on the held-out samples",
    (r) => r.metrics.deadFraction,
    formatShare,
    3,
  ),
  single("shrinkage", "mean of |reconstruction| / |target|", (r) => r.metrics.shrinkage, formatShare),
  single("scored", "features that the recovery columns are over", (r) => r.scoredFeatures, formatWhole),
  single("random mip", "mean best |cosine| of as many random rows", (r) => r.randomMip, formatShare),
  single("s", "seconds of training", (r) => r.seconds, formatAmount, 2),
];
