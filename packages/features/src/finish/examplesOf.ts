import type { QuantileExamples } from "../featureRecord.js";
import type { KeptFirings } from "../statistics/keptFirings.js";
import { rowHash } from "../statistics/rowHash.js";

/** A firing that may be shown. */
export interface Firing {
  /** Row. */
  readonly row: number;
  /** Value. */
  readonly value: number;
  /** Document; a row is its own where none are known. */
  readonly document: number;
}

/** Firings of one range of values. */
export interface FiringRange extends Pick<QuantileExamples, "from" | "to"> {
  /** The first to show come first. */
  readonly firings: readonly Firing[];
}

/** Ranges of equal size. */
const RANGES = 5;

/** The strongest firings of a latent, one per document, strongest first. */
export function strongestOf({ kept, sizes, rows, values, documents }: KeptFirings, latent: number): readonly Firing[] {
  return Array.from({ length: sizes[latent] as number }, (_, i) =>
    firingAt({ rows, values, documents }, latent * kept + i),
  );
}

/**
 * Evenly drawn firings of a latent by ranges of its values, the strongest range first, in the order of their drawing, one per document in a
 * range; ranges without a firing are left out.
 */
export function rangesOf(
  { kept, sizes, rows, values, documents }: KeptFirings,
  latent: number,
): readonly FiringRange[] {
  const size = sizes[latent] as number;
  const all = Array.from({ length: size }, (_, i) => firingAt({ rows, values, documents }, latent * kept + i));
  all.sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.row - b.row);
  return Array.from({ length: RANGES }, (_, i) => ({
    from: (RANGES - 1 - i) / RANGES,
    to: (RANGES - i) / RANGES,
    firings: onePerDocument(all.slice(Math.floor((i * size) / RANGES), Math.floor(((i + 1) * size) / RANGES))),
  })).filter(({ firings }) => firings.length > 0);
}

function onePerDocument(firings: readonly Firing[]): readonly Firing[] {
  const seen = new Set<number>();
  return firings
    .toSorted((a, b) => rowHash(a.row) - rowHash(b.row))
    .filter(({ document }) => !seen.has(document) && seen.add(document));
}

function firingAt({ rows, values, documents }: Pick<KeptFirings, "rows" | "values" | "documents">, at: number): Firing {
  return { row: rows[at] as number, value: values[at] as number, document: documents[at] as number };
}
