import type { TrainDocument } from "@monosema/experiments/report";
import { numberText } from "../metricsText.js";

/** The last lines of a run: what the dictionary leaves unexplained, of all rows and of those held out, beside other codes. */
export function resultsText(document: TrainDocument, report: string): string {
  const { rows, dropped, metrics, heldOut, baselines, checkpoint } = document;
  const { components, fvu: pca } = baselines.pca;
  const lines: readonly (readonly [name: string, text: string])[] = [
    [`all ${rows} rows`, `${figures(metrics)}${dropped > 0 ? `; ${dropped} rows of extreme norm left out` : ""}`],
    ...(metrics.layerFvu ? [["of each target", `fvu ${metrics.layerFvu.map(numberText).join(", ")}`] as const] : []),
    ...(heldOut ? [[`${heldOut.rows} held out`, figures(heldOut)] as const] : []),
    [
      "to compare",
      `fvu ${numberText(pca)} by PCA with ${components} ${components === 1 ? "number" : "numbers"} a row, 1 by the mean alone${heldOut ? ", held out" : ""}`,
    ],
    ["checkpoint", checkpoint],
    ["report", report],
  ];
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return lines.map(([name, text]) => `${`${name}:`.padEnd(width)}${text}`).join("\n");
}

const figures = ({ fvu, l0, deadFraction }: TrainDocument["metrics"] | NonNullable<TrainDocument["heldOut"]>): string =>
  `fvu ${numberText(fvu)}, L0 ${l0.toFixed(2)}, dead ${(100 * deadFraction).toFixed(1)} %`;
