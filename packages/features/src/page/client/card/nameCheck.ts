import type { FeatureRecord } from "../../../featureRecord.js";
import { h } from "../element.js";
import { counted, percent } from "../format.js";
import type { Page } from "../page.js";
import { commandLine } from "./recompute.js";

/** The evidence for the name, or how to get some. */
export function nameCheck(page: Page, { latent, check, count }: FeatureRecord): HTMLElement | undefined {
  if (check === undefined) {
    if (count === 0) return undefined;
    return h(
      "details",
      { class: "check-help" },
      h("summary", {}, "No rule was checked for its name"),
      h(
        "p",
        {},
        "A name has its evidence beside it once a rule for it, a regular expression of the token, has been counted: ",
      ),
      commandLine(page, `--check "${latent}: RULE"`),
    );
  }
  const { rule, precision, interval, coverage, base, rows } = check;
  const [low, high] = interval;
  const times =
    base > 0 ? `, ${Number((precision / base).toPrecision(2)).toLocaleString("en-US")} times its base rate` : "";
  return h(
    "dl",
    { class: "check-result" },
    h("dt", {}, "Rule"),
    h("dd", {}, h("code", {}, rule)),
    h("dt", {}, "Precision"),
    h(
      "dd",
      {},
      h("strong", {}, percent(precision)),
      ` (95 % interval ${percent(low)} to ${percent(high)}) of the ${counted(rows, "row")} at or above half the maximum${times}`,
    ),
    h("dt", {}, "Coverage"),
    h("dd", {}, `fires on ${percent(coverage)} of the rows that the rule describes, which are ${percent(base)} of all`),
  );
}
