import { formatSeconds, formatShare } from "../report/format.js";
import { html, type Markup } from "../report/markup.js";
import { facts, page, section, textList, warningList } from "../report/page.js";
import { figuresOf } from "./figures/figures.js";
import type { TableColumn } from "./table.js";
import { deviationScores, meanScores, type TableDocument, type TableEntry } from "./tableDocument.js";
import { differences, type EntryGroup, formatScore, groupEntries, scoredColumns } from "./tableText.js";

/** A table as one self-contained page: what it says, ours beside the paper's, pictures, sentences, the facts of the run. */
export function tableReport(document: TableDocument, columns: readonly TableColumn[], about: string): string {
  const groups = groupEntries(document.rows);
  const scored = scoredColumns(columns, document.rows);
  return page(
    document.title,
    html`${[
      html`<p>${about}</p>
`,
      ...textList("Conclusion", document.conclusion),
      section("Results", resultsOf(groups, scored), seedsLine(groups), meanings(scored)),
      ...figuresOf(document),
      ...textList("Differences", differences(groups)),
      ...textList("Inconsistencies in the paper's tables", document.inconsistencies),
      ...warningList(document.warnings),
      section("Run", runFacts(document)),
    ]}`,
  );
}

/** The names of the rows stay in view on a narrow screen. */
function resultsOf(groups: readonly EntryGroup[], columns: readonly TableColumn[]): Markup {
  return html`<div class="scroll" role="region" aria-label="Results" tabindex="0"><table>
<thead><tr><th class="first" scope="col">row</th>${columns.map(({ title }) => html`<th class="group" scope="col">${title}</th>`)}</tr></thead>
<tbody>
${groups.map(
  (group) =>
    html`<tr><th class="first" scope="row">${group.name}</th>${columns.map((column) => cell(group, column))}</tr>
`,
)}</tbody>
</table></div>
`;
}

function cell({ entries }: EntryGroup, { key }: TableColumn): Markup {
  const scores = entries.map(({ ours }) => ours);
  const deviation = deviationScores(scores)[key];
  const spread = deviation == null ? [] : [html`<span class="sd">±${formatShare(deviation)}</span>`];
  const theirs = (entries[0] as TableEntry).paper?.[key];
  const paper = theirs == null ? [] : [html`<span class="sd">paper ${formatShare(theirs)}</span>`];
  return html`<td class="group">${formatScore(meanScores(scores)[key])}${spread}${paper}</td>`;
}

function seedsLine(groups: readonly EntryGroup[]): Markup {
  const seeds = Math.max(0, ...groups.map(({ entries }) => entries.length));
  const compared = groups.some(({ entries }) => entries[0]?.paper !== undefined);
  return html`<p class="muted">${seeds > 1 ? `Means and standard deviations over up to ${seeds} seeds. ` : "One seed: no spread is known. "}${compared ? "Below ours the figure of the paper, where it has one." : ""}</p>
`;
}

const meanings = (columns: readonly TableColumn[]): Markup =>
  html`<details open><summary>Columns</summary>${facts(columns.map(({ title, meaning }) => [title, meaning]))}</details>
`;

function runFacts({ table, scale, version, backend, seconds, rows }: TableDocument): Markup {
  const worked = rows.reduce((sum, row) => sum + row.seconds, 0);
  return facts([
    ["command", `monosema table ${table} --scale ${scale}`],
    ["version", version],
    [
      "backend",
      `${backend.name}, ${backend.threads} ${backend.threads === 1 ? "thread" : "threads"}: ${backend.detail}`,
    ],
    ["time", `${formatSeconds(seconds)}; all rows ${formatSeconds(worked)}`],
    ["seeds", [...new Set(rows.map(({ seed }) => seed))].join(", ")],
  ]);
}
