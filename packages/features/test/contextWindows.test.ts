import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContextWindow, contextWindows } from "../src/index.js";
import { originFrom } from "./support/planted.js";

async function windowsOf(
  arrays: Parameters<typeof originFrom>[0],
  rows: readonly number[],
  size: { readonly before: number; readonly after: number },
): Promise<readonly ContextWindow[]> {
  const found: ContextWindow[] = [];
  const total = arrays.tokens?.length as number;
  await contextWindows(originFrom(arrays), Int32Array.from(rows), total, (i, window) => (found[i] = window), size);
  return found;
}

describe("contextWindows", () => {
  it("counts by positions: a row that is missing is a gap, not the next word", async () => {
    // "the cat [dropped] on a mat": position 2 was left out of the harvest.
    const arrays = { tokens: [10, 11, 13, 14, 15], documents: [0, 0, 0, 0, 0], positions: [0, 1, 3, 4, 5] };
    const [window] = await windowsOf(arrays, [2], { before: 2, after: 1 });
    expect(window).toEqual({ rows: [1, -1, 2, 3], tokens: [11, -1, 13, 14], at: 2 });
  });

  it("keeps within the document", async () => {
    const arrays = { tokens: [1, 2, 3, 4, 5], documents: [0, 0, 7, 7, 8] };
    const found = await windowsOf(arrays, [1, 2, 4], { before: 3, after: 3 });
    expect(found.map(({ rows, at }) => [rows, at])).toEqual([
      [[0, 1], 1],
      [[2, 3], 0],
      [[4], 0],
    ]);
  });

  it("ends where positions begin anew, though the document goes on", async () => {
    const arrays = { tokens: [1, 2, 3, 4], documents: [0, 0, 0, 0], positions: [0, 1, 0, 1] };
    const [window] = await windowsOf(arrays, [2], { before: 3, after: 3 });
    expect(window?.rows).toEqual([2, 3]);
  });

  it("is what a search through all rows gives, whichever rows are left out", async () => {
    const documents = fc.array(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(documents, fc.nat(6), fc.nat(4), async (texts, before, after) => {
        const all = texts.flatMap((text, document) =>
          text.flatMap((isKept, position) => (isKept ? [{ document, position, token: 31 * document + position }] : [])),
        );
        const arrays = {
          tokens: all.map(({ token }) => token),
          documents: all.map(({ document }) => document),
          positions: all.map(({ position }) => position),
        };
        const found = await windowsOf(arrays, [...all.keys()], { before, after });
        all.forEach(({ document, position, token }, row) => {
          const near = all.filter(
            (one) => one.document === document && one.position >= position - before && one.position <= position + after,
          );
          const window = found[row] as ContextWindow;
          expect(window.tokens.filter((one) => one >= 0)).toEqual(near.map((one) => one.token));
          expect(window.tokens[window.at]).toBe(token);
          expect(window.rows[window.at]).toBe(row);
          // A gap stands exactly where positions jump.
          window.tokens.forEach((one, i) => {
            const [left, right] = [window.tokens[i - 1], window.tokens[i + 1]];
            if (one < 0) expect((right as number) - (left as number)).toBeGreaterThan(1);
            else if (right !== undefined && right >= 0) expect(right - one).toBe(1);
          });
        });
      }),
    );
  });
});
