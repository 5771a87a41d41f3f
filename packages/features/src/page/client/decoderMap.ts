import type { DecoderMap } from "../../featureDocument.js";
import { type Child, fill, h } from "./element.js";
import { counted, whole } from "./format.js";
import { keyedBox, type MapBox } from "./mapBox.js";
import { drawMarks, drawPoints } from "./mapDrawing.js";
import { type MapPlaces, mapPlaces } from "./mapPlaces.js";
import { type Page, titleOf } from "./page.js";

/** Pointer travel in pixels below which a press is a click. */
const CLICK = 4;

/** A point of the map, in shares of its width and height. */
interface Spot {
  readonly x: number;
  readonly y: number;
}

/**
 * The map of decoder directions. Dragging, or the arrow keys, lay a brush over it, and the list keeps what lies inside; a click, or Enter,
 * opens the nearest feature.
 */
export function decoderMap(page: Page, map: DecoderMap): HTMLElement {
  const { store, data } = page;
  const { latent, rate, grade } = data.head.list;
  const colours = latent.map((_, place) => gradeColours[grade?.[place] ?? ""] ?? "--c0");
  const places: MapPlaces = mapPlaces(map, latent);
  const [points, marks] = [h("canvas", { "aria-hidden": "true" }), h("canvas", { "aria-hidden": "true" })];
  const tip = h("div", { class: "tip", hidden: true });
  let brush: MapBox | undefined;
  let pointed: number | undefined;
  let from: Spot | undefined;
  let dragged: MapBox | undefined;

  const element = h(
    "div",
    {
      class: "map",
      tabindex: 0,
      role: "application",
      "aria-label": `Map of ${counted(data.count, "decoder direction")}. Arrow keys lay and move a brush, plus and minus size it, Enter opens the feature nearest to its middle, Escape takes it away.`,
      onkeydown: (event: KeyboardEvent) => onKey(event),
      onpointerdown: (event: PointerEvent) => {
        from = spot(event);
        marks.setPointerCapture(event.pointerId);
      },
      onpointermove: (event: PointerEvent) => onMove(event),
      onpointerup: () => onUp(),
      onpointercancel: () => {
        from = undefined;
        dragged = undefined;
        mark();
      },
      onpointerleave: () => point(undefined),
      onblur: () => point(undefined),
    },
    ...[points, marks, tip],
  );

  const spot = (event: PointerEvent): Spot => {
    const { left, top, width, height } = marks.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };
  const travel = (a: Spot, b: Spot): number =>
    Math.hypot((a.x - b.x) * marks.clientWidth, (a.y - b.y) * marks.clientHeight);
  const listed = (): ReadonlySet<number> | undefined =>
    store.order.length === data.count ? undefined : new Set(store.order);
  const nearest = ({ x, y }: Spot): number | undefined =>
    places.nearest(x, y, marks.clientHeight / Math.max(1, marks.clientWidth), listed());

  const draw = (): void => drawPoints(points, places, { rates: rate, colours, listed: listed() });
  const mark = (): void => drawMarks(marks, places, { active: store.choice.active, pointed, brush: dragged ?? brush });

  /** Shows the name of a feature on the map. */
  const point = (place: number | undefined): void => {
    if (place === pointed) return;
    pointed = place;
    tip.hidden = place === undefined;
    if (place !== undefined) {
      fill(tip, `#${latent[place]} ${titleOf(page, place)}`);
      const [x, y] = [places.x[place] as number, places.y[place] as number];
      tip.style.left = `${100 * x}%`;
      tip.style.top = `${100 * y}%`;
      tip.dataset.side = x > 0.5 ? "left" : "right";
    }
    mark();
  };

  const lay = (box: MapBox | undefined): void => {
    brush = box;
    store.set({ brushed: box && places.inside(box) });
    mark();
  };

  const onMove = (event: PointerEvent): void => {
    const { x, y } = spot(event);
    if (from === undefined || travel(from, { x, y }) < CLICK) {
      point(nearest({ x, y }));
      return;
    }
    point(undefined);
    const [left, right] = [Math.min(from.x, x), Math.max(from.x, x)];
    dragged = { left, right, top: Math.min(from.y, y), bottom: Math.max(from.y, y) };
    mark();
  };

  const onUp = (): void => {
    const [start, box] = [from, dragged];
    from = undefined;
    dragged = undefined;
    if (start === undefined) return;
    const place = box ? undefined : nearest(start);
    if (box) lay(box);
    else if (place !== undefined) page.open(place);
  };

  const onKey = (event: KeyboardEvent): void => {
    const box = keyedBox(brush, event.key);
    if (box) {
      lay(box);
      point(nearest({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }));
    } else if (event.key === "Escape") {
      lay(undefined);
      point(undefined);
    } else if (event.key === "Enter" && pointed !== undefined) page.open(pointed, { focus: true });
    else return;
    event.preventDefault();
  };

  store.follow((changed) => {
    if (changed.has("brushed") && store.choice.brushed === undefined) brush = undefined;
    if (changed.has("order")) draw();
    mark();
  });
  const redraw = (): void => {
    draw();
    mark();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new ResizeObserver(redraw).observe(element);
  const hint = `${map.method}; ${whole(data.count)} points, larger where they fire more often. Drag to list what lies inside.`;
  return h("div", { class: "map-part" }, element, h("p", { class: "hint" }, hint, grade ? legend(grade) : undefined));
}

/** Colours of the grades of an audit, those that the style sheet gives to their words. */
const gradeColours: Readonly<Record<string, string>> = {
  ...{ real: "--c2", doubtful: "--c4", unreal: "--c1", duplicate: "--c3", rare: "--c6", dead: "--c6" },
};

/** The grades and how many features have each; to list one, there is a filter above the list. */
function legend(grades: readonly string[]): Child {
  const counts = new Map<string, number>();
  for (const grade of grades) counts.set(grade, (counts.get(grade) ?? 0) + 1);
  return Object.keys(gradeColours).flatMap((grade) =>
    counts.has(grade) ? [" ", h("span", { class: `grade ${grade}` }, `${grade} ${whole(counts.get(grade) ?? 0)}`)] : [],
  );
}
