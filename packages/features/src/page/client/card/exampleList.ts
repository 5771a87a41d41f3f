import type { ExampleView, TokenView } from "../../../exampleView.js";
import type { Example, FeatureRecord } from "../../../featureRecord.js";
import { h, s } from "../element.js";
import { figure, visible, whole } from "../format.js";

/** Examples of a feature, each of which opens to show its row and its values. */
export function exampleList({ max, documents }: FeatureRecord, examples: readonly Example[]): HTMLElement {
  return h(
    "ul",
    { class: "examples" },
    examples.map((example) => h("li", {}, exampleOf(example, max, documents))),
  );
}

function exampleOf(example: Example, max: number, documents: FeatureRecord["documents"]): HTMLElement {
  const { row, value, document, position, token, view } = example;
  const source = documents?.find((one) => one.document === document)?.source;
  const facts = [
    `row ${whole(row)}`,
    ...(document === undefined ? [] : [`document ${whole(document)}${source === undefined ? "" : ` (${source})`}`]),
    ...(position === undefined ? [] : [`position ${whole(position)}`]),
    ...(token === undefined ? [] : [`token ${whole(token)}`]),
  ];
  return h(
    "details",
    { class: "example" },
    h(
      "summary",
      {},
      h("span", { class: "value" }, figure(value)),
      view === undefined ? h("span", { class: "plain" }, facts.join(", ")) : shown[view.kind](view as never, max),
    ),
    h(
      "div",
      { class: "more" },
      h("p", {}, facts.join(", ")),
      view?.kind === "tokens" ? tokenValues(view) : undefined,
      view?.kind === "vector" ? h("p", {}, `Values: ${view.values.map(figure).join(", ")}`) : undefined,
      view?.kind === "image" && view.patch
        ? h(
            "p",
            {},
            `Patch: ${view.patch.map((part) => `${Math.round(100 * part)} %`).join(", ")} (left, top, width, height)`,
          )
        : undefined,
    ),
  );
}

/** How each kind of view is shown in a line. */
const shown: {
  readonly [K in ExampleView["kind"]]: (view: Extract<ExampleView, { kind: K }>, max: number) => HTMLElement;
} = {
  tokens: (view, max) =>
    h(
      "span",
      { class: "context" },
      view.tokens.map((_, i) => tokenMark(view, i, max)),
    ),
  text: ({ text, label }) => h("span", { class: "context" }, text, labelMark(label)),
  image: ({ source, text, patch, label }) =>
    h(
      "span",
      { class: "picture" },
      h("span", { class: "frame" }, h("img", { src: source, alt: text, loading: "lazy" }), patchOutline(patch)),
      h("span", { class: "caption" }, text, labelMark(label)),
    ),
  vector: ({ values, label }) => h("span", { class: "vector" }, strip(values), labelMark(label)),
};

const labelMark = (label: string | undefined): HTMLElement | undefined =>
  label === undefined ? undefined : h("span", { class: "label" }, label);

/** Strength of a token: nothing is left to colour alone, since the underline grows with it and the value is its title. */
function tokenMark({ tokens, values, at }: TokenView, i: number, max: number): HTMLElement | string {
  const text = visible(tokens[i] as string);
  const value = values[i] ?? 0;
  const own = i === at;
  if (value === 0 && !own) return i === 0 ? text.trimStart() : text;
  const strength = Math.min(1, Math.abs(value) / max);
  const level = value === 0 ? 0 : Math.max(1, Math.ceil(strength * LEVELS));
  return h(own ? "strong" : "span", { class: `t t${level}${own ? " own" : ""}`, title: figure(value) }, text);
}

/** Steps of strength; the style sheet has a colour and an underline for each. */
const LEVELS = 5;

function tokenValues({ tokens, values }: TokenView): HTMLElement {
  const firing = tokens.flatMap((token, i) => ((values[i] ?? 0) === 0 ? [] : [[token, values[i] as number] as const]));
  return h(
    "p",
    {},
    "Values: ",
    firing.map(([token, value], i) => [i === 0 ? "" : " · ", h("code", {}, visible(token)), ` ${figure(value)}`]),
  );
}

function patchOutline(patch: readonly number[] | undefined): SVGElement | undefined {
  if (patch === undefined) return undefined;
  const [x, y, width, height] = patch.map((part) => 100 * part) as [number, number, number, number];
  const box = { x, y, width, height, "vector-effect": "non-scaling-stroke" };
  return s(
    "svg",
    { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { ...box, class: "halo" }),
    s("rect", { ...box, class: "outline" }),
  );
}

/** Values as a strip of bars about a middle line. */
function strip(values: readonly number[]): SVGElement {
  const largest = Math.max(1e-12, ...values.map(Math.abs));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return s(
    "svg",
    {
      class: "strip",
      viewBox: `0 0 ${values.length} 2`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `${values.length} values from ${figure(low)} to ${figure(high)}`,
    },
    values.map((value, i) => {
      const size = Math.abs(value) / largest;
      return s("rect", {
        x: i,
        y: value < 0 ? 1 : 1 - size,
        width: 0.8,
        height: size,
        class: value < 0 ? "minus" : "plus",
      });
    }),
  );
}
