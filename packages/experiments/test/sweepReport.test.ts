import { expect, it } from "vitest";
import { runName, unbeatenRuns, variedOptions } from "../src/format.js";
import { type SweepDocument, type SweepRun, sweepReport } from "../src/report.js";

const run = (k: string, lr: string, fvu: number, l0: number): SweepRun => ({
  job: `${k}-${lr}`,
  params: { k, lr, latents: "64" },
  state: "done",
  metrics: { loss: 1, fvu, explainedVariance: 1 - fvu, l0, deadFraction: 0, denseFraction: 0 },
  heldOut: { rows: 50, fvu: fvu + 0.01, l0, deadFraction: 0 },
  ...{ samplesPerSecond: 1000, seconds: 2, attempts: 1, tier: null },
});

const document: SweepDocument = {
  ...{ command: "sweep", version: "1.0.0", seconds: 3, warnings: [], out: "/s", store: "/s" },
  backend: { name: "simd", detail: "simd", threads: 1 },
  ...{ planned: 4, done: 3, failed: 1 },
  rows: [
    run("4", "1e-3", 0.3, 4),
    run("8", "1e-3", 0.2, 8),
    run("8", "3e-3", 0.25, 8),
    { ...run("4", "3e-3", 1, 1), job: "x", state: "failed", attempts: 3, message: "became NaN" },
  ],
};

it("says what differs, which run is best, what failed and why", () => {
  expect(variedOptions(document.rows)).toEqual(["k", "lr"]);
  expect(runName(document.rows[1] as SweepRun, ["k", "lr"])).toBe("k 8, lr 1e-3");
  const page = sweepReport(document);
  expect(page).toContain("3 of 4 runs are done. The lowest fvu, 0.210 held out, has k 8, lr 1e-3");
  expect(page).toContain("k 4, lr 3e-3: became NaN");
  for (const plot of ["fvu by k", "L0 by lr", "dead latents, share by k"])
    expect(page).toContain(`aria-label="${plot}"`);
});

it("names the runs that no other beats in both active latents and error", () => {
  const [a, b, c] = document.rows as [SweepRun, SweepRun, SweepRun];
  expect(unbeatenRuns([c, b, a])).toEqual([a, b]);
  expect(unbeatenRuns([run("8", "1e-3", 0.3, 8), run("4", "1e-3", 0.2, 4)])).toMatchObject([{ params: { k: "4" } }]);
  expect(unbeatenRuns([])).toEqual([]);
});

it("a sweep of which nothing is done has a page", () => {
  const rows = document.rows.filter(({ state }) => state === "failed");
  expect(sweepReport({ ...document, rows })).toContain("0 of 1 runs are done.");
});
