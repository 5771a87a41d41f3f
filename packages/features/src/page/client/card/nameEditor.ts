import { fill, h } from "../element.js";
import { type Page, titleOf } from "../page.js";

/** The heading of a card, whose name can be changed in place. */
export function nameEditor(page: Page, place: number): HTMLElement {
  const { names, store, say, data } = page;
  const number = h("span", { class: "number" }, `#${data.head.list.latent[place]}`);
  const element = h("div", { class: "name" });

  const read = (): void => {
    const named = names.of(place) !== "";
    const edit = h("button", { type: "button", class: "quiet edit", onclick: write }, named ? "Rename" : "Name it");
    fill(
      element,
      h(
        "h2",
        { id: "card-title", tabindex: -1 },
        number,
        " ",
        h("span", { class: named ? "title" : "title unnamed" }, titleOf(page, place)),
      ),
      edit,
    );
  };

  const write = (): void => {
    const input = h("input", {
      type: "text",
      id: "name",
      value: names.of(place),
      maxlength: 200,
      autocomplete: "off",
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        done();
      },
    });
    const done = (): void => {
      read();
      element.querySelector<HTMLElement>(".edit")?.focus();
    };
    const form = h(
      "form",
      {
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          names.set(place, input.value);
          done();
          store.refresh();
          say(names.of(place) === "" ? "The name is taken away." : `Named ${names.of(place)}.`);
        },
      },
      h("label", { for: "name" }, number, " Name"),
      input,
      h("button", { type: "submit" }, "Keep"),
      h("button", { type: "button", class: "quiet", onclick: () => done() }, "Cancel"),
    );
    fill(element, form);
    input.focus();
    input.select();
  };

  read();
  return element;
}
