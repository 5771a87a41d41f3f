import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";

/** Number of latents by score, in steps of .05. */
export function scoreHistogram(scores: readonly number[]): Markup {
  return figure("Scores", "Scored latents by the probability that they are real.", {
    ...frame,
    x: { label: "score", domain: [0, 1], ticks: 5 },
    y: { label: "latents", grid: true, ticks: 5 },
    marks: [
      Plot.rectY(
        scores.map((score) => Math.min(0.999999, score)), // 1 belongs to the last bin
        { ...Plot.binX({ y: "count" }, { x: Plot.identity, interval: 0.05 }), fill: "var(--accent)" },
      ),
      Plot.ruleY([0]),
    ],
  });
}
