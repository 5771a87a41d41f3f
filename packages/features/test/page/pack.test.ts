import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Example, ExampleView, FeatureRecord } from "../../src/index.js";
import { eachText, packFeature, unpackFeature } from "../../src/page/pack/packFeature.js";
import { stringTable } from "../../src/page/pack/stringTable.js";
import { numbersToText, textToNumbers } from "../../src/page/pack/tokenText.js";
import { generatedDocument } from "../support/generatedDocument.js";

/** Any text, halves of surrogate pairs too. */
const text = fc.string({ unit: "binary", maxLength: 6 });

/** Values that rounding to three digits leaves alone. */
const value = fc.integer({ min: -999, max: 999 }).map((n) => n / 100);

const optional = fc.option(text, { nil: undefined });

const labelled = (label: string | undefined) => (label === undefined ? {} : { label });

const view: fc.Arbitrary<ExampleView> = fc.oneof(
  fc.array(fc.tuple(text, value), { minLength: 1, maxLength: 8 }).map(
    (entries): ExampleView => ({
      kind: "tokens",
      tokens: entries.map(([token]) => token),
      values: entries.map((entry) => entry[1] || 0),
      at: entries.length - 1,
    }),
  ),
  fc.tuple(text, optional).map(([shown, label]): ExampleView => ({ kind: "text", text: shown, ...labelled(label) })),
  fc.tuple(text, text, optional, fc.boolean()).map(
    ([source, shown, label, whole]): ExampleView => ({
      ...{ kind: "image", source, text: shown },
      ...(whole ? {} : { patch: [0, 0.25, 0.5, 0.125] as const }),
      ...labelled(label),
    }),
  ),
  fc
    .tuple(fc.array(value, { maxLength: 5 }), optional)
    .map(
      ([values, label]): ExampleView => ({ kind: "vector", values: values.map((one) => one || 0), ...labelled(label) }),
    ),
);

const example: fc.Arbitrary<Example> = fc
  .record(
    { row: fc.nat(), value, document: fc.nat(), position: fc.nat(), token: fc.nat(), view },
    { requiredKeys: ["row", "value"] },
  )
  .map((one) => ({ ...one, value: one.value || 0 }));

const throughJson = (record: FeatureRecord): FeatureRecord => {
  const strings = stringTable((use) => eachText(record, use));
  const texts = JSON.parse(JSON.stringify(strings.texts)) as string[];
  return unpackFeature(JSON.parse(JSON.stringify(packFeature(record, strings))), texts);
};

describe("packed records", () => {
  it("hold examples of every kind of view", () => {
    fc.assert(
      fc.property(fc.array(example), fc.array(example), (examples, inRange) => {
        const base = generatedDocument({ latents: 6 }).features[4] as FeatureRecord;
        const record = { ...base, examples, quantiles: [{ from: 0.25, to: 0.5, examples: inRange }] };
        const { examples: shown, quantiles } = throughJson(record);
        expect({ shown, quantiles }).toEqual({ shown: examples, quantiles: record.quantiles });
      }),
    );
  });

  it("hold all that a record may have, and no more than it has", () => {
    // Four digits; three for the values of a context.
    const digits = (entry: unknown, count: number): unknown =>
      typeof entry === "number" ? Number(entry.toPrecision(count)) : entry;
    const short = (key: string, entry: unknown): unknown =>
      key === "values" ? (entry as number[]).map((one) => digits(one, 3)) : digits(entry, key === "row" ? 16 : 4);
    for (const record of generatedDocument({ kinds: ["tokens", "text", "image"] }).features) {
      const expected = JSON.parse(JSON.stringify(record, short));
      expect(throughJson(record)).toEqual(expected);
      expect(Object.keys(throughJson(record)).sort()).toEqual(Object.keys(record).sort());
    }
  });
});

it("numbers as text keep each number, and no character that JSON or HTML escapes", () => {
  const numbers = Array.from({ length: 70_000 }, (_, i) => i);
  const packed = numbersToText(numbers);
  expect(textToNumbers(packed)).toEqual(numbers);
  expect(JSON.stringify(packed)).toHaveLength(packed.length + 2);
  expect(packed).not.toMatch(/[<\\"\u007f-\u009f]/);
});
