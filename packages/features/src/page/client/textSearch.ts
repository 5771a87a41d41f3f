import type { Example } from "../../featureRecord.js";
import type { Names } from "./names.js";
import type { PageData } from "./pageData.js";

/** Search in names, tokens and the contexts of examples. */
export interface TextSearch {
  /** Places of the features that hold the text of the query, or undefined for an empty one. */
  find(query: string): ReadonlySet<number> | undefined;
  /** Share of the features whose contexts can be found by now. */
  readonly ready: number;
}

/** Milliseconds of work at a time, so that the page stays at hand meanwhile. */
const SLICE = 8;

/**
 * Search over all features. Names and labels are found at once; contexts as they have been read, a few milliseconds at a time; of a page
 * in chunks those that have been loaded.
 */
export function openTextSearch(data: PageData, names: Names, onProgress: () => void): TextSearch {
  const { list } = data.head;
  const contexts: string[] = [];
  const read = (): void => {
    const end = performance.now() + SLICE;
    while (contexts.length < data.count && performance.now() < end) contexts.push(contextOf(contexts.length));
    if (contexts.length < data.count) setTimeout(read);
    else onProgress();
  };
  const contextOf = (place: number): string => {
    const record = data.at(place);
    if (record === undefined) return "";
    const { examples, quantiles, tokens = [], documents = [], class: best } = record;
    return [
      ...[...examples, ...quantiles.flatMap((quantile) => quantile.examples)].map(textOf),
      ...tokens.map(({ text = "" }) => text),
      ...documents.map(({ source = "" }) => source),
      best?.name ?? "",
    ]
      .join("\n")
      .toLowerCase();
  };
  if (data.head.chunk === 0) setTimeout(read, 100);

  return {
    get ready() {
      return contexts.length / data.count;
    },
    find(query) {
      const sought = query.toLowerCase();
      if (sought.trim() === "") return undefined;
      const number = /^\s*#(\d+)\s*$/.exec(query)?.[1];
      if (number !== undefined) return setOf(data.placeOf(Number(number)));
      const found = new Set<number>();
      for (let place = 0; place < data.count; place++) {
        const named = `${names.of(place)}\n${list.label[place]}\n${list.preview[place]?.join("")}`.toLowerCase();
        if (named.includes(sought) || (contexts[place] ?? "").includes(sought)) found.add(place);
      }
      return found;
    },
  };
}

function textOf({ view }: Example): string {
  if (view === undefined) return "";
  const label = "label" in view ? (view.label ?? "") : "";
  if (view.kind === "tokens") return view.tokens.join("");
  return view.kind === "vector" ? label : `${view.text} ${label}`;
}

const setOf = (place: number | undefined): ReadonlySet<number> => new Set(place === undefined ? [] : [place]);
