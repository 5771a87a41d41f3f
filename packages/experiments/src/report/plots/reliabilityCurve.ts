import type { ReliabilityBin } from "@monosema/audit";
import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";

/** Share of latents that were real on settings left out of the calibration, by score; the dotted line is where the two are equal. */
export function reliabilityCurve(bins: readonly ReliabilityBin[]): Markup {
  const filled = bins.filter(({ latents }) => latents > 0);
  return figure(
    "Reliability",
    "Of generated latents with such a score, on settings that the scores were not fitted on, the share that is real.",
    {
      ...frame,
      x: { label: "score", domain: [0, 1], ticks: 5 },
      y: { label: "share that is real", domain: [0, 1], grid: true, ticks: 5 },
      marks: [
        Plot.line([0, 1], { x: Plot.identity, y: Plot.identity, stroke: "var(--muted)", strokeDasharray: "1.5 3.5" }),
        Plot.line(filled, { x: "score", y: "share", stroke: "var(--accent)", strokeWidth: 1.75 }),
        Plot.dot(filled, {
          ...{ x: "score", y: "share", fill: "var(--accent)", r: 3 },
          title: ({ share, score, latents }: ReliabilityBin) =>
            `score ${score.toFixed(2)}: ${share.toFixed(2)} of ${latents} latents`,
        }),
      ],
    },
  );
}
