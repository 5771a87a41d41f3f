import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readReport } from "./reports.mjs";
import { run } from "./run.mjs";

/** Runs test files, paths relative to the root, with vitest itself (nothing cached) and gives `{passed, skipped, failures}`. */
export async function runTests(files, name, env = {}) {
  const scratch = mkdtempSync(join(tmpdir(), "tests-"));
  const report = join(scratch, "report.json");
  try {
    const args = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const { status } = await run("vitest", ["run", ...files, ...args], { env });
    const { passed, skipped, failures } = readReport(report, name);
    const silent = status !== 0 && failures.length === 0;
    return { passed, skipped, failures: silent ? [`${name}: vitest ended with status ${status}`] : failures };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
