import * as Plot from "@observablehq/plot";
import { html, type Markup } from "../../report/markup.js";
import { section } from "../../report/page.js";
import { figure } from "../../report/plots/render.js";
import type { TableDocument } from "../tableDocument.js";

/** What each row finds, seed by seed, beside what is found without anchors. */
export function anchorsFigures({ rows }: TableDocument): readonly Markup[] {
  const runs = rows.flatMap(({ row, ours }) => (ours.middle == null ? [] : [{ row, middle: ours.middle }]));
  const names = [...new Set(runs.map(({ row }) => row))];
  if (names.length === 0) return [];
  const meanOf = (name: string): number => {
    const own = runs.filter(({ row }) => row === name);
    return own.reduce((sum, { middle }) => sum + middle, 0) / own.length;
  };
  const bars = names.map((row) => ({ row, middle: meanOf(row) }));
  const plain = bars.find(({ row }) => row === "none")?.middle;
  return [
    section(
      "What each choice finds",
      html`<p>Bars are means over seeds, dots are the runs. The line is the same training without anchors: a bar that ends right of it helps features that nobody has anchored.</p>
`,
      figure("Share of the middle features found", "Share of the middle features without an anchor that are found.", {
        width: 720,
        height: 60 + 20 * names.length,
        marginLeft: 150,
        marginBottom: 38,
        x: {
          label: "middle features found",
          domain: [0, Math.max(0.1, ...runs.map(({ middle }) => middle))],
          grid: true,
        },
        y: { domain: names, label: null, tickSize: 0 },
        marks: [
          Plot.barX(bars, { x: "middle", y: "row", fill: "var(--c0)", fillOpacity: 0.35 }),
          Plot.dot(runs, { x: "middle", y: "row", r: 2.5, fill: "var(--c0)" }),
          ...(plain === undefined ? [] : [Plot.ruleX([plain], { stroke: "var(--c1)", strokeWidth: 1.5 })]),
        ],
      }),
    ),
  ];
}
