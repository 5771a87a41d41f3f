// Sets up what is missing; builds, type-checks, tests, lints and builds the docs of everything, then says what failed and
// where to read more. The last line is `N passed, N failed` over all test reports; a failed task without a failed test
// counts as one.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fingerprint } from "./lib/fingerprint.mjs";
import { readReport, sum } from "./lib/reports.mjs";
import { turbo } from "./lib/run.mjs";
import { setup } from "./lib/setup.mjs";
import { readJson, root, workspaces } from "./lib/workspace.mjs";

const suites = [
  ...workspaces()
    .filter(({ manifest }) => manifest.scripts?.test)
    .map(({ folder, manifest }) => ({ task: `${manifest.name}#test`, folder })),
  { task: "//#test:scripts", folder: "." },
];
const summaries = join(root, ".turbo", "runs");

process.exitCode = report((await setup()) === 0 ? await check() : { passed: 0, skipped: 0, failures: ["set-up"] });

async function check() {
  for (const { folder } of suites) rmSync(reportOf(folder), { force: true });
  rmSync(summaries, { recursive: true, force: true });
  const tasks = ["build", "typecheck", "test", "docs", "//#test:scripts", "//#lint"];
  const { status } = await turbo([...tasks, "--continue", "--summarize", "--output-logs=new-only"], {
    env: { MONOSEMA_FINGERPRINT: fingerprint() },
  });

  const results = suites.map(({ task, folder }) => ({ task, ...readReport(reportOf(folder), task) }));
  const tested = new Set(results.filter(({ failures }) => failures.length > 0).map(({ task }) => task));
  const { passed, skipped, failures } = sum(results);
  const failed = failedTasks();
  for (const { task, code } of failed) {
    if (!tested.has(task)) failures.push(`${task} ended with status ${code}`);
  }
  if (status !== 0 && failures.length === 0) failures.push(`turbo ended with status ${status}`);
  return { passed, skipped, failures, logs: failed.map(({ task, log }) => `${task}: ${log ?? "above"}`) };
}

function report({ passed, skipped, failures, logs = [] }) {
  const list = (title, lines) =>
    lines.length > 0 ? `\n${title}:\n${lines.map((line) => `  ${line}\n`).join("")}` : "";
  process.stdout.write(list("Failed", failures) + list("Full output", logs));
  process.stdout.write(`${skipped > 0 ? `\n${skipped} skipped\n` : ""}${passed} passed, ${failures.length} failed\n`);
  return failures.length === 0 ? 0 : 1;
}

function reportOf(folder) {
  return join(root, folder, "reports", "vitest.json");
}

function failedTasks() {
  if (!existsSync(summaries)) return [];
  return readdirSync(summaries)
    .flatMap((name) => readJson(join(".turbo", "runs", name)).tasks)
    .filter(({ execution }) => execution && execution.exitCode !== 0)
    .map(({ taskId, logFile, execution }) => ({ task: taskId, log: logFile, code: execution.exitCode }));
}
