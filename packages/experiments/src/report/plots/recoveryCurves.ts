import * as Plot from "@observablehq/plot";
import { meanOf, type RowGroup } from "../groups.js";
import type { Markup } from "../markup.js";
import { figure } from "./render.js";
import { type Point, seriesMarks } from "./series.js";

/**
 * Share of scored features whose best decoder |cosine| is above tau, against tau (paper Figure 6); means over seeds.
 */
export function recoveryCurves(groups: readonly RowGroup[]): Markup {
  const least = Math.min(0.9, ...groups.flatMap(({ rows }) => rows.flatMap(({ bestCosines }) => bestCosines)));
  const start = Math.max(0, Math.floor(least * 10) / 10);
  return figure(
    "Recovery against threshold",
    "Share of scored features with a decoder row of |cosine| above τ. The dotted line is τ = .95.",
    {
      width: 460,
      height: 280,
      marginLeft: 46,
      marginTop: 26,
      marginBottom: 38,
      x: { label: "τ", domain: [start, 1], ticks: 5 },
      y: { label: "share of features above τ", domain: [0, 1], grid: true },
      marks: [
        Plot.ruleX([0.95], { stroke: "var(--muted)", strokeDasharray: "1 3", y1: 0, y2: 1 }),
        ...groups.flatMap((group) => seriesMarks(group, recoveryCurve(group, start))),
      ],
    },
  );
}

/** Points (tau, share above tau), tau rising from `start` to 1; the share never rises. */
export function recoveryCurve(group: RowGroup, start: number): readonly Point[] {
  return Array.from({ length: thresholds + 1 }, (_, i) => {
    const tau = start + ((1 - start) * i) / thresholds;
    return [tau, meanOf(group, ({ bestCosines }) => shareAbove(bestCosines, tau))];
  });
}

const thresholds = 160;

const shareAbove = (cosines: readonly number[], tau: number): number =>
  cosines.length === 0 ? 0 : cosines.filter((cosine) => cosine > tau).length / cosines.length;
