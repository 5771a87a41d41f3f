import * as Plot from "@observablehq/plot";
import { html, type Markup } from "../../report/markup.js";
import { section } from "../../report/page.js";
import { figure } from "../../report/plots/render.js";
import type { TableDocument } from "../tableDocument.js";

/** Every run as a dot at the loss where it has ended. */
export function minimaFigures({ rows }: TableDocument): readonly Markup[] {
  const runs = rows.map(({ row, seed, ours }) => ({
    row,
    // Runs with the same loss would hide each other.
    shift: ((seed * 7) % 11) / 11 - 0.45,
    loss: ours.loss ?? 0,
    stuck: ours.spurious === 1,
  }));
  const names = [...new Set(runs.map(({ row }) => row))];
  const at = (row: string): number => names.indexOf(row);
  return [
    section(
      "Where the runs end",
      html`<p>Each dot is one training of a small dictionary. On the left edge the dictionary reproduces every feature; the further right, the more of them it misses. A filled dot is stuck: no step of either half leads out, although a dictionary without loss exists. Read a line of dots from left to right: the more dots lie on the edge, the better the remedy.</p>
`,
      figure(
        "Loss at the end of every run",
        "Loss as a share of that of a dictionary that is always silent; filled: stuck.",
        {
          width: 720,
          height: 60 + 34 * names.length,
          marginLeft: 130,
          marginBottom: 38,
          x: { label: "loss at the end", domain: [0, Math.max(0.05, ...runs.map(({ loss }) => loss))], grid: true },
          y: {
            domain: [-0.6, names.length - 0.4],
            reverse: true,
            ticks: names.map((_, i) => i),
            tickFormat: (i: number) => names[i] ?? "",
            label: null,
            tickSize: 0,
          },
          marks: [
            Plot.dot(runs, {
              x: "loss",
              y: ({ row, shift }: (typeof runs)[number]) => at(row) + 0.6 * shift,
              r: 4,
              stroke: ({ stuck }: (typeof runs)[number]) => (stuck ? "var(--c1)" : "var(--c0)"),
              fill: ({ stuck }: (typeof runs)[number]) => (stuck ? "var(--c1)" : "var(--paper)"),
              fillOpacity: 0.6,
            }),
          ],
        },
      ),
    ),
  ];
}
