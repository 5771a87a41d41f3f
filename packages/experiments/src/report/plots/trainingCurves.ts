import type { CurvePoint } from "../../records.js";
import type { RowGroup } from "../groups.js";
import type { Markup } from "../markup.js";
import { figure, frame } from "./render.js";
import { type Point, seriesMarks } from "./series.js";

/** Fraction of variance unexplained against the training step, logarithmic; means over seeds. */
export function trainingCurves(groups: readonly RowGroup[]): Markup {
  return figure(
    "Training curves",
    "Fraction of variance unexplained of the training batches, logarithmic. Losses differ by method; fvu does not.",
    {
      ...frame,
      height: 280,
      x: { label: "step", ticks: 5 },
      y: { label: "fvu", type: "log", grid: true, ticks: 10, tickFormat: logTick },
      marks: groups.flatMap((group) =>
        seriesMarks(
          group,
          meanCurve(
            group.rows.map(({ curve }) => curve),
            ({ fvu }) => fvu,
          ),
        ),
      ),
    },
  );
}

/** Mean over runs of a quantity at each step; values that a logarithm cannot show are left out. */
export function meanCurve(
  curves: readonly (readonly CurvePoint[])[],
  quantity: (point: CurvePoint) => number | null,
): readonly Point[] {
  const byStep = new Map<number, number[]>();
  for (const point of curves.flat()) {
    const value = quantity(point);
    if (value !== null && value > 0 && Number.isFinite(value))
      byStep.set(point.step, [...(byStep.get(point.step) ?? []), value]);
  }
  return [...byStep]
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => [step, values.reduce((a, b) => a + b, 0) / values.length]);
}

/** Labels of a logarithmic axis: 1, 2 and 5 times powers of ten. */
export function logTick(value: number): string {
  const digit = Number(value.toExponential(0)[0]);
  return digit === 1 || digit === 2 || digit === 5 ? String(Number(value.toPrecision(1))) : "";
}
