import { relative } from "node:path";
import { runError, runName, variedOptions } from "@monosema/experiments/format";
import type { SweepRun } from "@monosema/experiments/report";
import { aligned } from "../aligned.js";
import { isBucket } from "../jobs/stores/isBucket.js";
import { numberText } from "../metricsText.js";

/** Runs that are shown, the best first. */
const shown = 40;

/** The table of a sweep: what was varied, and the figures, by held-out fvu. */
export function sweepText(runs: readonly SweepRun[]): string {
  const varied = variedOptions(runs);
  const done = runs.filter(({ state }) => state === "done");
  const best = [...done].sort((a, b) => runError(a) - runError(b));
  const rows = [
    [...varied, "fvu held out", "fvu", "L0", "dead", "samples/s", "checkpoint"],
    ...best
      .slice(0, shown)
      .map((run) => [
        ...varied.map((name) => String(run.params[name] ?? "default")),
        numberText(run.heldOut?.fvu ?? null),
        numberText(run.metrics?.fvu ?? null),
        (run.metrics?.l0 ?? Number.NaN).toFixed(2),
        `${(100 * (run.metrics?.deadFraction ?? Number.NaN)).toFixed(1)} %`,
        String(run.samplesPerSecond ?? "-"),
        run.checkpoint === undefined ? "-" : relativePath(run.checkpoint),
      ]),
  ];
  const rest = best.length - shown;
  return [
    ...(best.length > 0 ? aligned(rows) : []),
    ...(rest > 0 ? [`and ${rest} more, in the report and with --json`] : []),
    ...runs.flatMap((run) =>
      run.state === "failed" ? [`failed: ${runName(run, varied)} after ${run.attempts} attempts: ${run.message}`] : [],
    ),
    ...refusalsText(runs),
  ].join("\n");
}

/** Why workers leave runs to others, each reason once. */
function refusalsText(runs: readonly SweepRun[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { state, message } of runs)
    if (state === "missing" && message !== undefined) counts.set(message, (counts.get(message) ?? 0) + 1);
  return [...counts].map(([message, count]) => `refused by a worker: ${count} runs: ${message}`);
}

/** A path as one would type it here; an address of a bucket stays. */
function relativePath(path: string): string {
  if (isBucket(path)) return path;
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}
