import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./workspace.mjs";

const nothing = { passed: 0, skipped: 0, idle: [] };

/**
 * What a JSON report of vitest says: `{passed, skipped, failures, idle}`, a failure being one line of text, and `idle` the
 * files of which every test was skipped. A missing or unreadable report, a file that failed to load, and a report without
 * any test are failures.
 */
export function readReport(path, name) {
  if (!existsSync(path)) return { ...nothing, failures: [`${name}: no test report`] };
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { ...nothing, failures: [`${name}: unreadable test report (${error.message})`] };
  }
  const failures = [];
  const idle = [];
  for (const file of report.testResults) {
    const path = relative(root, file.name);
    const where = `${name}: ${path}`;
    const failed = file.assertionResults.filter(({ status }) => status === "failed");
    for (const { fullName, failureMessages } of failed) {
      failures.push(`${where} > ${fullName}: ${firstLine(failureMessages.join("\n"))}`);
    }
    const ran = file.assertionResults.some(({ status }) => status === "passed" || status === "failed");
    if (!ran && file.status !== "failed") idle.push(path);
    if (file.status === "failed" && failed.length === 0) failures.push(`${where}: ${firstLine(file.message)}`);
  }
  if (report.numTotalTests === 0 && failures.length === 0) failures.push(`${name}: no test was run`);
  return { passed: report.numPassedTests, skipped: report.numPendingTests + report.numTodoTests, failures, idle };
}

/** Sum of several results of {@link readReport}. */
export function sum(results) {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    skipped: results.reduce((total, { skipped }) => total + skipped, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}

function firstLine(text) {
  // What the JSON report holds where a test ran out of time.
  if (text.startsWith("Error: STACK_TRACE_ERROR")) return "timed out";
  return text.trim().split("\n", 1)[0] || "failed outside a test";
}
