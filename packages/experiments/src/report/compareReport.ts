import type { ComparedLatent, ComparisonRecord, LatentSum, PairRecord } from "@monosema/audit";
import type { DocumentHead } from "../records.js";
import { fileName, formatLetter, formatSeconds, formatShare, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, warningList } from "./page.js";
import { plainTable as table } from "./plainTable.js";
import { codeScatter } from "./plots/codeScatter.js";
import { cosineHistogram } from "./plots/cosineHistogram.js";

/** Document of `compare`. */
export interface CompareDocument extends DocumentHead, ComparisonRecord {
  /** `compare`. */
  readonly command: "compare";
}

/** Rows of a table of sums. */
const ROWS = 25;

/** A comparison of dictionaries as one self-contained HTML file: what comes back, plots, pairwise MCC, splits and merges. */
export function compareReport(document: CompareDocument): string {
  const { dictionaries, comparisons, summary, threshold, samples, mcc, latents } = document;
  const names = dictionaries.map(({ checkpoint }, place) => `${formatLetter(place)}: ${fileName(checkpoint)}`);
  const live = dictionaries[0]?.live ?? 0;
  const read = samples > 0 ? ` Codes were compared on ${formatWhole(samples)} samples.` : "";
  return page(
    "Comparison of dictionaries",
    html`${[
      html`<p>${formatWhole(summary.replicatedLatents)} of the ${formatWhole(live)} live latents of ${names[0] as string} come back in ${comparisons.length === 1 ? "the other dictionary" : `all ${comparisons.length} other dictionaries`}: a decoder row there has a cosine above ${threshold} to theirs.${read}</p>
`,
      section("Dictionaries", dictionaryTable(document, names)),
      section("What comes back", pairTable(comparisons, names)),
      section(
        "Best matches",
        html`<div class="pair">${comparisons.flatMap((pair, i) => plots(pair, names[i + 1] as string, i, threshold, latents))}</div>`,
      ),
      section(
        "MCC of each two",
        html`<p class="muted">Mean cosine of the decoder rows when each latent may be matched once.</p>
${table(
  ["", ...names],
  mcc.map((row, i) => [names[i] as string, ...row.map(formatShare)]),
)}`,
      ),
      ...comparisons.flatMap(({ splits, merges }, i) => [
        ...sums(`Splits: latents of ${names[0]} that ${names[i + 1]} holds in several`, splits),
        ...sums(`Merges: latents of ${names[i + 1]} that hold several of ${names[0]}`, merges),
      ]),
      ...warningList(document.warnings),
      section("Run", runFacts(document)),
    ]}`,
  );
}

function dictionaryTable({ dictionaries }: CompareDocument, names: readonly string[]): Markup {
  return table(
    ["dictionary", "kind", "activation", "latents", "live"],
    dictionaries.map(({ variant, activation, latents, live }, i) => [
      ...[names[i] as string, variant, activation],
      ...[latents, live].map(formatWhole),
    ]),
  );
}

function pairTable(comparisons: readonly PairRecord[], names: readonly string[]): Markup {
  const optional = (value: number | null): string => formatShare(value ?? Number.NaN);
  return table(
    ["in", "come back", "share", "mean cosine", "MCC", "code correlation", "kappa", "random rows: cosine", "share"],
    comparisons.map((pair, i) => [
      ...[names[i + 1] as string, formatWhole(pair.replicatedLatents)],
      ...[pair.replicated, pair.meanCosine, pair.mcc, pair.codeCorrelation, pair.kappa].map(optional),
      ...[pair.chance.meanCosine, pair.chance.replicated].map(formatShare),
    ]),
  );
}

/** Best matches in one of the other dictionaries; codes where samples were read. */
function plots(
  { chance }: PairRecord,
  name: string,
  place: number,
  threshold: number,
  latents: readonly ComparedLatent[],
): readonly Markup[] {
  const matches = latents.flatMap(({ live, matches }) => (live ? (matches[place] ?? []) : []));
  const points = matches.flatMap(({ cosine, codeCorrelation }) =>
    codeCorrelation === null ? [] : [[cosine, codeCorrelation] as const],
  );
  return [
    cosineHistogram(
      `Cosines: ${name}`,
      `Live latents by the cosine of their best match in ${name}; above the dashed line they come back, the dotted line is chance.`,
      matches.map(({ cosine }) => cosine),
      threshold,
      chance.meanCosine,
    ),
    ...(points.length > 0
      ? [
          codeScatter(
            `Cosines and codes: ${name}`,
            `Live latents by cosine and by correlation of codes with their best match in ${name}; the larger a dot the more, logarithmic.`,
            points,
          ),
        ]
      : []),
  ];
}

function sums(title: string, found: readonly LatentSum[]): readonly Markup[] {
  if (found.length === 0) return [];
  const rest = found.length - ROWS;
  return [
    section(
      `${title} (${found.length})`,
      table(
        ["latent", "sum of", "cosine"],
        found
          .slice(0, ROWS)
          .map(({ latent, parts, weights, cosine }) => [
            String(latent),
            parts.map((part, i) => `${(weights[i] as number).toFixed(2)} × ${part}`).join(" + "),
            formatShare(cosine),
          ]),
      ),
      rest > 0 ? html`<p class="muted">${formatWhole(rest)} more in the JSON document.</p>` : html``,
    ),
  ];
}

function runFacts({ command, version, backend, seconds, threshold, samples }: CompareDocument): Markup {
  return facts([
    ["command", `monosema ${command}`],
    ["version", version],
    ["threshold", String(threshold)],
    ["samples", formatWhole(samples)],
    ["backend", `${backend.name}, ${backend.threads} ${backend.threads === 1 ? "thread" : "threads"}`],
    ["time", formatSeconds(seconds)],
  ]);
}
