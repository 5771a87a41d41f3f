import type { FeatureRecord } from "../../../featureRecord.js";
import { h } from "../element.js";
import { counted, figure, percent } from "../format.js";
import type { Page } from "../page.js";
import { exampleList } from "./exampleList.js";
import { histogram } from "./histogram.js";
import { nameCheck } from "./nameCheck.js";
import { nameEditor } from "./nameEditor.js";
import { recompute } from "./recompute.js";
import { cofiring, neighbours } from "./relations.js";
import { section } from "./section.js";
import { classScore, documentShares, lens, tokenShares } from "./shares.js";
import { verdict } from "./verdict.js";

/** All that is known of a feature. */
export function featureCard(page: Page, place: number, record: FeatureRecord): HTMLElement {
  const { latent, count, rate, max, mean, examples, quantiles } = record;
  const fires =
    count === 0
      ? `Never fires on the ${counted(page.data.head.rows, "row")} that were read.`
      : `Fires on ${counted(count, "row")} (${percent(rate)}), ${figure(mean)} in the mean and ${figure(max)} at most.`;
  return h(
    "article",
    { class: "card", "aria-labelledby": "card-title" },
    h("a", { href: "#", class: "back" }, "‹ All features"),
    nameEditor(page, place),
    h("p", { class: "fires" }, fires),
    nameCheck(page, record),
    h(
      "div",
      { class: "card-columns" },
      h("div", { class: "verdict-part" }, section("Verdict of the audit", undefined, verdict(page, record))),
      h(
        "div",
        { class: "main-column" },
        examples.length === 0
          ? undefined
          : section(
              "Strongest examples",
              `${known(examples) ? "one per document; " : ""}open one for its values`,
              exampleList(record, examples),
            ),
        quantiles.map(({ from, to, examples: own }) =>
          own.length === 0
            ? undefined
            : section(
                `Examples from ${percent(from)} to ${percent(to)} of its values`,
                undefined,
                exampleList(record, own),
              ),
        ),
      ),
      h(
        "div",
        { class: "side-column" },
        count === 0 ? undefined : section("Values where it fires", undefined, histogram(record)),
        neighbours(page, place, record),
        cofiring(page, record),
        tokenShares(record),
        documentShares(record),
        classScore(record),
        lens(record),
      ),
    ),
    recompute(page, latent),
  );
}

/** Whether documents are known. */
const known = ([first]: FeatureRecord["examples"]): boolean => first?.document !== undefined;
