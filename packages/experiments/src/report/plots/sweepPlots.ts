import * as Plot from "@observablehq/plot";
import { html, type Markup } from "../markup.js";
import type { SweepRun } from "../sweepDocument.js";
import { activeLatents, runError as error, runName as named, unbeatenRuns } from "../sweepRuns.js";
import { figure, frame } from "./render.js";

interface Point {
  readonly x: number;
  readonly y: number;
  readonly title: string;
}

/** The runs by active latents and error, and the line of those that none beats in both. */
export function paretoFront(runs: readonly SweepRun[], varied: readonly string[]): readonly Markup[] {
  const pointOf = (run: SweepRun) => ({ x: activeLatents(run), y: error(run), title: named(run, varied) });
  const [points, front] = [runs, unbeatenRuns(runs)].map((some) => some.map(pointOf)) as [Point[], Point[]];
  return [
    figure(
      "Error against active latents",
      "fvu (held out, where rows were) of each run by its active latents a sample; the line joins those that no other run beats in both.",
      {
        ...frame,
        width: 640,
        height: 320,
        x: { label: "active latents a sample (L0)", nice: true },
        y: { label: "fvu", grid: true, nice: true, zero: true },
        marks: [
          Plot.line(front, { x: "x", y: "y", stroke: "var(--c1)", curve: "step-after" }),
          Plot.dot(points, { x: "x", y: "y", fill: "var(--c0)", r: 3.5, title: "title" }),
        ],
      },
    ),
  ];
}

/** What is plotted against each option. */
const measures: readonly (readonly [label: string, of: (run: SweepRun) => number])[] = [
  ["fvu", error],
  ["L0", activeLatents],
  ["dead latents, share", ({ heldOut, metrics }) => (metrics ?? heldOut)?.deadFraction ?? Number.NaN],
];

/** Each varied option against each measure: a dot a run. */
export function sweepPlots(runs: readonly SweepRun[], varied: readonly string[]): Markup {
  return html`<div class="pair">${varied.flatMap((name) => measures.map((measure) => plotOf(runs, varied, name, measure)))}</div>`;
}

function plotOf(
  runs: readonly SweepRun[],
  varied: readonly string[],
  name: string,
  [label, of]: (typeof measures)[number],
): Markup {
  const values = [...new Set(runs.map(({ params }) => String(params[name] ?? "default")))];
  const points = runs.map((run) => ({
    x: String(run.params[name] ?? "default"),
    y: of(run),
    title: named(run, varied),
  }));
  return figure(`${label} by ${name}`, `${label} of each run by ${name}; the line is the mean.`, {
    ...frame,
    x: {
      label: name,
      type: "point",
      domain: values.every((value) => !Number.isNaN(Number(value)))
        ? [...values].sort((a, b) => Number(a) - Number(b))
        : values,
    },
    // A measure that is 0 everywhere has a scale, too.
    y: { label, grid: true, nice: true, domain: [0, Math.max(0.01, ...points.map(({ y }) => y))] },
    marks: [
      Plot.line(points, Plot.groupX({ y: "mean" }, { x: "x", y: "y", stroke: "var(--c1)" })),
      Plot.dot(points, { x: "x", y: "y", fill: "var(--c0)", fillOpacity: 0.7, r: 3.5, title: "title" }),
    ],
  });
}
