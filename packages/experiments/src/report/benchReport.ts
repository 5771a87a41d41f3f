import type { BenchData, BenchDocument } from "../records.js";
import { columnsOf, isHard } from "./columns.js";
import { formatAmount, formatSeconds, formatShare, formatWhole } from "./format.js";
import { groupRows, type RowGroup } from "./groups.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, warningList } from "./page.js";
import { geometryMaps } from "./plots/geometryMaps.js";
import { latentBars } from "./plots/latentBars.js";
import { rateCurves } from "./plots/rateCurves.js";
import { recoveryCurves } from "./plots/recoveryCurves.js";
import { legend } from "./plots/series.js";
import { similarityMaps } from "./plots/similarityMaps.js";
import { trainingCurves } from "./plots/trainingCurves.js";
import { readingAid } from "./readingAid.js";
import { columnMeanings, resultsTable } from "./resultsTable.js";

/** A benchmark as one self-contained HTML file: how to read it, the table, plots, and the facts of the run. */
export function benchReport(document: BenchDocument): string {
  const groups = groupRows(document.rows);
  const columns = columnsOf(document.data);
  const hard = isHard(document.data);
  return page(
    `Feature recovery, preset ${document.preset}`,
    html`${[
      ...conclusionSection(document.conclusion),
      section("Results", dataLine(document.data), resultsTable(groups, columns), ...seedsLine(groups)),
      section("How to read it", hard ? hardGuide(groups) : readingGuide(groups), columnMeanings(columns)),
      ...(hard && groups.length > 0
        ? [
            section("Latents", latentBars(groups)),
            section("Features by firing rate", legend(groups), html`<div class="pair">${rateCurves(groups)}</div>`),
          ]
        : []),
      section(
        "Curves",
        legend(groups),
        html`<div class="pair">${[recoveryCurves(groups), trainingCurves(groups)]}</div>`,
      ),
      ...maps(
        "Directions",
        "True directions and learned decoder rows: in two dimensions arrows and rings, in three crosses and rings on a map of the sphere. A ring on an arrowhead or cross is a recovered feature.",
        geometryMaps(groups),
      ),
      ...maps(
        "Similarity",
        "|cosine| of the first 40 features (columns) with the latents matched to them (rows); the stronger the colour, the closer to 1. A clean diagonal is one latent per feature.",
        similarityMaps(groups),
      ),
      ...warningList(document.warnings),
      section("Run", runFacts(document)),
    ]}`,
  );
}

function conclusionSection(conclusion: readonly string[]): readonly Markup[] {
  if (conclusion.length === 0) return [];
  return [section("Conclusion", html`<ul class="conclusion">${conclusion.map((text) => html`<li>${text}</li>`)}</ul>`)];
}

function dataLine({ n, nP, nQ, sparsity, meanL0 = Number.NaN, maxInterference, samples }: BenchData): Markup {
  const { target, achieved } = maxInterference;
  const firing =
    sparsity === undefined
      ? `features of different rates, ${formatAmount(meanL0)} of them in a sample on average`
      : `each feature off with probability ${sparsity}`;
  return html`<p>${formatWhole(n)} true features in ${formatWhole(nP)} dimensions, dictionaries of ${formatWhole(nQ)} latents, ${firing}, largest inner product of two features ${formatShare(achieved)} (asked ${target}), ${formatWhole(samples)} training samples.</p>
`;
}

function readingGuide(groups: readonly RowGroup[]): Markup {
  const { random, caveats } = readingAid(groups);
  return html`<p>Each method learns a dictionary from samples whose true features are known. <b>Decoder mgt95</b> is the share of scored features that some decoder row matches with |cosine| above .95: 1 is full recovery. <b>mip</b> is the mean best match; random decoder rows reach ${random}. The encoder columns ask the same of encoder rows, which the objective does not determine. <b>raw</b> is |inner product| with encoder rows as they are, the score of the paper; it depends on their length and can exceed 1. Read recovery with <b>fvu</b>, the share of variance that the reconstruction misses.</p>
${caveats.map((text) => html`<p class="note">${text}</p>`)}
`;
}

function hardGuide(groups: readonly RowGroup[]): Markup {
  const { caveats } = readingAid(groups);
  return html`<p>Each method learns a dictionary from samples whose true features are known. Features differ in how often they fire; where they form trees, a child fires only with its parent, so that one latent for both is a sparser code than two. <b>found</b> counts features that have a latent of their own, <b>+composite</b> those that a latent holds together with their parents; the rest is lost.</p>
${caveats.map((text) => html`<p class="note">${text}</p>`)}
`;
}

function seedsLine(groups: readonly RowGroup[]): readonly Markup[] {
  const seeds = Math.max(0, ...groups.map(({ rows }) => rows.length));
  return seeds > 1 ? [html`<p class="muted">Means and standard deviations over ${seeds} seeds.</p>`] : [];
}

function maps(title: string, caption: string, figures: readonly Markup[]): readonly Markup[] {
  if (figures.length === 0) return [];
  return [
    section(
      title,
      html`<p class="muted">${caption}</p>
<div class="small">${figures}</div>`,
    ),
  ];
}

function runFacts({ command, preset, settings, version, backend, seconds, rows }: BenchDocument): Markup {
  const steps = [...new Set(rows.map((row) => row.steps))].map(formatWhole).join(", ");
  return facts([
    ["command", [`monosema ${command} --preset ${preset}`, ...settings.map((set) => `--set ${set}`)].join(" ")],
    ["version", version],
    [
      "backend",
      `${backend.name}, ${backend.threads} ${backend.threads === 1 ? "thread" : "threads"}: ${backend.detail}`,
    ],
    ["time", formatSeconds(seconds)],
    ["training steps", steps],
    ["seeds", [...new Set(rows.map(({ seed }) => seed))].join(", ")],
  ]);
}
