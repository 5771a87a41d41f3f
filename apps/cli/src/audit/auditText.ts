import type { AuditDocument } from "@monosema/experiments/report";

/** Findings shown of each kind. */
const SHOWN = 3;
/** Width of a line. */
const WIDTH = 110;

/** An audit for a terminal: the verdict, findings by kind, the first ones of each, and what is not known. */
export function auditText({
  latents,
  dead,
  samples,
  verdict,
  findings,
  undecided,
  certificates,
}: AuditDocument): string {
  const kinds = [...new Set(findings.map(({ kind }) => kind))].filter((kind) => kind !== "dead");
  const proved = findings.filter(({ certificate }) => certificate !== undefined).length;
  const counted = samples > 0 ? `, ${samples.toLocaleString("en-US")} samples` : "";
  return [
    `${latents.toLocaleString("en-US")} latents, ${dead.toLocaleString("en-US")} dead${counted}`,
    `${verdict.verdict}: ${verdict.reason}`,
    ...kinds.flatMap((kind) => {
      const own = findings.filter((finding) => finding.kind === kind);
      const rest = own.length - SHOWN;
      return [
        "",
        own.length > 1 ? `${kind} (${own.length})` : kind,
        ...own.slice(0, SHOWN).flatMap(({ latent, feature, summary }) => item(subject(latent, feature), summary)),
        ...(rest > 0 ? [`  ... ${rest} more in audit.json`] : []),
      ];
    }),
    ...(undecided.length > 0 ? ["", "not known", ...undecided.flatMap((text) => item("-", text))] : []),
    ...(certificates === null
      ? []
      : ["", `${proved} of ${findings.length} findings are proved; their certificates: ${certificates}`]),
  ].join("\n");
}

const subject = (latent: number | undefined, feature: number | undefined): string =>
  [latent === undefined ? "" : `latent ${latent}`, feature === undefined ? "" : `feature ${feature}`]
    .filter((text) => text !== "")
    .join(", ");

/** A name and its text, wrapped. */
function item(name: string, text: string): readonly string[] {
  const words = `${name === "" || name === "-" ? name : `${name}:`} ${text}`.trim().split(" ");
  const lines: string[] = [];
  let line = " ";
  for (const word of words) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "   ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
