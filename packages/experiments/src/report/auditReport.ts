import {
  type AuditRecord,
  type FindingKind,
  type FindingRecord,
  findingMeanings,
  type LatentGroup,
  type LatentRecord,
  latentGroups,
  type SurrogateRecord,
} from "@monosema/audit";
import type { DocumentHead } from "../records.js";
import { findingPlots, scorePlots } from "./auditPlots.js";
import { fileName, formatSeconds, formatShare, formatSmall, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { facts, page, section, textList, warningList } from "./page.js";
import { surrogateSection } from "./surrogateSection.js";

/** Document of `audit`. */
export interface AuditDocument extends DocumentHead, AuditRecord {
  /** `audit`. */
  readonly command: "audit";
  /** File with the certificates that findings name, absolute; null without certificates. */
  readonly certificates: string | null;
  /** File with what is known of each latent, absolute; null without data. */
  readonly latentsFile: string | null;
  /** Its scores beside those of a twin; null where none was trained. */
  readonly surrogate: SurrogateRecord | null;
}

/** Rows of a table of findings. */
const ROWS = 25;
/** Latents shown of each grade. */
const EXAMPLES = 5;
/** Kinds that stand elsewhere. */
const elsewhere: readonly FindingKind[] = ["dead", "inference", "determination"];

/**
 * An audit as one self-contained HTML file: grade, sentences and next steps, plots, latents by grade, codes, findings by kind, and what is
 * not known.
 *
 * @param latents - what is known of each latent; null without data
 */
export function auditReport(document: AuditDocument, latents: readonly LatentRecord[] | null): string {
  const { summary, verdict, findings, undecided, assumptions, trust, surrogate } = document;
  const kinds = [...new Set(findings.map(({ kind }) => kind))].filter((kind) => !elsewhere.includes(kind));
  return page(
    "Audit of a dictionary",
    html`${[
      html`<p class="note"><b>${summary.grade === null ? "This dictionary has no grade." : `This dictionary is ${summary.grade}.`}</b></p>
<ul class="conclusion">${summary.sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
`,
      ...nextSteps(summary.next),
      ...scorePlots(latents, trust?.replicas ?? 0),
      ...(latents === null ? [] : [gradeSection(latentGroups(latents, EXAMPLES))]),
      ...(surrogate === null ? [] : [surrogateSection(surrogate)]),
      ...codesSection(document),
      section(
        "What is proved, and what was measured",
        html`<p>Whether the features of this problem can be recovered at all is another question than whether this dictionary is good: <b>${verdict.verdict}</b>: ${verdict.reason}</p>`,
      ),
      ...findingPlots(findings),
      ...kinds.map((kind) =>
        kindSection(
          kind,
          findings.filter((finding) => finding.kind === kind),
        ),
      ),
      ...textList("What is not known", undecided),
      ...textList("How the checkpoint was read", assumptions),
      ...warningList(document.warnings),
      section("Run", runFacts(document)),
    ]}`,
  );
}

function nextSteps(next: readonly string[]): readonly Markup[] {
  if (next.length === 0) return [];
  const steps = next.map((line) => {
    const [command = "", why = ""] = line.split("  # ");
    return html`<li>${why}<pre>${withoutFolders(command)}</pre></li>`;
  });
  return [section("What to do next", html`<ul class="conclusion">${steps}</ul>`)];
}

/** A command with the last part of each absolute path: a page is passed on. */
const withoutFolders = (command: string): string =>
  command.replace(/'\/[^']*'|(?<=\s)\/\S+/g, (path) =>
    path.startsWith("'") ? `'${fileName(path.slice(1, -1))}'` : fileName(path),
  );

function gradeSection(groups: readonly LatentGroup[]): Markup {
  const rows = groups.flatMap(({ grade, meaning, count, examples }) => [
    html`<tr><th class="first">${grade}</th><td>${formatWhole(count)}</td><td class="wrap">${meaning}</td></tr>
`,
    ...(grade === "dead" || grade === "rare" ? [] : examples).map(
      ({ latent, score, reasons }) =>
        html`<tr><th class="first muted">latent ${latent}</th><td>${formatShare(score ?? Number.NaN)}</td><td class="wrap muted">${reasons.join("; ")}</td></tr>
`,
    ),
  ]);
  return section(
    "Latents by grade",
    html`<div class="scroll"><table>
<thead><tr><th class="first">grade</th><th>latents, score</th><th class="anchors">meaning, reasons</th></tr></thead>
<tbody>
${rows}</tbody></table></div>`,
  );
}

function codesSection({ summary, inference }: AuditDocument): readonly Markup[] {
  if (inference === null) return [];
  const { rows, of, l0, fvu, fvuInference, supportJaccard, supportJaccardNnls } = inference.quality;
  const row = (name: string, error: number | null, shared: number | null): Markup =>
    html`<tr><th class="first">${name}</th><td>${formatSmall(error ?? Number.NaN)}</td><td>${shared === null ? "" : formatShare(shared)}</td></tr>
`;
  return [
    section(
      "Given this decoder, are the sparse codes determined?",
      html`<p>${summary.codes.join(" ")}</p>
<div class="scroll"><table>
<thead><tr><th class="first">codes</th><th>fvu</th><th>active latents shared with the encoder</th></tr></thead>
<tbody>
${row("encoder", fvu, null)}${row("matching pursuit", fvuInference.omp, supportJaccard)}${row("non-negative least squares", fvuInference.nnls, supportJaccardNnls.encoder)}</tbody></table></div>
<p class="muted">Each with ${Number(l0.toPrecision(3))} active latents per sample, on ${formatWhole(rows)} of ${formatWhole(of)} samples.</p>`,
    ),
  ];
}

function kindSection(kind: FindingKind, findings: readonly FindingRecord[]): Markup {
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
    html`<p class="muted">${findingMeanings[kind]}</p>
<div class="scroll"><table>
<thead><tr>${columns.map((key) => html`<th>${key}</th>`)}<th class="anchors">finding</th><th></th></tr></thead>
<tbody>
${rows}</tbody></table></div>
${rest > 0 ? html`<p class="muted">${rest} more in the JSON document.</p>` : html``}`,
  );
}

function runFacts({
  command,
  version,
  backend,
  seconds,
  samples,
  findings,
  certificates,
  trust,
}: AuditDocument): Markup {
  const proved = findings.filter(({ certificate }) => certificate !== undefined).length;
  return facts([
    ["command", `monosema ${command}`],
    ["version", version],
    ["backend", `${backend.name}, ${backend.threads} ${backend.threads === 1 ? "thread" : "threads"}`],
    ["time", formatSeconds(seconds)],
    ["samples", formatWhole(samples)],
    ...(trust === null
      ? []
      : [["scores", `calibrated on ${formatWhole(trust.calibration.latents)} generated latents`] as const]),
    [
      "findings with a proof",
      `${proved} of ${findings.length} (${formatShare(proved / Math.max(1, findings.length))})`,
    ],
    ...(certificates === null ? [] : [["certificates", fileName(certificates)] as const]),
  ]);
}
