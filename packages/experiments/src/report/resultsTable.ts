import type { Column } from "./columns.js";
import { deviationOf, meanOf, type RowGroup } from "./groups.js";
import { html, type Markup } from "./markup.js";

/** The results as an HTML table: a row per method and kind of anchors, means and standard deviations over seeds. */
export function resultsTable(groups: readonly RowGroup[], columns: readonly Column[]): Markup {
  return html`<div class="scroll" role="region" aria-label="Results" tabindex="0"><table>
<thead>
<tr><th class="first" scope="col" rowspan="2">method</th><th class="anchors" scope="col" rowspan="2">anchors</th>${spans(
    columns,
  ).map(([group, count]) =>
    group === ""
      ? html`<th class="group" colspan="${count}"></th>`
      : html`<th class="group" scope="colgroup" colspan="${count}">${group}</th>`,
  )}</tr>
<tr>${columns.map((column) => html`<th class="${edge(column, columns)}" scope="col">${column.title}</th>`)}</tr>
</thead>
<tbody>
${groups.map(
  (group) =>
    html`<tr><th class="first" scope="row">${group.method}</th><td class="anchors">${group.anchors}${discovery(group)}</td>${columns.map((column) => cell(group, column, columns))}</tr>
`,
)}</tbody>
</table></div>
`;
}

function cell(group: RowGroup, column: Column, columns: readonly Column[]): Markup {
  const { value, format } = column;
  const deviation = deviationOf(group, value);
  const spread = deviation === undefined ? [] : [html`<span class="sd">±${format(deviation)}</span>`];
  return html`<td class="${edge(column, columns)}">${format(meanOf(group, value))}${spread}</td>`;
}

/** With discovered anchors: how many of them are right, and how many features they cover. */
function discovery(group: RowGroup): readonly Markup[] {
  const share = (key: "precision" | "recall"): string =>
    meanOf(group, ({ anchors }) => anchors[key] as number).toFixed(2);
  const known = group.rows.every(({ anchors }) => anchors.precision !== undefined && anchors.recall !== undefined);
  return known ? [html`<span class="sd">precision ${share("precision")}, recall ${share("recall")}</span>`] : [];
}

/** Groups of neighbouring columns and their widths. */
function spans(columns: readonly Column[]): readonly (readonly [string, number])[] {
  const found: [string, number][] = [];
  for (const { group } of columns) {
    const last = found.at(-1);
    if (last !== undefined && last[0] === group) last[1] += 1;
    else found.push([group, 1]);
  }
  return found;
}

const edge = (column: Column, columns: readonly Column[]): string =>
  columns[columns.indexOf(column) - 1]?.group === column.group ? "" : "group";

/** What the columns mean, for readers who cannot point at a heading. */
export function columnMeanings(columns: readonly Column[]): Markup {
  return html`<dl class="facts">${columns.map(({ group, title, meaning }) => html`<dt>${`${group} ${title}`.trim()}</dt><dd>${meaning}</dd>`)}</dl>`;
}
