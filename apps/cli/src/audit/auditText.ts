import type { LatentRecord } from "@monosema/audit";
import type { AuditDocument } from "@monosema/experiments/report";
import { wrapped } from "../wrapped.js";
import { codesText } from "./codesText.js";
import { findingsText } from "./findingsText.js";
import { latentsText } from "./latentsText.js";

/** Width of a line: commands, which are pasted whole, may be longer. */
const WIDTH = 100;

/**
 * An audit for a terminal. The first screen answers: grade, sentences, what to do next. Below it latents by grade with reasons, whether
 * codes are determined, findings by kind, and what is not known.
 */
export function auditText(document: AuditDocument, latents: readonly LatentRecord[] | null): string {
  const { summary, undecided } = document;
  return [
    summary.grade === null ? "This dictionary has no grade." : `This dictionary is ${summary.grade}.`,
    "",
    ...summary.sentences.flatMap((sentence) => wrapped(`  ${sentence}`, WIDTH, "  ")),
    ...(summary.next.length > 0 ? ["", "What to do next", ...summary.next.flatMap(adviceText)] : []),
    ...(latents === null ? [] : latentsText(latents, document, WIDTH)),
    ...codesText(document, WIDTH),
    ...findingsText(document, WIDTH),
    ...(undecided.length > 0
      ? ["", "What is not known", ...undecided.flatMap((text) => wrapped(`  - ${text}`, WIDTH, "    "))]
      : []),
  ].join("\n");
}

/** The reason, as a comment of the shell, and its command. */
function adviceText(line: string): readonly string[] {
  const [command = "", why = ""] = line.split("  # ");
  return [...wrapped(`  # ${why}`, WIDTH, "  # "), `  ${command}`];
}
