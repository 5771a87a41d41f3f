import fc from "fast-check";
import { expect, it } from "vitest";
import { type PythonLiteral, parsePythonLiteral } from "../src/io/pythonLiteral.js";

/** The literal as Python's repr writes it. */
function repr(value: PythonLiteral): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return value.includes("'") ? `"${value}"` : `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(repr).join(", ")}]`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(", ")}}`;
  const items = (value as { tuple: readonly PythonLiteral[] }).tuple.map(repr);
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
}

/** Strings that repr writes without escapes. */
const plain = fc
  .string({ maxLength: 8 })
  .filter((text) => !/[\\\n\r]/.test(text) && !(text.includes("'") && text.includes('"')));
const { literal } = fc.letrec<{ literal: PythonLiteral }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(plain, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("literal"), { maxLength: 3 }),
    fc.array(tie("literal"), { maxLength: 3 }).map((tuple) => ({ tuple })),
    fc
      .uniqueArray(fc.tuple(plain, tie("literal")), { maxLength: 3, selector: ([key]) => key })
      .map((pairs) => new Map(pairs)),
  ),
}));

it("reads every literal that Python writes", () => {
  fc.assert(
    fc.property(literal, (value) => {
      expect(parsePythonLiteral(repr(value))).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

it("reads it with any spaces and a trailing comma, and refuses what comes after it", () => {
  fc.assert(
    fc.property(literal, fc.constantFrom("x", ")", "1", "'"), (value, more) => {
      expect(parsePythonLiteral(` [\n${repr(value)}\t, ] `)).toEqual([value]);
      expect(() => parsePythonLiteral(`[${repr(value)}]${more}`)).toThrow(SyntaxError);
    }),
  );
});

it("gives a SyntaxError, and nothing else, for any other text", () => {
  const damaged = fc.tuple(literal.map(repr), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, noise]) => {
    const where = at % (text.length + 1);
    return text.slice(0, where) + noise + text.slice(where + 1);
  });
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), damaged, fc.constantFrom("(".repeat(100), "[".repeat(1e5), "__import__('os')", "1.5")),
      (text) => {
        try {
          parsePythonLiteral(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
