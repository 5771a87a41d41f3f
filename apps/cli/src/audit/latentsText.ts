import { type LatentRecord, latentGroups } from "@monosema/audit";
import { formatWhole } from "@monosema/experiments/format";
import type { AuditDocument } from "@monosema/experiments/report";
import { wrapped } from "../wrapped.js";

/** Latents shown of each grade, where each has reasons of its own. */
const SHOWN = 2;

/** Reasons shown of each. */
const REASONS = 3;

/** Latents by grade: how many, and the clearest ones with their reasons. */
export function latentsText(
  latents: readonly LatentRecord[],
  { latentsFile }: AuditDocument,
  width: number,
): readonly string[] {
  const groups = latentGroups(latents, SHOWN);
  return [
    "",
    "Latents by grade",
    ...groups.flatMap(({ grade, meaning, count, examples }) => [
      `  ${grade.padEnd(10)}${formatWhole(count).padStart(8)}  ${meaning}`,
      ...(grade === "dead" || grade === "rare"
        ? []
        : examples.flatMap((one) => wrapped(`    ${text(one)}`, width, "      "))),
    ]),
    ...(latentsFile === null ? [] : [`  every latent: ${latentsFile}`]),
  ];
}

function text({ latent, name, score, reasons }: LatentRecord): string {
  const number = score === null ? "" : ` (${score.toFixed(2)})`;
  return `latent ${latent}${name === undefined ? "" : ` "${name}"`}${number}${reasons.length === 0 ? "" : `: ${reasons.slice(0, REASONS).join("; ")}`}`;
}
