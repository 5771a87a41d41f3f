import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";
import type { Point } from "./series.js";

/** Latents by cosine and code correlation with their best match, as dots whose size is their number in a cell of 1/32, logarithmic. */
export function codeScatter(name: string, caption: string, points: readonly Point[]): Markup {
  return figure(name, caption, {
    ...frame,
    height: 280,
    x: { label: "cosine of the best match", domain: [0, 1], ticks: 5 },
    y: { label: "correlation of codes", domain: [Math.min(0, ...lowest(points)), 1], grid: true, ticks: 5 },
    r: { type: "log", range: [1.5, 8] },
    marks: [
      Plot.dot(points, {
        ...Plot.bin({ r: "count" }, { x: "0", y: "1", interval: 1 / 32 }),
        fill: "var(--accent)",
        fillOpacity: 0.7,
      }),
    ],
  });
}

/** The lower end of the values, in tenths. */
const lowest = (points: readonly Point[]): readonly number[] =>
  points.length === 0 ? [] : [Math.floor(10 * points.reduce((least, [, y]) => Math.min(least, y), 0)) / 10];
