import { h } from "./element.js";
import { whole } from "./format.js";
import type { Page } from "./page.js";

/** What the dictionary is, what to know before believing it, how to read the page, and a place for the map. */
export function about({ data }: Page, map: HTMLElement): HTMLElement {
  const { head } = data;
  const facts: readonly (readonly [string, string])[] = [
    ["checkpoint", head.checkpoint],
    ...head.facts,
    ...(head.sampledRows < head.rows
      ? [["sampled rows", `${whole(head.sampledRows)}, for co-firing, tokens, documents and classes`] as const]
      : []),
  ];
  return h(
    "article",
    { class: "about" },
    h("a", { href: "#", class: "back" }, "‹ All features"),
    h("h2", { tabindex: -1 }, "What activates each latent"),
    head.warnings.length === 0
      ? undefined
      : h(
          "ul",
          { class: "warnings" },
          head.warnings.map((warning) => h("li", {}, warning)),
        ),
    h(
      "dl",
      { class: "facts" },
      facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
    ),
    head.map ? h("section", {}, h("h3", {}, "Map of decoder directions"), map) : undefined,
    h(
      "section",
      { class: "how" },
      h("h3", {}, "How to read it"),
      h(
        "ul",
        {},
        h(
          "li",
          {},
          "Choose a feature in the list, or a point of the map. Its address, such as #613, can be passed on.",
        ),
        h(
          "li",
          {},
          "In an example the framed token is the row itself. The stronger the feature fires on a token, the deeper its colour and the thicker its underline; the number in front is the value on the framed token. Open an example for all its values.",
        ),
        h(
          "li",
          {},
          "The strongest examples flatter: look at those from lower values too before you believe a name, and at the check of the name, if there is one.",
        ),
        h(
          "li",
          {},
          "Names that you give stay in this browser. Download names.json to keep them, and read it back here or pass it to ",
          h("code", {}, "monosema features --names"),
          ".",
        ),
        h("li", {}, "In the list: arrow keys move, Enter opens. Figures are rounded to four digits at most."),
      ),
    ),
  );
}
