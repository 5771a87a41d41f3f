import * as Plot from "@observablehq/plot";
import type { CurvePoint } from "../../records.js";
import type { Markup } from "../markup.js";
import { figure } from "./render.js";
import { logTick, meanCurve } from "./trainingCurves.js";

/** One quantity of one run against the training step, logarithmic. */
export function trainingCurve(
  name: string,
  caption: string,
  curve: readonly CurvePoint[],
  quantity: (point: CurvePoint) => number,
): Markup {
  const points = meanCurve([curve], quantity);
  return figure(`Training curve: ${name}`, caption, {
    width: 460,
    height: 230,
    marginLeft: 46,
    marginTop: 26,
    marginBottom: 38,
    x: { label: "step", ticks: 5 },
    y: { label: name, type: "log", grid: true, ticks: 10, tickFormat: logTick },
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
