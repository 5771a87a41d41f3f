import type { FeatureRecord } from "@monosema/features";
import { numberText } from "../metricsText.js";
import { checkSummary, headline, rateText } from "./phrases.js";
import { exampleText } from "./tokenText.js";

/** Latents to look at first: what each fires on, how often, how strongly, and its strongest example. */
export function featuresText(shown: readonly FeatureRecord[], columns: number): readonly string[] {
  if (shown.length === 0) return ["No latent fires often enough to show."];
  const isReadable = shown.some(({ name, tokens, class: best, examples }) => {
    const [first] = examples;
    return name !== undefined || tokens !== undefined || best !== undefined || first?.view?.kind !== "vector";
  });
  return [
    isReadable
      ? "Some that are easy to read (⟦ ⟧ marks the token where each is strongest):"
      : "Those that fire most often; --labels or --texts would say what their rows are:",
    "",
    "  latent    fires       max  what it fires on",
    ...shown.flatMap((feature) => {
      const { latent, rate, max, examples, check } = feature;
      const [example] = examples;
      const numbers = `  ${String(latent).padStart(6)}  ${rateText(rate).padStart(7)}  ${numberText(max).padStart(8)}  `;
      const lines = [
        headline(feature),
        ...(check === undefined ? [] : [checkSummary(check)]),
        ...(example === undefined ? [] : [exampleText(example)]),
      ];
      return lines.map((line, i) => clipped(`${i === 0 ? numbers : " ".repeat(numbers.length)}${line}`, columns));
    }),
  ];
}

const clipped = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(1, columns - 1))}…`;
