import * as Plot from "@observablehq/plot";
import type { CurvePoint } from "../../records.js";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";
import { logTick, meanCurve } from "./trainingCurves.js";

/** One quantity of one run against the training step; `scale` of the vertical axis, a linear one starts at 0. */
export function trainingCurve(
  name: string,
  caption: string,
  curve: readonly CurvePoint[],
  quantity: (point: CurvePoint) => number | null,
  scale: "log" | "linear" = "log",
): Markup {
  const points = meanCurve([curve], quantity);
  return figure(`Training curve: ${name}`, caption, {
    ...frame,
    x: { label: "step", ticks: 5 },
    y:
      scale === "log"
        ? { label: name, type: "log", grid: true, ticks: 10, tickFormat: logTick }
        : { label: name, zero: true, grid: true, ticks: 5 },
    marks: [
      Plot.line(points, { stroke: "var(--accent)", strokeWidth: 1.75 }),
      Plot.dot(points, {
        fill: "var(--accent)",
        r: 2,
        title: ([step, value]: readonly number[]) => `step ${step}: ${value?.toPrecision(3)}`,
      }),
    ],
  });
}
