import { fill, h } from "./element.js";
import { counted, whole } from "./format.js";
import type { Page } from "./page.js";
import type { SortKey } from "./store.js";

/** Search, order and filters of the list, and the line that says how many features they leave. */
export function controls(page: Page, status: HTMLElement): HTMLElement {
  const { store, data } = page;
  const { list, features } = { list: data.head.list, features: data.count };
  const query = h("input", {
    type: "search",
    id: "query",
    placeholder: data.head.chunk === 0 ? "a name, token or text" : "a name or token",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => store.set({ query: query.value }), 120);
    },
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "Enter") return;
      event.preventDefault();
      clearTimeout(timer);
      store.set({ query: query.value });
      document.querySelector<HTMLElement>(".list")?.focus();
      if (store.choice.active === undefined || !store.order.includes(store.choice.active)) {
        store.set({ active: store.order[0] });
      }
    },
  });
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sort: HTMLSelectElement = h("select", {
    id: "sort",
    onchange: () =>
      store.set({ sort: sort.value as SortKey, ascending: sort.value === "latent" || sort.value === "name" }),
  });
  const direction = h("button", {
    type: "button",
    class: "direction",
    onclick: () => store.set({ ascending: !store.choice.ascending }),
  });
  const dead: HTMLInputElement = h("input", {
    type: "checkbox",
    id: "dead",
    checked: store.choice.hideDead,
    onchange: () => store.set({ hideDead: dead.checked }),
  });
  const grades = [...new Set(list.grade ?? [])].filter((grade) => grade !== "");
  const grade: HTMLSelectElement = h(
    "select",
    { id: "grade", onchange: () => store.set({ grade: grade.value }) },
    h("option", { value: "" }, "all grades"),
    grades.map((one) => h("option", { value: one }, one)),
  );
  const chips = h("p", { class: "chips" });
  const silent = list.rate.filter((rate) => rate === 0).length;

  const sorts = (): readonly (readonly [SortKey, string])[] => [
    ["max", "strength (largest value)"],
    ["rate", "rate (how often it fires)"],
    ...(list.focus ? ([["focus", "focus (share of its first token)"]] as const) : []),
    ...(list.score ? ([["score", "score of the audit"]] as const) : []),
    ["name", "name"],
    ["latent", "number"],
    ...(store.choice.like === undefined
      ? []
      : ([["similarity", `similarity to #${list.latent[store.choice.like]}`]] as const)),
  ];

  const draw = (): void => {
    const { choice, order } = store;
    fill(
      sort,
      sorts().map(([key, text]) => h("option", { value: key, selected: key === choice.sort }, text)),
    );
    const [sign, words] = choice.ascending ? ["↑", "lowest first"] : ["↓", "highest first"];
    fill(direction, h("span", { "aria-hidden": "true" }, sign));
    direction.setAttribute("aria-label", `Order: ${words}. Turn round`);
    direction.title = words;
    fill(
      chips,
      choice.brushed === undefined
        ? undefined
        : chip(`${counted(choice.brushed.size, "feature")} marked on the map`, () => store.set({ brushed: undefined })),
      choice.like === undefined || choice.sort !== "similarity"
        ? undefined
        : chip(`like #${list.latent[choice.like]}`, () =>
            store.set({ like: undefined, sort: "max", ascending: false }),
          ),
    );
    status.textContent = `${whole(order.length)} of ${whole(features)}`;
  };
  store.follow((changed) => {
    if (changed.has("order")) draw();
  });
  draw();

  return h(
    "div",
    { class: "controls", role: "search" },
    h("label", { for: "query", class: "hidden" }, "Search features"),
    query,
    h("div", { class: "line" }, h("label", { for: "sort" }, "Sort by"), sort, direction),
    h(
      "div",
      { class: "line" },
      grades.length === 0 ? undefined : [h("label", { for: "grade", class: "hidden" }, "Grade of the audit"), grade],
      silent === 0 ? undefined : h("label", { class: "check" }, dead, ` hide ${whole(silent)} dead`),
      status,
    ),
    chips,
  );
}

const chip = (text: string, clear: () => void): HTMLElement =>
  h("button", { type: "button", class: "chip", onclick: clear, "aria-label": `${text}: take this away` }, text, " ✕");
