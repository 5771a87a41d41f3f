import type { Example, FeatureRecord } from "@monosema/features";
import { numberText } from "../metricsText.js";
import { checkSummary, headline, rateText } from "./phrases.js";
import { exampleText, oneLine } from "./tokenText.js";

/** Examples in a line, where they are short. */
const SEVERAL = 5;

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
      : "Those that fire most strongly; --labels or --texts would say what their rows are:",
    "",
    "  latent    fires       max  what it fires on",
    ...shown.flatMap((feature) => {
      const { latent, rate, max, examples, check } = feature;
      const numbers = `  ${String(latent).padStart(6)}  ${rateText(rate).padStart(7)}  ${numberText(max).padStart(8)}  `;
      const lines = [
        headline(feature),
        ...(check === undefined ? [] : [checkSummary(check)]),
        ...(examples.length === 0 ? [] : [strongestText(examples)]),
      ];
      return lines.map((line, i) => clipped(`${i === 0 ? numbers : " ".repeat(numbers.length)}${line}`, columns));
    }),
  ];
}

/** A token in its context; of rows that are short texts or images, several. */
function strongestText(examples: readonly Example[]): string {
  const short = examples.flatMap(({ view }) => (view?.kind === "text" || view?.kind === "image" ? view.text : []));
  return short.length > 0 ? short.slice(0, SEVERAL).map(oneLine).join(" · ") : exampleText(examples[0] as Example);
}

const clipped = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(1, columns - 1))}…`;
