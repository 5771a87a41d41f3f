// The suites that need a real tfjs-node, and the reference vectors on it. Here a file that skips all its tests has failed.
import { join } from "node:path";
import { filesUnder } from "./lib/fingerprint.mjs";
import { run } from "./lib/run.mjs";
import { runTests } from "./lib/vitest.mjs";
import { root, workspaces } from "./lib/workspace.mjs";

const folder = await installTfjsNode();
const { passed, failures } = folder ? await suites(folder) : { passed: 0, failures: ["tfjs-node: installation"] };
for (const failure of failures) process.stdout.write(`failed ${failure}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

// The installer prints the folder, and nothing else, to standard output.
async function installTfjsNode() {
  const { status, stdout } = await run(process.execPath, [join("scripts", "ci-tfjs-node.mjs")], { output: "tee" });
  return status === 0 ? stdout.trim() : undefined;
}

async function suites(folder) {
  const files = workspaces().flatMap(({ folder }) =>
    filesUnder(join(root, folder, "test"))
      .map(({ file }) => `${folder}/test/${file}`)
      .filter((file) => file.endsWith(".node.test.ts") || /\/vectors\..*\.test\.ts$/.test(file)),
  );
  const env = { MONOSEMA_TFJS_NODE: folder, MONOSEMA_REQUIRE_TFJS_NODE: "1" };
  const { passed, failures, idle } = await runTests(files, "tfjs-node", env);
  return { passed, failures: [...failures, ...idle.map((file) => `tfjs-node: ${file} skipped every test`)] };
}
