import type { ScoreCounts, SurrogateRecord } from "@monosema/audit";
import { formatShare, formatWhole } from "./format.js";
import { html, type Markup } from "./markup.js";
import { section } from "./page.js";

/** Scores of a dictionary beside those of its twin. */
export function surrogateSection({ own, twin, steps, rows, fvu }: SurrogateRecord): Markup {
  const line = (name: string, { scored, real, atomic, score }: ScoreCounts): Markup =>
    html`<tr><th class="first">${name}</th><td>${formatWhole(real)} of ${formatWhole(scored)}</td><td>${formatWhole(atomic)}</td><td>${formatShare(score ?? Number.NaN)}</td></tr>`;
  return section(
    "Beside a twin that was trained where there is nothing to find",
    html`<div class="scroll"><table><thead><tr><th class="first">scores</th><th>probably real</th><th>single features</th><th>mean score</th></tr></thead><tbody>${[line("this dictionary", own), line("its twin", twin)]}</tbody></table></div>
<p>The twin has the same objective and was trained for ${formatWhole(steps)} steps on ${formatWhole(rows)} samples of a normal distribution with the mean and covariance of these (fvu ${formatShare(fvu ?? Number.NaN)}). What it scores, chance scores.</p>`,
  );
}
