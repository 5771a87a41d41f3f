import { aligned } from "../aligned.js";
import { compareText } from "../compare/compareText.js";
import { numberText } from "../metricsText.js";
import type { SeedsDocument } from "./seeds.js";

/** The last lines of `train --seeds`: the figures of each run, and which latents come back. */
export function seedsText({ seeds, comparison, out }: SeedsDocument): string {
  const rows = [
    ["seed", "fvu", "held out", "L0", "dead", "folder"],
    ...seeds.map(({ seed, metrics, heldOut, checkpoint }) => [
      String(seed),
      numberText(metrics.fvu),
      numberText(heldOut?.fvu ?? null),
      metrics.l0.toFixed(2),
      `${(100 * metrics.deadFraction).toFixed(1)} %`,
      checkpoint,
    ]),
  ];
  return [...aligned(rows), "", compareText(comparison), "", `all of them: ${out}`].join("\n");
}
