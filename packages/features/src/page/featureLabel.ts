import type { FeatureRecord } from "../featureRecord.js";

/** What stands in for a name of a feature: the tokens that carry most of it, the class that it tells, or `""`. */
export function featureLabel({ tokens = [], class: best, examples }: FeatureRecord): string {
  const texts = tokens.flatMap(({ text, share }) => (text === undefined || share < LEAST ? [] : text.trim() || "␣"));
  if (texts.length > 0) return [...new Set(texts)].slice(0, TOKENS).join(" · ");
  if (best) return best.name;
  const labels = examples.flatMap(({ view }) => (view && "label" in view ? (view.label ?? []) : []));
  return [...new Set(labels)].slice(0, TOKENS).join(" · ");
}

/** Tokens of a label, and the least share of one. */
const [TOKENS, LEAST] = [4, 0.02];
