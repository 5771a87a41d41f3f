import type { ExampleView } from "../../exampleView.js";
import type { StringTable } from "./stringTable.js";
import { numbersToText, textToNumbers } from "./tokenText.js";

/** A view with numbers of texts in place of texts; the first entry is its kind. Values of tokens are `[place, value, ...]`. */
export type PackedView =
  | readonly ["tokens", at: number, tokens: string, values: readonly number[]]
  | readonly ["text", text: number, label?: number]
  | readonly ["image", source: number, text: number, patch: readonly number[], label?: number]
  | readonly ["vector", values: readonly number[], label?: number];

/** The texts of a view. */
export function textsOfView(view: ExampleView): readonly string[] {
  const label = "label" in view && view.label !== undefined ? [view.label] : [];
  switch (view.kind) {
    case "tokens":
      return view.tokens;
    case "text":
      return [view.text, ...label];
    case "image":
      return [view.source, view.text, ...label];
    case "vector":
      return label;
  }
}

/** Packs a view whose texts are in the table. */
export function packView(view: ExampleView, strings: StringTable): PackedView {
  const label = "label" in view && view.label !== undefined ? ([strings.of(view.label)] as const) : ([] as const);
  switch (view.kind) {
    case "tokens": {
      const values = view.values.flatMap((value, place) => (value === 0 ? [] : [place, value]));
      return ["tokens", view.at, numbersToText(view.tokens.map(strings.of)), values];
    }
    case "text":
      return ["text", strings.of(view.text), ...label];
    case "image":
      return ["image", strings.of(view.source), strings.of(view.text), view.patch ?? [], ...label];
    case "vector":
      return ["vector", view.values, ...label];
  }
}

/** The view of a packed one. */
export function unpackView(packed: PackedView, texts: readonly string[]): ExampleView {
  const text = (number: number): string => texts[number] as string;
  const labelled = (label: number | undefined) => (label === undefined ? {} : { label: text(label) });
  switch (packed[0]) {
    case "tokens": {
      const [kind, at, numbers, sparse] = packed;
      const tokens = textToNumbers(numbers).map(text);
      const values = tokens.map(() => 0);
      for (let i = 0; i < sparse.length; i += 2) values[sparse[i] as number] = sparse[i + 1] as number;
      return { kind, tokens, values, at };
    }
    case "text":
      return { kind: "text", text: text(packed[1]), ...labelled(packed[2]) };
    case "image": {
      const [kind, source, shown, patch, label] = packed;
      const [left, top, width, height] = patch as [number, number, number, number];
      const outline = patch.length === 0 ? {} : { patch: [left, top, width, height] as const };
      return { kind, source: text(source), text: text(shown), ...outline, ...labelled(label) };
    }
    case "vector":
      return { kind: "vector", values: packed[1], ...labelled(packed[2]) };
  }
}
