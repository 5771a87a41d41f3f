import type { AuditRecord, FindingRecord } from "@monosema/audit";
import type { DocumentHead } from "../records.js";
import { formatSeconds, formatShare, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, textList, warningList } from "./page.js";
import { firingHistogram } from "./plots/firingHistogram.js";
import { rankedShares } from "./plots/rankedShares.js";

/** Document of `audit`. */
export interface AuditDocument extends DocumentHead, AuditRecord {
  /** `audit`. */
  readonly command: "audit";
  /** File with the certificates that findings name, absolute; null without certificates. */
  readonly certificates: string | null;
}

/** Rows of a table of findings. */
const ROWS = 25;

/**
 * An audit as one self-contained HTML file: verdict, plots, findings by kind, and what is not known.
 *
 * @param firingRates - share of the samples in which each latent is active, `[Q]`; null without samples
 */
export function auditReport(document: AuditDocument, firingRates: ArrayLike<number> | null): string {
  const { latents, dead, samples, verdict, findings, undecided, assumptions } = document;
  const kinds = [...new Set(findings.map(({ kind }) => kind))].filter((kind) => kind !== "dead"); // the first line counts them
  const read = samples > 0 ? ` ${formatWhole(samples)} samples were read.` : "";
  return page(
    "Audit of a dictionary",
    html`${[
      html`<p>${formatWhole(latents)} latents, ${formatWhole(dead)} of them dead.${read}</p>
<p class="note"><b>${verdict.verdict}</b>: ${verdict.reason}</p>
`,
      ...plots(findings, firingRates),
      ...kinds.map((kind) =>
        kindSection(
          kind,
          findings.filter((finding) => finding.kind === kind),
        ),
      ),
      ...textList("Not known", undecided),
      ...textList("How the checkpoint was read", assumptions),
      ...warningList(document.warnings),
      section("Run", runFacts(document)),
    ]}`,
  );
}

function plots(findings: readonly FindingRecord[], firingRates: ArrayLike<number> | null): readonly Markup[] {
  const shares = (kind: string, key: string): number[] =>
    findings.flatMap(({ kind: own, latent, evidence }) => {
      const value = evidence[key];
      return own === kind && latent !== undefined && typeof value === "number" ? [value] : [];
    });
  const [mixed, falls] = [shares("polysemantic", "mixed"), shares("stationarity", "fall")];
  const figures = [
    ...(firingRates ? [firingHistogram(firingRates)] : []),
    ...(mixed.length > 1
      ? [
          rankedShares(
            "Mixed latents",
            "Mixed latents: share of the energy that is not of the first feature.",
            mixed,
            "share",
          ),
        ]
      : []),
    ...(falls.length > 1
      ? [
          rankedShares(
            "Decoder rows to fit",
            "Latents whose decoder row fits badly: fall of the loss if it is fitted anew, relative to the zero output, logarithmic.",
            falls,
            "fall",
            "log",
          ),
        ]
      : []),
  ];
  return figures.length === 0 ? [] : [html`<div class="pair">${figures}</div>`];
}

function kindSection(kind: string, findings: readonly FindingRecord[]): Markup {
  const rest = findings.length - ROWS;
  const columns = (["latent", "feature"] as const).filter((key) =>
    findings.some((finding) => finding[key] !== undefined),
  );
  const rows = findings.slice(0, ROWS).map(
    (finding) =>
      html`<tr>${columns.map((key) => html`<td>${finding[key] ?? ""}</td>`)}<td class="wrap">${finding.summary}</td><td>${finding.certificate === undefined ? "" : "proved"}</td></tr>
`,
  );
  return section(
    `${kind.replaceAll("-", " ")}${findings.length > 1 ? ` (${findings.length})` : ""}`,
    html`<div class="scroll"><table>
<thead><tr>${columns.map((key) => html`<th>${key}</th>`)}<th class="anchors">finding</th><th></th></tr></thead>
<tbody>
${rows}</tbody></table></div>
${rest > 0 ? html`<p class="muted">${rest} more in the JSON document.</p>` : html``}`,
  );
}

function runFacts({ command, version, backend, seconds, findings, certificates }: AuditDocument): Markup {
  const proved = findings.filter(({ certificate }) => certificate !== undefined).length;
  return facts([
    ["command", `monosema ${command}`],
    ["version", version],
    ["backend", `${backend.name}, ${backend.threads} ${backend.threads === 1 ? "thread" : "threads"}`],
    ["time", formatSeconds(seconds)],
    [
      "findings with a proof",
      `${proved} of ${findings.length} (${formatShare(proved / Math.max(1, findings.length))})`,
    ],
    ...(certificates === null ? [] : [["certificates", certificates] as const]),
  ]);
}
