import type { ExampleView } from "../../exampleView.js";
import { rounded } from "./rounded.js";
import type { StringTable } from "./stringTable.js";
import { numbersToText, textToNumbers } from "./tokenText.js";

/**
 * A view with numbers of texts in place of texts. The first entry is its kind: 0 tokens, whose values are `[place, value, ...]`, 1 a text,
 * 2 an image, 3 a vector; words in its place would make the page a tenth larger.
 */
export type PackedView =
  | readonly [0, at: number, tokens: string, values: readonly number[]]
  | readonly [1, text: number, label?: number]
  | readonly [2, source: number, text: number, patch: readonly number[], label?: number]
  | readonly [3, values: readonly number[], label?: number];

/** Digits of the values of a context; that of the row itself is the example's own. */
const DIGITS = 3;

/** Calls a function with each text of a view. */
export function eachTextOfView(view: ExampleView, use: (text: string) => void): void {
  if (view.kind === "tokens") {
    for (const token of view.tokens) use(token);
    return;
  }
  if (view.kind === "image") use(view.source);
  if (view.kind !== "vector") use(view.text);
  if (view.label !== undefined) use(view.label);
}

/** Packs a view whose texts are in the table. */
export function packView(view: ExampleView, strings: StringTable): PackedView {
  const label = "label" in view && view.label !== undefined ? ([strings.of(view.label)] as const) : ([] as const);
  switch (view.kind) {
    case "tokens": {
      const values: number[] = [];
      view.values.forEach((value, place) => {
        if (value !== 0) values.push(place, Number(value.toPrecision(DIGITS)));
      });
      return [0, view.at, numbersToText(view.tokens.map(strings.of)), values];
    }
    case "text":
      return [1, strings.of(view.text), ...label];
    case "image":
      return [2, strings.of(view.source), strings.of(view.text), (view.patch ?? []).map(rounded), ...label];
    case "vector":
      return [3, view.values.map(rounded), ...label];
  }
}

/** The view of a packed one. */
export function unpackView(packed: PackedView, texts: readonly string[]): ExampleView {
  const text = (number: number): string => texts[number] as string;
  const labelled = (label: number | undefined) => (label === undefined ? {} : { label: text(label) });
  switch (packed[0]) {
    case 0: {
      const [, at, numbers, sparse] = packed;
      const tokens = textToNumbers(numbers).map(text);
      const values = tokens.map(() => 0);
      for (let i = 0; i < sparse.length; i += 2) values[sparse[i] as number] = sparse[i + 1] as number;
      return { kind: "tokens", tokens, values, at };
    }
    case 1:
      return { kind: "text", text: text(packed[1]), ...labelled(packed[2]) };
    case 2: {
      const [, source, shown, patch, label] = packed;
      const [left, top, width, height] = patch as [number, number, number, number];
      const outline = patch.length === 0 ? {} : { patch: [left, top, width, height] as const };
      return { kind: "image", source: text(source), text: text(shown), ...outline, ...labelled(label) };
    }
    case 3:
      return { kind: "vector", values: packed[1], ...labelled(packed[2]) };
  }
}
