import { about } from "./about.js";
import { controls } from "./controls.js";
import { decoderMap } from "./decoderMap.js";
import { downloads } from "./downloads.js";
import { h } from "./element.js";
import { featureList } from "./featureList.js";
import { counted, whole } from "./format.js";
import { openNames } from "./names.js";
import { firstSort, openOrder } from "./order.js";
import type { Page } from "./page.js";
import { readPageData } from "./pageData.js";
import { openStore } from "./store.js";
import { openTextSearch } from "./textSearch.js";
import { openViewer } from "./viewer.js";
import { wide } from "./wide.js";

const data = readPageData();
const { head } = data;
const names = openNames(data);
const search = openTextSearch(data, names, () => {
  if (store.choice.query !== "") store.refresh();
});
const store = openStore(
  { query: "", sort: firstSort(head.list), ascending: firstSort(head.list) === "name", hideDead: true, grade: "" },
  openOrder(data, names, search),
);
const live = h("div", { class: "hidden", role: "status", "aria-live": "polite" });
const page: Page = {
  ...{ data, names, store },
  say: (text) => {
    live.textContent = text;
  },
  open(place, { replace = false, focus = false } = {}) {
    const address = `#${head.list.latent[place]}`;
    if (replace || address === location.hash) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    viewer.show({ focus, patient: replace });
  },
  redraw() {
    store.refresh();
    viewer.forget();
    viewer.show();
  },
};

const status = h("span", { class: "status" });
const map = head.map ? decoderMap(page, head.map) : undefined;
const slots = [h("div"), h("div")] as const;
const main = h("main");
const list = featureList(page);
const viewer = openViewer(page, { main, list, map, slots, intro: about(page, slots[0]) });
const mapBox = h(
  "details",
  { class: "map-box", open: wide.matches },
  h("summary", {}, "Map of decoder directions"),
  slots[1],
);
document.body.append(
  h(
    "header",
    { class: "top" },
    h("h1", {}, h("a", { href: "#", title: "All features" }, head.title)),
    h(
      "p",
      { class: "facts-line" },
      `${whole(head.alive)} of ${whole(head.latents)} latents fire on ${whole(head.rows)} rows`,
    ),
    h(
      "a",
      { href: "#about", class: "about-link" },
      `About${head.warnings.length === 0 ? "" : ` · ${counted(head.warnings.length, "warning")}`}`,
    ),
    downloads(page),
  ),
  h(
    "div",
    { class: "columns" },
    h("nav", { class: "side", "aria-label": "All features" }, controls(page, status), mapBox, list),
    main,
  ),
  live,
);

let timer: ReturnType<typeof setTimeout> | undefined;
store.follow((changed) => {
  if (!changed.has("order")) return;
  clearTimeout(timer);
  timer = setTimeout(() => page.say(`${status.textContent} features listed`), 400);
});
addEventListener("popstate", () => viewer.show());
wide.addEventListener("change", () => viewer.show());
viewer.show();
