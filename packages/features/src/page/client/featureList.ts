import { h } from "./element.js";
import { type ListRow, listRow } from "./listRow.js";
import type { Page } from "./page.js";
import { wide } from "./wide.js";

/** Height of a row in CSS pixels; the style sheet has the same. */
const ROW = 58;

/** Rows beyond the edges of what is seen, so that fast scrolling shows no gaps. */
const SPARE = 4;

/** The list of features: only what is seen stands in the document, however many there are. */
export function featureList(page: Page): HTMLElement {
  const { store } = page;
  const pool: ListRow[] = [];
  const rows = h("div", { class: "rows" });
  const element = h(
    "div",
    {
      class: "list",
      role: "listbox",
      tabindex: 0,
      "aria-label": "Features",
      onscroll: () => schedule(),
      onkeydown: (event: KeyboardEvent) => move(event),
      onclick: (event: MouseEvent) => {
        const row = (event.target as Element).closest<HTMLElement>("[data-place]");
        if (row) page.open(Number(row.dataset.place));
      },
    },
    rows,
  );
  let drawn = "";
  let scheduled = false;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      draw();
    });
  };

  const draw = (force = false): void => {
    const { order, choice } = store;
    const first = Math.max(0, Math.floor(element.scrollTop / ROW) - SPARE);
    const last = Math.min(order.length, Math.ceil((element.scrollTop + element.clientHeight) / ROW) + SPARE);
    const window = `${first} ${last}`;
    if (!force && window === drawn) return;
    drawn = window;
    rows.style.height = `${order.length * ROW}px`;
    const shown = order.slice(first, last);
    while (pool.length < shown.length) {
      const row = listRow(page, ROW);
      pool.push(row);
      rows.append(row.element);
    }
    for (const [i, row] of pool.entries()) {
      row.element.hidden = i >= shown.length;
      if (i < shown.length) row.show(shown[i] as number, first + i);
    }
    const { active } = choice;
    if (active !== undefined && shown.includes(active)) element.setAttribute("aria-activedescendant", `row-${active}`);
    else element.removeAttribute("aria-activedescendant");
  };

  const move = (event: KeyboardEvent): void => {
    const { order, choice } = store;
    const now = choice.active === undefined ? -1 : order.indexOf(choice.active);
    const size = Math.max(1, Math.floor(element.clientHeight / ROW) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      PageDown: now + size,
      PageUp: now - size,
      Home: 0,
      End: order.length - 1,
    };
    if (event.key === "Enter" && choice.active !== undefined) {
      event.preventDefault();
      page.open(choice.active, { focus: true });
      return;
    }
    const to = steps[event.key];
    if (to === undefined || order.length === 0) return;
    event.preventDefault();
    const place = order[Math.min(order.length - 1, Math.max(0, to))] as number;
    store.set({ active: place });
    if (wide.matches) page.open(place, { replace: true });
  };

  /** Scrolls as little as shows the active row. */
  const reveal = (): void => {
    const { active } = store.choice;
    const at = active === undefined ? -1 : store.order.indexOf(active);
    if (at < 0) return;
    const [top, bottom] = [at * ROW, (at + 1) * ROW];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
  };

  store.follow((changed) => {
    rows.style.height = `${store.order.length * ROW}px`;
    if (changed.has("order") && changed.size > 1) element.scrollTop = 0;
    if (changed.has("active") || changed.has("order")) reveal();
    draw(true);
  });
  new ResizeObserver(() => {
    reveal();
    draw(true);
  }).observe(element);
  return element;
}
