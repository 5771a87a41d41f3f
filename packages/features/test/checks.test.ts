import { referenceBackend } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectFeatures, describedRows, nameCheck, parseRule } from "../src/index.js";
import { compressed, drawnCodes, drawnModel, originFrom } from "./support/planted.js";

const backend = referenceBackend();
const vocabulary = new Map([" the", " The", " cat", "s", "!"].map((text, id) => [id, text]));

/** A text of drawn tokens in documents of seven. */
function drawn(seed: number, rows: number) {
  const tokens = Array.from({ length: rows }, (_, row) => (seed * 7 + row * row + (row >> 2)) % 5);
  return { tokens, documents: tokens.map((_, row) => Math.floor(row / 7)) };
}

describe("nameCheck", () => {
  it("counts over all rows what a loop over them counts", async () => {
    const rules = ["cat|s", "/^the$/i", "context: the cat", "label: a"];
    await fc.assert(
      fc.asyncProperty(fc.nat(500), fc.integer({ min: 1, max: 80 }), async (seed, rows) => {
        const { tokens, documents } = drawn(seed, rows);
        const dense = drawnCodes(seed, rows, 3);
        const labels = tokens.map((token) => (token > 2 ? "a" : token === 2 ? "b" : undefined));
        const origin = originFrom({ tokens, documents });
        const state = await collectFeatures(
          backend,
          drawnModel(0, 4, 3),
          [{ size: rows, codes: compressed(dense, 3, 0, rows) }],
          {
            watch: [2],
            entries: 5, // a sample must not matter
          },
        );
        const described = await describedRows(rules.map(parseRule), {
          rows: Int32Array.from({ length: rows }, (_, row) => row),
          ...{ totalRows: rows, origin, vocabulary },
          label: (row) => labels[row],
        });
        const textOf = (row: number): string => vocabulary.get(tokens[row] as number) as string;
        const contextOf = (row: number): string =>
          tokens
            .flatMap((_, other) => (other <= row && documents[other] === documents[row] ? textOf(other) : []))
            .join("");
        const holds = [
          (row: number) => /cat|s/.test(textOf(row)),
          (row: number) => /^the$/i.test(textOf(row).trim()),
          (row: number) => /the cat/.test(contextOf(row)),
          (row: number) => labels[row] === "a",
        ];
        const values = Array.from({ length: rows }, (_, row) => Math.abs(dense[row * 3 + 2] as number));
        const half = Math.max(...values) / 2;
        rules.forEach((rule, i) => {
          const all = [...values.keys()];
          const fits = holds[i] as (row: number) => boolean;
          const strong = all.filter((row) => (values[row] as number) > 0 && (values[row] as number) >= half);
          const own = all.filter(fits);
          const share = (part: readonly number[], whole: readonly number[]): number =>
            whole.length === 0 ? 0 : part.length / whole.length;
          expect(nameCheck(rule, state.watched[0] as never, described[i] as Int32Array, rows)).toMatchObject({
            rule,
            precision: share(strong.filter(fits), strong),
            coverage: share(
              own.filter((row) => (values[row] as number) > 0),
              own,
            ),
            base: own.length / rows,
            rows: strong.length,
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it("gives Wilson's interval", () => {
    const rows = Int32Array.from({ length: 10 }, (_, row) => row);
    const firings = { latent: 0, rows, values: new Float32Array(10).fill(1) };
    const { interval } = nameCheck("x", firings, rows.slice(0, 8), 100);
    // Its ends are the shares from which 8 of 10 is 1.96 standard deviations away.
    for (const share of interval)
      expect(Math.abs(0.8 - share) / Math.sqrt((share * (1 - share)) / 10)).toBeCloseTo(1.96, 4);
    expect(interval[0]).toBeLessThan(0.8);
    expect(interval[1]).toBeGreaterThan(0.8);
    const none = nameCheck("x", { latent: 0, rows: new Int32Array(), values: new Float32Array() }, rows, 100);
    expect(none).toMatchObject({ precision: 0, interval: [0, 1], coverage: 0, base: 0.1, rows: 0 });
  });
});

describe("parseRule", () => {
  it.each([
    ["(", "needs a regular expression"],
    ["", "needs a regular expression"],
    ["context:  ", "needs a regular expression"],
    ["label:", "needs a regular expression"],
    ["/x/q", "Invalid flags"],
  ])("refuses %s", (text, message) => {
    expect(() => parseRule(text)).toThrow(message);
  });

  it("tests the same text the same way twice, whatever the flags", () => {
    const { holds } = parseRule("/seem/gi");
    expect([holds(" Seems"), holds(" Seems"), holds("see")]).toEqual([true, true, false]);
  });

  it.each(["cat", "context: cat"])("%s needs tokens and their texts", async (rule) => {
    const sources = { rows: Int32Array.of(0), totalRows: 1, origin: originFrom({ documents: [0] }) };
    await expect(describedRows([parseRule(rule)], sources)).rejects.toThrow("needs tokens of the rows");
    await expect(describedRows([parseRule("label: a")], sources)).rejects.toThrow("needs labels");
  });
});
