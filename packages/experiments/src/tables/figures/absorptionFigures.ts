import * as Plot from "@observablehq/plot";
import { html, type Markup } from "../../report/markup.js";
import { section } from "../../report/page.js";
import { figure } from "../../report/plots/render.js";
import type { TableDocument } from "../tableDocument.js";

interface Pair {
  readonly carried: number;
  readonly silent: number;
}

/** Every pair of parent and child as a dot: how much of the parent the child's latent carries, and how often the parent's is silent. */
export function absorptionFigures({ rows }: TableDocument): readonly Markup[] {
  const names = [...new Set(rows.map(({ row }) => row))];
  const plots = names.flatMap((name) => {
    const own = rows.filter(({ row }) => row === name);
    const pairs = own.flatMap(({ series }): readonly Pair[] =>
      (series?.carried ?? []).map((carried, i) => ({
        carried: Math.max(-0.5, Math.min(2, carried)),
        silent: series?.silent?.[i] as number,
      })),
    );
    const predicted = own[0]?.ours.predicted;
    return pairs.length === 0 ? [] : [pairPlot(name, pairs, predicted == null ? undefined : predicted > 0.5)];
  });
  if (plots.length === 0) return [];
  return [
    section(
      "Parents and children",
      html`<p>A child fires only where its parent fires, as "poodle" fires only where "dog" does. Each dot is one such pair. To the right the latent of the child also writes the parent; at the top the latent of the parent stays silent where the child fires. A dot at the top right is absorption: the dictionary has a latent "dog, but no poodle". A dot at the bottom left is a pair of two clean latents. The cross is where the theory expects the dots.</p>
<div class="pair">${plots}</div>
`,
    ),
  ];
}

function pairPlot(name: string, pairs: readonly Pair[], absorbed: boolean | undefined): Markup {
  const expected = absorbed === undefined ? [] : [absorbed ? [1, 1] : [0, 0]];
  return figure(`Absorption with ${name}`, name, {
    width: 360,
    height: 240,
    marginLeft: 46,
    marginBottom: 38,
    x: { label: "parent's share in the child's latent", domain: [-0.5, 2], ticks: 5, grid: true },
    y: { label: "parent's latent silent", domain: [-0.3, 1.05], ticks: 5, grid: true },
    marks: [
      Plot.dot(expected, { symbol: "times", r: 9, stroke: "var(--c1)", strokeWidth: 3 }),
      Plot.dot(pairs, { x: "carried", y: "silent", r: 3, stroke: "var(--c0)", fill: "var(--c0)", fillOpacity: 0.3 }),
    ],
  });
}
