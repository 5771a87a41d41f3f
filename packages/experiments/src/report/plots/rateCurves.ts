import type { BenchRow } from "../../records.js";
import { type RowGroup, rowsMean } from "../groups.js";
import type { Markup } from "../markup.js";
import { figure } from "./render.js";
import { type Point, seriesMarks } from "./series.js";
import { logTick } from "./trainingCurves.js";

/** Which features are found, by how often they fire; means over seeds. */
export function rateCurves(groups: readonly RowGroup[]): readonly Markup[] {
  const frame = { width: 460, height: 280, marginLeft: 46, marginTop: 26, marginBottom: 38 } as const;
  const x = { label: "firing rate", type: "log", ticks: 6, tickFormat: logTick } as const;
  const y = { domain: [0, 1], grid: true } as const;
  const found = groups.map((group) => ({ group, points: rateCurve(group, (bin) => bin.found) }));
  const both = groups.map((group) => ({ group, points: rateCurve(group, (bin) => bin.found + bin.composite) }));
  return [
    figure("Found by firing rate", "Share of the scored features of a range of rates that a decoder row matches.", {
      ...frame,
      x,
      y: { ...y, label: "found" },
      marks: found.flatMap(({ group, points }) => seriesMarks(group, points)),
    }),
    figure(
      "Found alone or summed",
      "The same with features that a row holds together with their parents; the rest is lost.",
      {
        ...frame,
        x,
        y: { ...y, label: "found + composite" },
        marks: both.flatMap(({ group, points }) => seriesMarks(group, points)),
      },
    ),
  ];
}

/** Points (rate, share), by range of rates; seeds whose ranges differ are joined by their order from the lowest rate. */
export function rateCurve({ rows }: RowGroup, share: (bin: BenchRow["byRate"][number]) => number): readonly Point[] {
  const longest = Math.max(0, ...rows.map(({ byRate }) => byRate.length));
  return Array.from({ length: longest }, (_, i): Point => {
    const bins = rows.flatMap(({ byRate }) => byRate[i] ?? []);
    return [rowsMean(bins, (bin) => bin.rate), rowsMean(bins, share)];
  });
}
