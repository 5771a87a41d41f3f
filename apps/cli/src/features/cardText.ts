import { formatShare, formatWhole } from "@monosema/experiments/format";
import type { FeatureRecord } from "@monosema/features";
import { numberText } from "../metricsText.js";
import { wrapped } from "../wrapped.js";
import { checkText, headline, percent, rateText } from "./phrases.js";
import { exampleText, tokenText } from "./tokenText.js";

/** Width of a line: examples are as long as they are. */
const WIDTH = 100;

/** All that is known of a feature, for a terminal. */
export function cardText(feature: FeatureRecord): readonly string[] {
  const { latent, count, rate, max, mean, examples, quantiles, neighbours, cofiring } = feature;
  const title = `Latent ${latent}: ${headline(feature)}`;
  if (count === 0) return [title, ...verdictText(feature), ""];
  return [
    title,
    `  fires in ${formatWhole(count)} rows (${rateText(rate)}), at most ${numberText(max)}, on average ${numberText(mean)}`,
    ...(feature.check === undefined ? [] : [`  ${checkText(feature.check)}`]),
    ...verdictText(feature),
    "  strongest",
    ...examples.map((example) => `    ${numberText(example.value).padStart(8)}  ${exampleText(example)}`),
    ...quantiles
      .slice(1)
      .flatMap(({ from, to, examples: own }) => [
        `  values from quantile ${from.toFixed(1)} to ${to.toFixed(1)}`,
        ...own.map((example) => `    ${numberText(example.value).padStart(8)}  ${exampleText(example)}`),
      ]),
    ...line(
      "nearest decoder rows",
      neighbours.map((one) => `${one.latent} (${formatShare(one.cosine)})`),
    ),
    ...line(
      "fires with",
      cofiring.map(
        (one) => `${one.latent} (${percent(one.share)} of its firings, ${numberText(one.lift)} times chance)`,
      ),
    ),
    ...line(
      "tokens",
      (feature.tokens ?? []).map(({ token, text, share }) => `${tokenText(text ?? `[${token}]`)} ${percent(share)}`),
    ),
    ...line(
      "documents",
      (feature.documents ?? []).map(({ document, source, share }) => `${source ?? document} ${percent(share)}`),
    ),
    ...classText(feature),
    ...lensText(feature),
    "",
  ];
}

function verdictText({ verdict }: FeatureRecord): readonly string[] {
  if (verdict === undefined) return [];
  const { grade, score, reasons, findings } = verdict;
  const said = [...reasons, ...findings].join("; ");
  return wrapped(
    `  audit: ${grade}${score === null ? "" : ` (${score.toFixed(2)})`}${said === "" ? "" : `: ${said}`}`,
    WIDTH,
    "    ",
  );
}

function classText({ class: best }: FeatureRecord): readonly string[] {
  if (best === undefined) return [];
  const { name, f1, auroc, control } = best;
  return [
    `  class ${name}: F1 ${formatShare(f1)}, AUROC ${formatShare(auroc)}; projection on the class mean ${formatShare(control.f1)}, ${formatShare(control.auroc)}`,
  ];
}

function lensText({ lens }: FeatureRecord): readonly string[] {
  if (lens === undefined) return [];
  const names = (side: keyof typeof lens): readonly string[] =>
    lens[side].map(({ token, text }) => tokenText(text ?? `[${token}]`));
  return [...line("writes toward", names("promoted")), ...line("writes away from", names("suppressed"))];
}

const line = (name: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : wrapped(`  ${name}: ${items.join(", ")}`, WIDTH, "    ");
