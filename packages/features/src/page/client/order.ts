import type { PackedList } from "../pack/packDocument.js";
import type { Names } from "./names.js";
import type { PageData } from "./pageData.js";
import type { Choice, SortKey } from "./store.js";
import type { TextSearch } from "./textSearch.js";

/** The order that shows the features first of which most can be said. */
export function firstSort({ score, focus, name }: PackedList): SortKey {
  if (score) return "score";
  if (name.some((one) => one !== "")) return "name";
  return focus ? "focus" : "max";
}

/** Gives the places to list: those that pass the filters, sorted. */
export function openOrder(data: PageData, names: Names, search: TextSearch): (choice: Choice) => readonly number[] {
  const { list } = data.head;
  const columns: Readonly<Partial<Record<SortKey, readonly number[] | undefined>>> = {
    name: list.focus ?? list.max,
    max: list.max,
    rate: list.rate,
    focus: list.focus,
    score: list.score,
    latent: list.latent,
  };
  return (choice) => {
    const { query, sort, ascending, hideDead, grade, brushed, like } = choice;
    const found = search.find(query);
    const kept = Array.from({ length: data.count }, (_, place) => place).filter(
      (place) =>
        !(hideDead && list.rate[place] === 0) &&
        (grade === "" || list.grade?.[place] === grade) &&
        (brushed === undefined || brushed.has(place)) &&
        (found === undefined || found.has(place)),
    );
    const sign = ascending ? 1 : -1;
    const column = sort === "similarity" && like !== undefined ? likeness(data, like) : columns[sort];
    const value = (place: number): number => column?.[place] ?? 0;
    if (sort === "name") return kept.sort((a, b) => byName(names.of(a), names.of(b), sign) || value(b) - value(a));
    return kept.sort((a, b) => sign * (value(a) - value(b)) || a - b);
  };
}

/** From A to Z or back; features without a name last. */
function byName(a: string, b: string, sign: number): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  return sign * a.localeCompare(b);
}

/**
 * How like a feature the others are, `[count]`: the cosine of those that are listed as its neighbours; for the others, which the page has
 * no decoder to compare, the closeness on the map, below all of these.
 */
export function likeness({ head, at, count, placeOf }: PageData, like: number): readonly number[] {
  const { map, list } = head;
  const self = list.latent[like] as number;
  const [x, y] = [map?.x[self] ?? 0, map?.y[self] ?? 0];
  const values = Array.from({ length: count }, (_, place) => {
    const latent = list.latent[place] as number;
    return map ? -2 - Math.hypot((map.x[latent] as number) - x, (map.y[latent] as number) - y) : -2 - place;
  });
  for (const { latent, cosine } of at(like)?.neighbours ?? []) {
    const place = placeOf(latent);
    if (place !== undefined) values[place] = cosine;
  }
  values[like] = 2;
  return values;
}
