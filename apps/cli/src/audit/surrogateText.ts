import type { SurrogateRecord } from "@monosema/audit";
import { formatShare, formatWhole as whole } from "@monosema/experiments/format";
import { wrapped } from "../wrapped.js";

/** Width of a line. */
const WIDTH = 100;

/** The scores of a dictionary beside those of its twin. */
export function surrogateText({ own, twin, steps, rows, fvu }: SurrogateRecord): string {
  const line = (name: string, { scored, real, atomic, score }: SurrogateRecord["own"]): string =>
    `  ${name.padEnd(16)}${whole(real).padStart(7)} of ${whole(scored).padEnd(7)}${whole(atomic).padStart(10)}${formatShare(score ?? Number.NaN).padStart(12)}`;
  return [
    "Beside a twin that was trained where there is nothing to find",
    "                    probably real    single   mean score",
    line("this dictionary", own),
    line("its twin", twin),
    ...wrapped(
      `The twin has the same objective and was trained for ${whole(steps)} steps on ${whole(rows)} samples of a normal distribution with the mean and covariance of these (fvu ${formatShare(fvu ?? Number.NaN)}). What it scores, chance scores.`,
      WIDTH,
    ),
  ].join("\n");
}
