import { type NearestRows, nearestRows } from "@monosema/bench";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";

/** Nearest decoder rows in each dictionary of those of each, at `[from][to]`; none on the diagonal. */
export type NearestOfAll = readonly (readonly (NearestRows | undefined)[])[];

/**
 * Compares the decoder rows of each dictionary with those of each other one.
 *
 * @param count - rows kept of each
 * @param onRows - called with the rows that are done and their number in all
 */
export async function nearestOfAll(
  backend: Backend,
  models: readonly Model[],
  count: number,
  onRows: (done: number, total: number) => void,
): Promise<NearestOfAll> {
  const total = models.reduce((sum, { spec }) => sum + spec.nQ * (models.length - 1), 0);
  const all: (NearestRows | undefined)[][] = models.map(() => []);
  let before = 0;
  for (const [i, from] of models.entries()) {
    for (const [j, to] of models.entries()) {
      if (i === j) continue;
      (all[i] as (NearestRows | undefined)[])[j] = await nearestRows(
        backend,
        directions(from),
        directions(to),
        from.spec.nR,
        { count, onRows: (done) => onRows(before + done, total) },
      );
      before += from.spec.nQ;
    }
  }
  return all;
}

const directions = ({ weights, spec }: Model) => ({ values: weights.decoder, count: spec.nQ });
