import * as Plot from "@observablehq/plot";
import { labelOf, type RowGroup } from "../groups.js";
import { html, type Markup } from "../markup.js";
import { rendered } from "./render.js";

/** A point of a series. */
export type Point = readonly [x: number, y: number];

/** Line of a group with a few symbols on it, staggered so that overlapping lines stay apart, and its name as tooltip. */
export function seriesMarks(group: RowGroup, points: readonly Point[]): readonly Plot.Markish[] {
  const every = Math.max(1, Math.floor(points.length / 6));
  const offset = Math.floor((every * (group.index % palette)) / palette);
  const title = (): string => labelOf(group);
  return [
    Plot.line(points, { ...lineOf(group), title }),
    Plot.dot(
      points.filter((_, i) => i % every === offset),
      { ...dotOf(group), title },
    ),
  ];
}

/** The key: colour and symbol of each method, dashes and open symbols of each kind of anchors. */
export function legend(groups: readonly RowGroup[]): Markup {
  const first = (same: (a: RowGroup, b: RowGroup) => boolean): readonly RowGroup[] =>
    groups.filter((group, i) => groups.findIndex((other) => same(group, other)) === i);
  const methods = first((a, b) => a.index === b.index).map((group) =>
    entry({ ...group, kind: "none" }, group.method, colourOf(group)),
  );
  const anchored = first((a, b) => a.kind === b.kind).filter(({ kind }) => kind !== "none");
  return html`<ul class="legend" aria-label="Key">${[...methods, ...anchored.map((group) => entry(group, `with ${group.kind} anchors`, "currentColor"))]}</ul>`;
}

function entry(group: RowGroup, name: string, stroke: string): Markup {
  const swatch = rendered(name, {
    width: 36,
    height: 14,
    margin: 2,
    axis: null,
    x: { domain: [0, 2] },
    y: { domain: [-1, 1] },
    marks: [Plot.ruleY([0], lineOf(group, stroke)), Plot.dot([[1, 0]], dotOf(group, stroke))],
  });
  return html`<li>${swatch}${name}</li>`;
}

/** Colours of the style sheet and symbols. */
const palette = 8;
const symbols = ["circle", "triangle", "square", "diamond", "star", "cross", "wye", "hexagon"] as const;
const dashes: Readonly<Record<string, string>> = { none: "none", truth: "5 4" };

const colourOf = ({ index }: RowGroup): string => `var(--c${index % palette})`;

const lineOf = (group: RowGroup, stroke: string = colourOf(group)): Plot.LineOptions & Plot.RuleYOptions => ({
  stroke,
  strokeWidth: 1.75,
  strokeDasharray: dashes[group.kind] ?? "1.5 3.5",
});

const dotOf = (group: RowGroup, stroke: string = colourOf(group)): Plot.DotOptions => ({
  stroke,
  symbol: symbols[group.index % palette] as Plot.SymbolType,
  r: 3.2,
  fill: group.kind === "none" ? stroke : "var(--paper)",
});
