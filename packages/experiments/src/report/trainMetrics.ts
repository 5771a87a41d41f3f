import { formatAmount, formatShare, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import type { TrainDocument } from "./trainDocument.js";

/** The metrics of a training as a table: all rows, those held out beside them, and what other codes leave. */
export function trainMetrics({ metrics, heldOut, baselines, rows }: TrainDocument): Markup {
  const { components, fvu: pca } = baselines.pca;
  const lines: readonly (readonly [name: string, all: string, heldOut: string])[] = [
    ["fvu", precise(metrics.fvu), precise(heldOut?.fvu ?? null)],
    [
      `fvu of ${components} principal ${components === 1 ? "component" : "components"}`,
      heldOut === null ? precise(pca) : "",
      precise(pca),
    ],
    ["fvu of the mean", "1", "1"],
    ["L0", formatAmount(metrics.l0), formatAmount(heldOut?.l0 ?? Number.NaN)],
    ["dead latents", formatShare(metrics.deadFraction), formatShare(heldOut?.deadFraction ?? Number.NaN)],
    ["dense latents", formatShare(metrics.denseFraction), ""],
  ];
  const beside = (text: string): readonly Markup[] => (heldOut === null ? [] : [html`<td>${text}</td>`]);
  return html`<div class="scroll" role="region" aria-label="Metrics" tabindex="0"><table>
<thead><tr><th></th><th scope="col">all ${formatWhole(rows)} rows</th>${
    heldOut === null ? [] : [html`<th scope="col">${formatWhole(heldOut.rows)} held out</th>`]
  }</tr></thead>
<tbody>
${lines.map(
  ([name, all, other]) => html`<tr><th class="first" scope="row">${name}</th><td>${all}</td>${beside(other)}</tr>
`,
)}</tbody></table></div>
<p class="muted">The fvu is the share of the variance that is left unexplained: 1 is what the mean of the samples alone leaves, 0 nothing.
Principal components are the best linear code with as many numbers for each sample as the dictionary has active latents. Rows that were held out were
never trained on. Dead latents are active on none of the rows, dense ones on more than a tenth. The loss of the last training batch was ${metrics.loss.toPrecision(4)}, all terms.</p>
`;
}

const precise = (fvu: number | null): string => fvu?.toPrecision(3) ?? "n/a";
