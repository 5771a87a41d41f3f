import type { AuditDocument } from "@monosema/experiments/report";
import { wrapped } from "../wrapped.js";

/** Width of the names. */
const NAME = 30;

/** Whether codes are determined, with what other inferences make of the same decoder. */
export function codesText({ summary, inference }: AuditDocument, width: number): readonly string[] {
  if (inference === null) return [];
  const { quality } = inference;
  const { rows, of, l0, fvu, fvuInference, supportJaccard, supportJaccardNnls } = quality;
  const row = (name: string, error: number | null, shared: string): string =>
    `  ${name.padEnd(NAME)}${told(error).padStart(8)}  ${shared}`.trimEnd();
  return [
    "",
    "Given this decoder, are the sparse codes determined?",
    ...summary.codes.flatMap((sentence) => wrapped(`  ${sentence}`, width, "  ")),
    `  ${"codes".padEnd(NAME)}${"fvu".padStart(8)}  active latents shared with the encoder`,
    row("by the encoder", fvu, ""),
    row("by matching pursuit", fvuInference.omp, share(supportJaccard)),
    row("by non-negative least squares", fvuInference.nnls, share(supportJaccardNnls.encoder)),
    `  each with ${told(l0)} active latents per sample, on ${rows} of ${of} samples`,
  ];
}

const told = (value: number | null): string => (value === null ? "n/a" : String(Number(value.toPrecision(3))));
const share = (value: number | null): string => (value === null ? "n/a" : `${Math.round(100 * value)} %`);
