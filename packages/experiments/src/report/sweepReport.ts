import { formatAmount, formatSeconds, formatShare, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, textList, warningList } from "./page.js";
import { plainTable } from "./plainTable.js";
import { paretoFront, sweepPlots } from "./plots/sweepPlots.js";
import type { SweepDocument, SweepRun } from "./sweepDocument.js";
import { runError as error, runName as named, variedOptions } from "./sweepRuns.js";

/** A sweep as one self-contained HTML file: the front of error against active latents, each option's effect, all runs. */
export function sweepReport(document: SweepDocument): string {
  const { rows: runs } = document;
  const done = runs.filter(({ state }) => state === "done");
  const varied = variedOptions(runs);
  return page(
    "Sweep",
    html`${[
      html`<p>${summary(runs, done)}</p>`,
      ...(done.length > 0 ? [section("Error against active latents", ...paretoFront(done, varied))] : []),
      ...(done.length > 1 && varied.length > 0 ? [section("What each option does", sweepPlots(done, varied))] : []),
      ...(done.length > 0 ? [section("Runs", table(done, varied))] : []),
      ...textList(
        "Failed",
        runs.flatMap((run) => (run.state === "failed" ? [`${named(run, varied)}: ${run.message ?? ""}`] : [])),
      ),
      ...warningList(document.warnings),
      section("Run", runFacts(document, done)),
    ]}`,
  );
}

function summary(runs: readonly SweepRun[], done: readonly SweepRun[]): string {
  const best = [...done].sort((a, b) => error(a) - error(b))[0];
  const count = `${formatWhole(done.length)} of ${formatWhole(runs.length)} runs are done.`;
  if (best === undefined) return count;
  const where = best.heldOut ? "held out" : "on all rows";
  const with_ = named(best, variedOptions(runs));
  return `${count} The lowest fvu, ${formatShare(error(best))} ${where}, has ${with_}, with ${formatAmount(best.metrics?.l0 ?? Number.NaN)} active latents a sample.`;
}

function table(done: readonly SweepRun[], varied: readonly string[]): Markup {
  const rows = [...done].sort((a, b) => error(a) - error(b));
  const head = [...varied, "fvu held out", "fvu", "L0", "dead", "samples/s", "time"];
  const cells = ({ params, metrics, heldOut, samplesPerSecond, seconds }: SweepRun): readonly string[] => [
    ...varied.map((name) => String(params[name] ?? "default")),
    ...[heldOut?.fvu, metrics?.fvu].map((one) => formatShare(one ?? Number.NaN)),
    formatAmount(metrics?.l0 ?? Number.NaN),
    formatShare(metrics?.deadFraction ?? Number.NaN),
    formatWhole(samplesPerSecond ?? Number.NaN),
    formatSeconds(seconds ?? Number.NaN),
  ];
  return plainTable(head, rows.map(cells));
}

function runFacts({ command, version, store, seconds }: SweepDocument, done: readonly SweepRun[]): Markup {
  const cost = done.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
  return facts([
    ["command", `monosema ${command}`],
    ["version", version],
    ["store", store],
    ["time of all runs", formatSeconds(cost)],
    ["time of this command", formatSeconds(seconds)],
  ]);
}
