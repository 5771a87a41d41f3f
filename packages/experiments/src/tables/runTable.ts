import type { Backend } from "@monosema/tensor";
import { lastSeedData } from "../bench/seedData.js";
import { type FinishedRow, recipeKey } from "./finishedRow.js";
import type { TableRow } from "./table.js";

/** Options of {@link runTable}. */
export interface RunTableOptions {
  /** Name of the table. */
  readonly table: string;
  /** Rows to run, in order. */
  readonly rows: readonly TableRow[];
  /** Seeds of each row. */
  readonly seeds: readonly number[];
  /** Rows of earlier runs; those with the same recipe and seed are kept. */
  readonly done?: readonly FinishedRow[];
  /** Stops the running row. */
  readonly signal?: AbortSignal;
  /** Called once with the number of rows to run, times seeds. */
  readonly onPlan?: (count: number) => void;
  /** Called during the work with the rows done, in fractions. */
  readonly onProgress?: (done: number, label: string) => void;
  /** Called for each warning. */
  readonly onWarning?: (warning: string) => void;
  /** Called after each row with all that are done: the place to save them. */
  readonly onRow?: (done: readonly FinishedRow[]) => Promise<void> | void;
}

/**
 * Runs the rows of a table, one after the other and seed by seed, but for those that are done.
 *
 * @returns all finished rows: the earlier ones first, also those of other rows and seeds
 */
export async function runTable(backend: Backend, options: RunTableOptions): Promise<readonly FinishedRow[]> {
  const { table, rows, seeds, done: earlier = [], signal, onPlan, onProgress, onRow, onWarning } = options;
  const done = [...earlier];
  const wanted = seeds.flatMap((seed) => rows.map((row) => ({ row, seed, key: recipeKey(row.recipe) })));
  const missing = wanted.filter(
    ({ row, seed, key }) =>
      !done.some((one) => one.table === table && one.row === row.name && one.seed === seed && one.key === key),
  );
  onPlan?.(missing.length);
  const dataOf = lastSeedData();
  for (const [i, { row, seed, key }] of missing.entries()) {
    signal?.throwIfAborted();
    const label = seeds.length > 1 ? `${row.name}, seed ${seed}` : row.name;
    const started = performance.now();
    onProgress?.(i, label);
    const result = await row.run(backend, {
      seed,
      dataOf,
      ...(signal ? { signal } : {}),
      onProgress: (share, what) => onProgress?.(i + Math.min(1, share), what === "" ? label : `${label}: ${what}`),
      onWarning: (warning) => onWarning?.(`${row.name}: ${warning}`),
    });
    done.push({ table, row: row.name, seed, key, seconds: (performance.now() - started) / 1000, ...result });
    await onRow?.(done);
  }
  return done;
}
