import { formatWhole } from "@monosema/experiments/format";
import type { FeatureRecord, NameCheck } from "@monosema/features";
import { oneLine, tokenText } from "./tokenText.js";

/** F1 from which a class says what a latent is. */
const TELLING = 0.3;

/** A share in per cent. */
export const percent = (share: number): string =>
  `${Number((100 * share).toFixed(share > 0.99 && share < 1 ? 1 : 0))} %`;

/** How often something happens, in per cent with two significant digits. */
export const rateText = (rate: number): string => `${Number((100 * rate).toPrecision(2))} %`;

/** The name of a feature, else what carries it. */
export function headline({ name, tokens, class: best, documents, count }: FeatureRecord): string {
  if (name !== undefined) return name;
  if (count === 0) return "never fires";
  const [most, ...others] = tokens?.slice(0, 3) ?? [];
  if (most !== undefined) {
    const told = [most, ...others.filter(({ share }) => share >= 0.01)];
    return told.map(({ token, text, share }) => `${tokenText(text ?? `[${token}]`)} ${percent(share)}`).join(", ");
  }
  if (best !== undefined && best.f1 >= TELLING) return `${best.name} (F1 ${best.f1.toFixed(2)})`;
  const [document] = documents ?? [];
  if (document?.source !== undefined) return `${document.source} ${percent(document.share)}`;
  return `${formatWhole(count)} rows`;
}

/** The evidence of a name in short. */
export function checkSummary({ rule, precision, interval, coverage, base, rows }: NameCheck): string {
  const [low, high] = interval.map((end) => Math.round(100 * end));
  return `"${oneLine(rule)}": precision ${percent(precision)} (${low} to ${high} %, ${formatWhole(rows)} rows), coverage ${percent(coverage)}, base rate ${rateText(base)}`;
}

/** The evidence of a name. */
export function checkText({ rule, precision, interval: [low, high], coverage, base, rows }: NameCheck): string {
  const range = `${Math.round(100 * low)} to ${Math.round(100 * high)} %`;
  return `"${oneLine(rule)}" holds in ${percent(precision)} (${range}) of the ${formatWhole(rows)} rows at half the maximum or above, in ${rateText(base)} of all rows; the latent fires in ${percent(coverage)} of those that it describes`;
}
