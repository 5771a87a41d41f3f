import type { NearestRows } from "@monosema/bench";
import { type SparseScores, sparseAssignment } from "@monosema/numerics";

/** Decoder rows of two dictionaries, matched. */
export interface RowMatches {
  /** Row of b with the largest signed cosine, -1 for none, `[Qa]`. */
  readonly best: Int32Array;
  /** That cosine, 0 without a row, `[Qa]`. */
  readonly bestCosine: Float64Array;
  /** Row of b in the one-to-one matching, -1 for none, `[Qa]`. */
  readonly matched: Int32Array;
  /** That cosine, 0 without a row, `[Qa]`. */
  readonly matchedCosine: Float64Array;
  /** Mean cosine of the one-to-one matching over min(live rows of a, live rows of b); 0 where there are none. */
  readonly mcc: number;
}

/** The nearest rows of each side on the other, with the rows that play a part. */
export interface NearBoth {
  /** Nearest rows of b for those of a. */
  readonly ab: NearestRows;
  /** Nearest rows of a for those of b. */
  readonly ba: NearestRows;
  /** 1 for rows of a that may be matched one to one, `[Qa]`. */
  readonly liveA: Uint8Array;
  /** The same of b, `[Qb]`. */
  readonly liveB: Uint8Array;
}

/**
 * Best and one-to-one matches. The one-to-one matching is the best among the nearest rows of both sides; a row whose nearest rows all have
 * closer partners stays alone and counts 0, so that the mean is at most that of a matching among all pairs.
 */
export function rowMatches(near: NearBoth): RowMatches {
  const { ab, liveA, liveB } = near;
  const scores = candidatePairs(near);
  const { columnOf, sum } = sparseAssignment(scores, liveB.length);
  const pairs = Math.min(countOf(liveA), countOf(liveB));
  return {
    best: nearestOf(ab),
    bestCosine: nearestCosines(ab),
    matched: columnOf,
    matchedCosine: Float64Array.from(columnOf, (column, row) => (column < 0 ? 0 : scoreOf(scores, row, column))),
    mcc: pairs === 0 ? 0 : sum / pairs,
  };
}

/** The nearest row of each, -1 for none. */
export const nearestOf = ({ indices, count }: NearestRows): Int32Array => indices.filter((_, at) => at % count === 0);

/** Its cosine, 0 for none. */
export const nearestCosines = ({ cosines, count }: NearestRows): Float64Array =>
  Float64Array.from({ length: cosines.length / count }, (_, row) => cosines[row * count] as number);

const countOf = (live: Uint8Array): number => live.reduce((sum, is) => sum + is, 0);

/** Each pair of live rows that is among the nearest of either side, once. */
function candidatePairs({ ab, ba, liveA, liveB }: NearBoth): SparseScores {
  const byRow = Array.from(liveA, () => new Map<number, number>());
  const add = (a: number, b: number, cosine: number): void => {
    if (liveA[a] === 1 && liveB[b] === 1 && !byRow[a]?.has(b)) byRow[a]?.set(b, cosine);
  };
  ab.indices.forEach((b, at) => {
    add(Math.floor(at / ab.count), b, ab.cosines[at] as number);
  });
  ba.indices.forEach((a, at) => {
    add(a, Math.floor(at / ba.count), ba.cosines[at] as number);
  });
  const offsets = new Int32Array(byRow.length + 1);
  byRow.forEach(({ size }, a) => {
    offsets[a + 1] = (offsets[a] as number) + size;
  });
  const columns = new Int32Array(offsets.at(-1) as number);
  const scores = new Float64Array(columns.length);
  let at = 0;
  for (const pairs of byRow) {
    for (const [b, cosine] of pairs) {
      columns[at] = b;
      scores[at++] = cosine;
    }
  }
  return { offsets, columns, scores };
}

function scoreOf({ offsets, columns, scores }: SparseScores, row: number, column: number): number {
  return scores[columns.indexOf(column, offsets[row])] as number;
}
