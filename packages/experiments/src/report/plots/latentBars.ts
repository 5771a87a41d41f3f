import { type LatentKind, latentKindNames } from "@monosema/bench";
import * as Plot from "@observablehq/plot";
import { labelOf, meanOf, type RowGroup } from "../groups.js";
import { html, type Markup } from "../markup.js";
import { figure, rendered } from "./render.js";

/** What the latents of each row are, as stacked bars, with a key of names and meanings below. */
export function latentBars(groups: readonly RowGroup[]): Markup {
  const pieces = groups.flatMap((group) => {
    let start = 0;
    return latentKindNames.map((kind) => {
      const share = meanOf(group, ({ metrics }) => metrics.latents[kind]);
      start += share;
      return { row: labelOf(group), kind, from: start - share, to: start };
    });
  });
  const rows = groups.map(labelOf);
  const longest = Math.max(0, ...rows.map(({ length }) => length));
  return html`${figure("What the latents are", "Shares of all latents, anchored ones included.", {
    width: 460,
    height: 40 + 20 * rows.length,
    marginLeft: 14 + 6.6 * longest,
    marginTop: 26,
    marginBottom: 8,
    x: { axis: "top", domain: [0, 1], ticks: 5, label: null },
    y: { domain: rows, label: null, tickSize: 0 },
    marks: [
      Plot.barX(pieces, {
        x1: "from",
        x2: "to",
        y: "row",
        fill: ({ kind }: (typeof pieces)[number]) => colours[kind],
        insetTop: 1,
        insetBottom: 1,
        title: ({ row, kind, from, to }: (typeof pieces)[number]) => `${row}: ${kind} ${(to - from).toFixed(3)}`,
      }),
    ],
  })}
<dl class="facts key">${latentKindNames.map((kind) => html`<dt>${swatch(kind)}${kind}</dt><dd>${meanings[kind]}</dd>`)}</dl>`;
}

const swatch = (kind: LatentKind): Markup =>
  rendered(kind, {
    width: 14,
    height: 14,
    margin: 1,
    axis: null,
    x: { domain: [0, 1] },
    y: { domain: [0, 1] },
    marks: [Plot.rect([0], { x1: 0, x2: 1, y1: 0, y2: 1, fill: colours[kind] })],
  });

/** Good ones in colour, the others in greys and warm tones. */
const colours: Readonly<Record<LatentKind, string>> = {
  feature: "var(--c0)",
  composite: "var(--c5)",
  absorbed: "var(--c3)",
  split: "var(--c4)",
  duplicate: "var(--c1)",
  dense: "var(--c7)",
  dead: "var(--line)",
  none: "var(--c6)",
};

const meanings: Readonly<Record<LatentKind, string>> = {
  feature: "decoder row of cosine above .9 with a true feature",
  composite: "the sum of a feature and its parents: a sparser code than their own directions",
  absorbed: "a child's latent that also took its parent over, without being their sum",
  split: "one of several latents that hold a part of one feature",
  duplicate: "another latent holds the same better",
  dense: "fires on more than a tenth of the samples",
  dead: "never fires on the held-out samples",
  none: "matches nothing in the data",
};
