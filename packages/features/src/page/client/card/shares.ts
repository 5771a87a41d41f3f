import type { FeatureRecord, LensToken } from "../../../featureRecord.js";
import { h } from "../element.js";
import { figure, percent, share, visible } from "../format.js";
import { barred } from "./relations.js";
import { section } from "./section.js";

/** The tokens that carry most of a feature's activation. */
export function tokenShares({ tokens = [] }: FeatureRecord): HTMLElement | undefined {
  const rows = tokens.map(
    ({ token, text, share: part }) => [text === undefined ? `token ${token}` : text, part] as const,
  );
  return shares("Tokens", "share of its summed values", rows, true);
}

/** The documents that carry most of a feature's activation. */
export function documentShares({ documents = [] }: FeatureRecord): HTMLElement | undefined {
  const rows = documents.map(({ document, source, share: part }) => [source ?? `document ${document}`, part] as const);
  return shares("Documents", "share of its summed values", rows, false);
}

function shares(
  title: string,
  hint: string,
  rows: readonly (readonly [string, number])[],
  tokens: boolean,
): HTMLElement | undefined {
  if (rows.length === 0) return undefined;
  return section(
    title,
    hint,
    h(
      "table",
      { class: "pairs" },
      rows.map(([text, part]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, tokens ? h("code", { class: "token" }, visible(text)) : text),
          h("td", {}, barred(part, percent(part))),
        ),
      ),
    ),
  );
}

/** The class that a feature tells best, beside what needs no dictionary. */
export function classScore({ class: best }: FeatureRecord): HTMLElement | undefined {
  if (best === undefined) return undefined;
  const { name, f1, auroc, control } = best;
  const cell = (own: number, other: number): HTMLElement =>
    h("td", {}, own > other ? h("strong", {}, share(own)) : share(own));
  return section(
    "Class that it tells best",
    "the projection on the class mean needs no dictionary: a feature should beat it",
    h("p", { class: "label-line" }, h("span", { class: "label" }, name)),
    h(
      "table",
      { class: "pairs" },
      h("tr", {}, h("td", {}), h("th", { scope: "col" }, "F1"), h("th", { scope: "col" }, "AUROC")),
      h("tr", {}, h("th", { scope: "row" }, "this feature"), cell(f1, control.f1), cell(auroc, control.auroc)),
      h("tr", {}, h("th", { scope: "row" }, "projection"), cell(control.f1, f1), cell(control.auroc, auroc)),
    ),
  );
}

/** The tokens that its decoder row promotes and suppresses. */
export function lens({ lens: tokens }: FeatureRecord): HTMLElement | undefined {
  if (tokens === undefined) return undefined;
  const column = (title: string, list: readonly LensToken[]): HTMLElement =>
    h(
      "div",
      {},
      h("h4", {}, title),
      h(
        "ol",
        { class: "lens" },
        list.map(({ token, text, logit }) =>
          h("li", {}, h("code", { class: "token" }, visible(text ?? `token ${token}`)), h("span", {}, figure(logit))),
        ),
      ),
    );
  return section(
    "Logit lens",
    "what its decoder row adds to the logits, less the mean",
    h("div", { class: "lenses" }, column("Promoted", tokens.promoted), column("Suppressed", tokens.suppressed)),
  );
}
