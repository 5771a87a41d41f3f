import type { RunCounts, SweepRun } from "./sweepDocument.js";

/** How many runs there are, are done and have failed. */
export function countRuns(rows: readonly SweepRun[]): RunCounts {
  const count = (wanted: SweepRun["state"]): number => rows.filter(({ state }) => state === wanted).length;
  return { planned: rows.length, done: count("done"), failed: count("failed") };
}

/** Names of the options in which runs differ, in the order of the first that has them. */
export function variedOptions(runs: readonly Pick<SweepRun, "params">[]): readonly string[] {
  const names = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  return names.filter((name) => new Set(runs.map(({ params }) => params[name])).size > 1);
}

/** Error of a run: held out, where rows were; infinite where there is none. */
export const runError = ({ heldOut, metrics }: SweepRun): number =>
  heldOut?.fvu ?? metrics?.fvu ?? Number.POSITIVE_INFINITY;

/** A run by the options in which it differs from others. */
export const runName = ({ params }: Pick<SweepRun, "params">, varied: readonly string[]): string =>
  varied.map((name) => `${name} ${params[name] ?? "default"}`).join(", ") || "the only settings";

/** Mean active latents a sample. */
export const activeLatents = ({ metrics }: SweepRun): number => metrics?.l0 ?? Number.NaN;

/** The runs that no other beats in both active latents and error, by their active latents: the Pareto front. */
export function unbeatenRuns(runs: readonly SweepRun[]): readonly SweepRun[] {
  const front: SweepRun[] = [];
  for (const run of [...runs].sort((a, b) => activeLatents(a) - activeLatents(b) || runError(a) - runError(b))) {
    const last = front.at(-1);
    if (last === undefined || runError(run) < runError(last)) front.push(run);
  }
  return front;
}
