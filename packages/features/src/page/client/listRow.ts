import { h } from "./element.js";
import { figure, percent, visible } from "./format.js";
import { type Page, titleOf } from "./page.js";

/** A row of the list that can show one feature after another: making elements anew would slow down scrolling. */
export interface ListRow {
  /** The row. */
  readonly element: HTMLElement;
  /** Shows the feature of a place, which is at this index of the list. */
  show(place: number, index: number): void;
}

/** Makes a row of this height in CSS pixels. */
export function listRow(page: Page, height: number): ListRow {
  const { data, names, store } = page;
  const { latent, max, rate, preview, grade } = data.head.list;
  const [number, title, often, note] = ["number", "title", "figures", "figures"].map((name) =>
    h("span", { class: name }),
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
  const [before, self, after] = [h("bdi"), h("mark"), h("span", { class: "after" })];
  const element = h(
    "div",
    { class: "row", role: "option" },
    ...[number, title, often],
    h("span", { class: "preview" }, h("span", { class: "before" }, before), self, after),
    note,
  );

  const noteOf = (place: number): string => {
    const own = grade?.[place] ?? "";
    note.className = own === "" ? "figures" : `grade ${own}`;
    if (own !== "") return own;
    return rate[place] === 0 ? "" : `max ${figure(max[place] as number)}`;
  };

  return {
    element,
    show(place, index) {
      const texts = preview[place] as readonly [string, string, string];
      element.id = `row-${place}`;
      element.dataset.place = String(place);
      element.classList.toggle("named", names.of(place) !== "");
      element.ariaSelected = String(store.choice.active === place);
      element.ariaSetSize = String(store.order.length);
      element.ariaPosInSet = String(index + 1);
      element.style.transform = `translateY(${index * height}px)`;
      number.textContent = `#${latent[place]}`;
      title.textContent = titleOf(page, place);
      often.textContent = rate[place] === 0 ? "dead" : percent(rate[place] as number);
      for (const [i, part] of [before, self, after].entries()) {
        const text = texts[i] as string;
        part.textContent = text === "" ? "" : visible(text);
        part.hidden = text === "";
      }
      note.textContent = noteOf(place);
    },
  };
}
