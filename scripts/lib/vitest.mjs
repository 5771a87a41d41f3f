import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReport } from "./reports.mjs";
import { run } from "./run.mjs";

/**
 * Options of every run of vitest here: a JSON report beside the usual output, and limits that a busy machine of two cores
 * does not reach.
 */
export function vitestOptions(report) {
  const limits = ["--testTimeout=60000", "--hookTimeout=60000"];
  return ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...limits];
}

/** Runs test files, paths relative to the root, with vitest itself (nothing cached) and gives `{passed, skipped, failures, idle}`. */
export async function runTests(files, name, env = {}) {
  const scratch = mkdtempSync(join(tmpdir(), "tests-"));
  const report = join(scratch, "report.json");
  try {
    const { status } = await run("vitest", ["run", ...files, ...vitestOptions(report)], { env });
    const result = readReport(report, name);
    const silent = status !== 0 && result.failures.length === 0;
    return silent ? { ...result, failures: [`${name}: vitest ended with status ${status}`] } : result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
