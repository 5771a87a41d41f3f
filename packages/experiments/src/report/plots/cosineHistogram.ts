import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";

/**
 * Number of latents by the cosine of their best match, in steps of .025.
 *
 * @param threshold - drawn as a line: above it a latent comes back
 * @param chance - cosine of random rows, drawn as a dotted line
 */
export function cosineHistogram(
  name: string,
  caption: string,
  cosines: readonly number[],
  threshold: number,
  chance: number,
): Markup {
  return figure(name, caption, {
    ...frame,
    x: { label: "cosine of the best match", domain: [0, 1], ticks: 5 },
    y: { label: "latents", grid: true, ticks: 5 },
    marks: [
      Plot.rectY(
        cosines.map((cosine) => Math.min(0.999999, Math.max(0, cosine))), // 1 belongs to the last bin
        { ...Plot.binX({ y: "count" }, { x: Plot.identity, interval: 0.025 }), fill: "var(--accent)" },
      ),
      Plot.ruleX([threshold], { stroke: "var(--ink)", strokeDasharray: "5 4" }),
      Plot.ruleX([chance], { stroke: "var(--muted)", strokeDasharray: "1.5 3.5" }),
      Plot.ruleY([0]),
    ],
  });
}
