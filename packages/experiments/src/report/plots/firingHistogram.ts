import * as Plot from "@observablehq/plot";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";

/** Number of latents by the share of samples in which they are active, in steps of a quarter of a decade. */
export function firingHistogram(rates: ArrayLike<number>): Markup {
  const exponents = Array.from(rates)
    .filter((rate) => rate > 0)
    .map((rate) => Math.log10(rate));
  const silent = rates.length - exponents.length;
  const low = Math.floor(exponents.reduce((least, value) => Math.min(least, value), -1));
  return figure(
    "Firing rates",
    `Latents by the share of samples in which they are active, logarithmic; ${silent} never are.`,
    {
      ...frame,
      x: { label: "share of samples", domain: [low, 0], ticks: -low, tickFormat: (value: number) => `1e${value}` },
      y: { label: "latents", grid: true, ticks: 5 },
      marks: [
        Plot.rectY(exponents, {
          ...Plot.binX({ y: "count" }, { x: Plot.identity, interval: 0.25 }),
          fill: "var(--accent)",
        }),
        Plot.ruleY([0]),
      ],
    },
  );
}
