import { describe, expect, it } from "vitest";
import { fixtureFolder } from "./support/fixtureFolder.js";
import { fuzzLayout, fuzzLayouts } from "./support/fuzz.js";

describe("1,000 damaged folders are refused with a FormatError or give what they hold", () => {
  it.each(fuzzLayouts)("$name", { timeout: 60_000 }, async (layout) => {
    const { passed, read, failures } = await fuzzLayout(layout, { count: 1000, seed: 3 }, fixtureFolder);
    expect(failures).toEqual([]);
    expect(passed).toBe(1000);
    // Damage to values leaves a dictionary, damage to headers none.
    expect(read).toBeGreaterThan(10);
    expect(read).toBeLessThan(990);
  });
});
