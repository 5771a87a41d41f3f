import { contextWindows } from "../origin/contextWindows.js";
import type { RowOrigin } from "../origin/rowOrigin.js";
import type { Rule } from "./rule.js";

/** What rules are tested on. */
export interface RuleSources {
  /** Rows that were read, ascending. */
  readonly rows: Int32Array;
  /** Rows of the activations. */
  readonly totalRows: number;
  /** Where they come from. */
  readonly origin?: RowOrigin;
  /** Texts of tokens by their ids. */
  readonly vocabulary?: ReadonlyMap<number, string>;
  /** Label of a row. */
  readonly label?: (row: number) => string | undefined;
}

/** Tokens before a token that a rule of its context sees. */
const BEFORE = 32;
/** Rows whose texts are held at a time. */
const BLOCK = 2 ** 14;

/**
 * The rows that each rule describes, ascending. A context is the 32 tokens before and the token itself, a missing one an ellipsis.
 *
 * @throws RangeError for a rule on tokens or labels that are not known
 */
export async function describedRows(
  rules: readonly Rule[],
  { rows, totalRows, origin, vocabulary, label }: RuleSources,
): Promise<readonly Int32Array[]> {
  refuseUnknown(rules, origin?.tokens !== undefined && vocabulary !== undefined, label !== undefined);
  const found = rules.map((): number[] => []);
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.subarray(start, start + BLOCK);
    const contexts = await textsOf(rules, block, totalRows, origin, vocabulary);
    rules.forEach(({ of, holds }, i) => {
      const texts: (row: number, at: number) => string | undefined =
        of === "label" ? (row) => label?.(row) : (_, at) => contexts[of][at];
      block.forEach((row, at) => {
        const text = texts(row, at);
        if (text !== undefined && holds(text)) found[i]?.push(row);
      });
    });
  }
  return found.map((own) => Int32Array.from(own));
}

/** Token and context of each row, as far as rules look at them. */
async function textsOf(
  rules: readonly Rule[],
  rows: Int32Array,
  totalRows: number,
  origin: RowOrigin | undefined,
  vocabulary: ReadonlyMap<number, string> | undefined,
): Promise<Readonly<Record<"token" | "context", readonly string[]>>> {
  const texts: Record<"token" | "context", string[]> = { token: [], context: [] };
  if (origin === undefined || rules.every(({ of }) => of === "label")) return texts;
  const textOf = (token: number): string => (token < 0 ? "…" : (vocabulary?.get(token) ?? ""));
  const before = rules.some(({ of }) => of === "context") ? BEFORE : 0;
  await contextWindows(
    origin,
    rows,
    totalRows,
    (i, { tokens, at }) => {
      texts.token[i] = textOf(tokens[at] as number);
      texts.context[i] = tokens.map(textOf).join("");
    },
    { before, after: 0 },
  );
  return texts;
}

function refuseUnknown(rules: readonly Rule[], hasTokens: boolean, hasLabels: boolean): void {
  const without = rules.find(({ of }) => (of === "label" ? !hasLabels : !hasTokens));
  if (without === undefined) return;
  const needed = without.of === "label" ? "labels of the rows" : "tokens of the rows and their texts";
  throw new RangeError(
    `rule: ${JSON.stringify(without.text)} needs ${needed}, got none; give them, or write another rule`,
  );
}
