import { describe, expect, it } from "vitest";
import { fixture } from "./support/fixtures.js";
import { fuzz, fuzzTargets } from "./support/fuzz.js";

describe("1,000 damaged files are refused with a FormatError or give the values of the undamaged one", () => {
  it.each(fuzzTargets)("$name", { timeout: 60_000 }, async (target) => {
    const { passed, read, failures } = await fuzz(target, { count: 1000, seed: 1 }, fixture);
    expect(failures).toEqual([]);
    expect(passed).toBe(1000);
    // Damage to what no reader needs, such as times and comments, is passed over: neither all nor none are refused.
    expect(read).toBeGreaterThan(10);
    expect(read).toBeLessThan(900);
  });
});
