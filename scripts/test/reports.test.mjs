import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readReport, sum } from "../lib/reports.mjs";
import { root } from "../lib/workspace.mjs";

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reports-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function read(report) {
  const path = join(folder, "vitest.json");
  writeFileSync(path, typeof report === "string" ? report : JSON.stringify(report));
  return readReport(path, "sdl");
}

const file = (status, assertionResults, message = "") => ({
  name: join(root, "packages/sdl/test/a.test.ts"),
  status,
  assertionResults,
  message,
});
const totals = (passed, failed, pending) => ({
  numPassedTests: passed,
  numPendingTests: pending,
  numTodoTests: 0,
  numTotalTests: passed + failed + pending,
});

it("counts passed and skipped tests", () => {
  const { passed, skipped, failures } = read({ ...totals(2, 0, 1), testResults: [file("passed", [])] });
  expect({ passed, skipped, failures }).toEqual({ passed: 2, skipped: 1, failures: [] });
});

it("names files of which every test was skipped", () => {
  const [passed, skipped] = ["passed", "skipped"].map((status) => ({ status, fullName: "a", failureMessages: [] }));
  const one = { ...totals(1, 0, 1), testResults: [file("passed", [passed, skipped])] };
  expect(read(one).idle).toEqual([]);
  const none = { ...totals(0, 0, 1), testResults: [file("passed", [skipped])] };
  expect(read(none).idle).toEqual(["packages/sdl/test/a.test.ts"]);
});

it("names each failed test with the first line of its message", () => {
  const failed = { status: "failed", fullName: "l1 is zero", failureMessages: ["expected 1 to be 0\n  at a.test.ts"] };
  const { passed, failures } = read({ ...totals(1, 1, 0), testResults: [file("failed", [failed])] });
  expect(passed).toBe(1);
  expect(failures).toEqual(["sdl: packages/sdl/test/a.test.ts > l1 is zero: expected 1 to be 0"]);
});

it("says so when a test ran out of time", () => {
  const failed = { status: "failed", fullName: "l1 ends", failureMessages: ["Error: STACK_TRACE_ERROR\n  at task"] };
  const { failures } = read({ ...totals(0, 1, 0), testResults: [file("failed", [failed])] });
  expect(failures).toEqual(["sdl: packages/sdl/test/a.test.ts > l1 ends: timed out"]);
});

it("counts a file that failed to load as one failure", () => {
  const { failures } = read({ ...totals(0, 0, 0), testResults: [file("failed", [], "Cannot find module './b.js'")] });
  expect(failures).toEqual(["sdl: packages/sdl/test/a.test.ts: Cannot find module './b.js'"]);
});

it.each([
  ["a report without a test", { ...totals(0, 0, 0), testResults: [] }, "no test was run"],
  ["an unreadable report", "{", "unreadable test report"],
])("counts %s as one failure", (_, report, message) => {
  const { passed, failures } = read(report);
  expect(passed).toBe(0);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain(message);
});

it("counts a missing report as one failure", () => {
  expect(readReport(join(folder, "absent.json"), "sdl").failures).toEqual(["sdl: no test report"]);
});

it("sums results", () => {
  const one = { passed: 1, skipped: 2, failures: ["a"] };
  const two = { passed: 3, skipped: 0, failures: ["b", "c"] };
  expect(sum([one, two])).toEqual({ passed: 4, skipped: 2, failures: ["a", "b", "c"] });
});
