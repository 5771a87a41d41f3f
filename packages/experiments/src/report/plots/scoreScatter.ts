import type { LatentRecord } from "@monosema/audit";
import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";

/** Scored latents by the share of samples in which they fire, logarithmic, and by score, as dots whose area is their number in a cell. */
export function scoreScatter(latents: readonly LatentRecord[]): Markup {
  const points = latents.flatMap(({ score, rate }) =>
    score === null || rate === 0 ? [] : [[Math.log10(rate), score]],
  );
  const low = Math.floor(points.reduce((least, [rate = 0]) => Math.min(least, rate), -1));
  return figure("Score and rate", "Scored latents by how often they fire and by score; a dot's area is their number.", {
    ...frame,
    x: { label: "share of samples", domain: [low, 0], ticks: -low, tickFormat: (value: number) => `1e${value}` },
    y: { label: "score", domain: [0, 1], grid: true, ticks: 5 },
    r: { range: [0, 7] },
    marks: [
      Plot.dot(points, {
        ...Plot.bin({ r: "count" }, { x: { value: "0", interval: 1 / 8 }, y: { value: "1", interval: 1 / 32 } }),
        fill: "var(--accent)",
        fillOpacity: 0.7,
      }),
    ],
  });
}
