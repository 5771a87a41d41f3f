import { type FindingKind, findingMeanings } from "@monosema/audit";
import type { AuditDocument } from "@monosema/experiments/report";
import { wrapped } from "../wrapped.js";

/** Findings shown of each kind. */
const SHOWN = 3;
/** Kinds that stand elsewhere: dead latents are graded, codes have an answer of their own. */
const elsewhere: readonly FindingKind[] = ["dead", "inference", "determination"];

/** Identifiability, and findings by kind with what they mean, the first ones of each. */
export function findingsText({ verdict, findings, certificates }: AuditDocument, width: number): readonly string[] {
  const kinds = [...new Set(findings.map(({ kind }) => kind))].filter((kind) => !elsewhere.includes(kind));
  const proved = findings.filter(({ certificate }) => certificate !== undefined).length;
  const lines = (text: string, indent: string): readonly string[] => wrapped(`${indent}${text}`, width, `${indent}  `);
  return [
    "",
    "What is proved, and what was measured",
    ...lines(
      `Whether the features of this problem can be recovered at all is another question than whether this dictionary is good: ${verdict.verdict}: ${verdict.reason}`,
      "  ",
    ),
    ...kinds.flatMap((kind) => {
      const own = findings.filter((finding) => finding.kind === kind);
      const rest = own.length - SHOWN;
      return [
        ...lines(`${kind}${own.length > 1 ? ` (${own.length})` : ""}: ${findingMeanings[kind]}`, "  "),
        ...own
          .slice(0, SHOWN)
          .flatMap(({ latent, feature, summary, certificate }) =>
            lines(`${subject(latent, feature)}${summary}${certificate === undefined ? "" : " (proved)"}`, "    "),
          ),
        ...(rest > 0 ? [`    ... ${rest} more in audit.json`] : []),
      ];
    }),
    ...(certificates === null
      ? []
      : [`  ${proved} of ${findings.length} findings are proved; their certificates: ${certificates}`]),
  ];
}

function subject(latent: number | undefined, feature: number | undefined): string {
  const names = [
    latent === undefined ? [] : `latent ${latent}`,
    feature === undefined ? [] : `feature ${feature}`,
  ].flat();
  return names.length === 0 ? "" : `${names.join(", ")}: `;
}
