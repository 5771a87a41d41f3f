import { latentGrades } from "@monosema/audit";
import type { FeatureRecord } from "../../../featureRecord.js";
import { type Child, h } from "../element.js";
import { share } from "../format.js";
import type { Page } from "../page.js";
import { shellWord } from "../shellWord.js";
import { copyLine } from "./recompute.js";
import { bar } from "./relations.js";

/** What the audit says of a feature, with its evidence; without an audit, how to get one. */
export function verdict(page: Page, { verdict: found }: FeatureRecord): HTMLElement {
  if (found === undefined) {
    const audited = page.data.head.list.grade !== undefined;
    return audited ? h("p", { class: "verdict muted" }, "The audit says nothing of this latent.") : noAudit(page);
  }
  const { grade, score, atomic, reasons, findings, replication, codeCorrelation } = found;
  const rows: readonly (readonly [string, number | null | undefined])[] = [
    ["probability that it is real", score],
    ["that it is one feature alone", atomic],
    ["cosine in replicas", replication],
    ["code correlation in replicas", codeCorrelation],
  ];
  const scored = rows.filter((row): row is readonly [string, number] => typeof row[1] === "number");
  return h(
    "div",
    { class: "verdict" },
    h("p", {}, h("span", { class: `grade ${grade}` }, grade), " ", h("span", { class: "muted" }, latentGrades[grade])),
    scored.length === 0
      ? undefined
      : h(
          "table",
          { class: "pairs" },
          scored.map(([name, value]) =>
            h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, bar(value), share(value))),
          ),
        ),
    list("Found", findings),
    list("Why", reasons),
  );
}

const list = (title: string, texts: readonly string[]): Child =>
  texts.length === 0
    ? undefined
    : [
        h("h4", {}, title),
        h(
          "ul",
          { class: "texts" },
          texts.map((text) => h("li", {}, text)),
        ),
      ];

function noAudit({ data, say }: Page): HTMLElement {
  const { checkpoint, options } = data.head;
  const input = /--data\s+('[^']*'|"[^"]*"|\S+)/.exec(options)?.[0];
  const command = ["monosema audit", shellWord(checkpoint), input ?? ""].filter((part) => part !== "").join(" ");
  return h(
    "div",
    { class: "verdict" },
    h(
      "p",
      { class: "muted" },
      "No audit was given: whether it is real, one feature alone, a copy or absorbed by another is not known here. Run it, and pass its folder as ",
      h("code", {}, "--audit"),
      ":",
    ),
    copyLine(command, say),
  );
}
