import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";
import { logTick } from "./trainingCurves.js";

/** Numbers of latents in descending order. */
export function rankedShares(
  name: string,
  caption: string,
  values: readonly number[],
  label: string,
  scale: "linear" | "log" = "linear",
): Markup {
  const points = [...values].sort((a, b) => b - a).map((value, rank) => [rank + 1, value] as const);
  return figure(name, caption, {
    ...frame,
    x: { label: "rank", ticks: 5 },
    y:
      scale === "log"
        ? { label, type: "log", grid: true, ticks: 10, tickFormat: logTick }
        : { label, domain: [0, 1], grid: true, ticks: 5 },
    marks: [Plot.dot(points, { fill: "var(--accent)", r: 2 })],
  });
}
