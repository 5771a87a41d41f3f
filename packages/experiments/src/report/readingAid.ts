import { formatShare } from "./format.js";
import type { RowGroup } from "./groups.js";

/** What a reader of these results must know, from the kinds of anchors in them. */
export interface ReadingAid {
  /** Decoder mip of random rows: one figure, or the least and the largest (it falls with the width). */
  readonly random: string;
  /** Sentences on anchored runs; empty without anchors. */
  readonly caveats: readonly string[];
}

/** Collects the reading aid of the results. */
export function readingAid(groups: readonly RowGroup[]): ReadingAid {
  const rows = groups.flatMap((group) => group.rows);
  const floors = rows.map(({ randomMip }) => randomMip);
  const [least, most] = [formatShare(Math.min(...floors)), formatShare(Math.max(...floors))];
  const kinds = new Set(rows.map(({ anchors }) => anchors.kind));
  return {
    random: least === most ? least : `${least} to ${most}, by width`,
    caveats: [...kinds].flatMap((kind) => caveats[kind] ?? []),
  };
}

/** By kind of anchors. */
const caveats: Readonly<Record<string, string>> = {
  truth: "Runs with true anchors are scored on the features that have no anchor; mcc is over all features.",
  frequent: "Runs with the most frequent features as anchors are scored on the others; mcc is over all features.",
  discovered:
    "Scores with discovered anchors come from rows pinned to directions that a TopK run had already found; they do not show that the method found them.",
};
