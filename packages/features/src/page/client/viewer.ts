import type { FeatureRecord } from "../../featureRecord.js";
import { featureCard } from "./card/featureCard.js";
import { fill, h } from "./element.js";
import { whole } from "./format.js";
import { type Page, titleOf } from "./page.js";
import { routeOf } from "./route.js";
import { wide } from "./wide.js";

/** What the viewer places. */
export interface Parts {
  /** Where cards stand. */
  readonly main: HTMLElement;
  /** The list. */
  readonly list: HTMLElement;
  /** What stands there while no card is open. */
  readonly intro: HTMLElement;
  /** The map, where there is one. */
  readonly map: HTMLElement | undefined;
  /** Place of the map on the introduction, and the one above the list. */
  readonly slots: readonly [large: HTMLElement, small: HTMLElement];
}

/** How a route is shown. */
export interface ShowOptions {
  /** Moves the focus to the card. */
  readonly focus?: boolean;
  /** Waits whether another feature is asked for at once, as while an arrow key is held down. */
  readonly patient?: boolean;
}

/** Milliseconds between the repeats of a key that is held down, and more. */
const PATIENCE = 60;

/** Shows what the address of the page says. */
export interface Viewer {
  /** Shows it, if it is not shown already. */
  show(options?: ShowOptions): void;
  /** Forgets what is shown, so that it is made anew. */
  forget(): void;
}

/** Opens a viewer. */
export function openViewer(page: Page, { main, list, intro, map, slots: [large, small] }: Parts): Viewer {
  const { data, store } = page;
  const { head } = data;
  let shown: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const put = (address: string, element: HTMLElement, focus: boolean): void => {
    if (shown !== address) return;
    fill(main, element);
    main.scrollTop = 0;
    if (!wide.matches) scrollTo(0, 0);
    if (focus || !wide.matches) main.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  };

  const card = (place: number, address: string, focus: boolean): void => {
    const draw = (record: FeatureRecord): void => put(address, featureCard(page, place, record), focus);
    const ready = data.at(place);
    if (ready) {
      draw(ready);
      return;
    }
    put(address, h("p", { class: "muted" }, "Loading…"), false);
    data.load(place).then(draw, (error: Error) => {
      put(address, h("p", { class: "note", role: "alert" }, error.message), false);
    });
  };

  return {
    forget: () => {
      shown = undefined;
    },
    show({ focus = false, patient = false } = {}) {
      const route = routeOf(location.hash);
      const address = route.view === "card" ? `#${route.latent}` : route.view;
      document.body.dataset.view = route.view;
      const spacious = route.view === "about" || (wide.matches && route.view === "list");
      if (map) (spacious ? large : small).append(map);
      if (shown === address) {
        if (focus) main.querySelector<HTMLElement>("h2")?.focus();
        return;
      }
      const before = shown;
      shown = address;
      clearTimeout(timer);
      if (route.view !== "card") {
        document.title = head.title;
        fill(main, intro);
        if (before !== undefined && route.view === "list") list.focus();
        return;
      }
      const place = data.placeOf(route.latent);
      if (place === undefined) {
        const has = `this page has ${whole(data.count)} of ${whole(head.latents)} latents`;
        return put(address, h("p", { class: "note" }, `There is no latent ${route.latent} here: ${has}.`), false);
      }
      store.set({ active: place });
      document.title = `${address} ${titleOf(page, place)} - ${head.title}`;
      if (patient) timer = setTimeout(() => card(place, address, focus), PATIENCE);
      else card(place, address, focus);
    },
  };
}
