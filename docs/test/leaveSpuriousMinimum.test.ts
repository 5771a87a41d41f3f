import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const program = join(import.meta.dirname, "../examples/leaveSpuriousMinimum.mjs");
const losses = (stdout: string): number[] => [...stdout.matchAll(/ loss (\d\.\d+) /g)].map(([, loss]) => Number(loss));

// Ten thousand steps, which take a few seconds.
it("shows a run that stays in a spurious minimum until it escapes, and then reaches zero", { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "0"], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("partial minimum true, spurious true");
  const [start, trained, more, escaped, ...after] = losses(stdout);
  expect([start, trained, more]).toEqual([0.25, 0.25, 0.25]);
  expect(escaped).toBeLessThan(0.13);
  expect(after.at(-1)).toBe(0);
});

it("refuses what is no number of seeds", () => {
  const { status, stderr } = spawnSync(process.execPath, [program, "many"], { encoding: "utf8" });
  expect(status).not.toBe(0);
  expect(stderr).toContain("seeds must be a whole number, got many");
});
