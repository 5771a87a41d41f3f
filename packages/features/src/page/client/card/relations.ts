import type { FeatureRecord } from "../../../featureRecord.js";
import { type Child, h } from "../element.js";
import { figure, percent, share } from "../format.js";
import { type Page, titleOf } from "../page.js";
import { wide } from "../wide.js";
import { section } from "./section.js";

/** Decoder rows nearer than this hold one direction twice, as in the audit. */
const DUPLICATE = 0.95;

/** The features of the nearest decoder directions, and a way to sort the list by them. */
export function neighbours(
  page: Page,
  place: number,
  { neighbours: near, latent }: FeatureRecord,
): HTMLElement | undefined {
  if (near.length === 0) return undefined;
  const sort = h(
    "button",
    {
      type: "button",
      class: "quiet",
      onclick: () => {
        page.store.set({ like: place, sort: "similarity", ascending: false });
        page.say(`The list is sorted by similarity to #${latent}.`);
        if (!wide.matches) location.hash = "";
      },
    },
    "Sort the list by similarity",
  );
  return section(
    "Nearest decoder directions",
    "cosine of the two",
    h(
      "table",
      { class: "pairs" },
      near.map(({ latent: other, cosine }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, featureLink(page, other)),
          h("td", {}, cosine >= DUPLICATE ? h("span", { class: "grade duplicate" }, "duplicate") : ""),
          h("td", {}, barred(cosine, share(cosine))),
        ),
      ),
    ),
    sort,
  );
}

/** The features that fire with it more often than by chance. */
export function cofiring(page: Page, { cofiring: others }: FeatureRecord): HTMLElement | undefined {
  if (others.length === 0) return undefined;
  return section(
    "Fires together with",
    "share of its firings, and how many times more often than by chance",
    h(
      "table",
      { class: "pairs" },
      others.map(({ latent, share: part, lift }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, featureLink(page, latent)),
          h("td", {}, barred(part, percent(part))),
          h("td", {}, `${figure(lift)} ×`),
        ),
      ),
    ),
  );
}

/** A link to a feature by its name. */
function featureLink(page: Page, latent: number): HTMLElement {
  const place = page.data.placeOf(latent);
  if (place === undefined) return h("span", { class: "number" }, `#${latent}`);
  return h("a", { href: `#${latent}` }, h("span", { class: "number" }, `#${latent}`), " ", titleOf(page, place));
}

/** A share as a bar and as the text that says the same. */
export const barred = (value: number, text: string): Child => [
  h("meter", { class: "bar", min: 0, max: 1, value: Math.max(0, Math.min(1, value)), "aria-hidden": "true" }),
  h("span", { class: "amount" }, text),
];
