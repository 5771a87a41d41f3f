// Runs the reference-vector tests, `packages/*/test/vectors.<name>.test.ts`, on the files of `MONOSEMA_VECTORS` or of the
// shared folder: `<name>.json`, or every `<name>/*.json`. A file without a test is named and counted as skipped; running
// nothing is a failure.
import { join } from "node:path";
import { filesUnder, vectorsFolder } from "./lib/fingerprint.mjs";
import { prepare } from "./lib/prepare.mjs";
import { pairVectors } from "./lib/vectorRunners.mjs";
import { runTests } from "./lib/vitest.mjs";
import { root, workspaces } from "./lib/workspace.mjs";

const none = { passed: 0, skipped: 0, failures: [] };

process.exitCode = report((await prepare()) === 0 ? await vectors() : { ...none, failures: ["set-up or build"] });

async function vectors() {
  const folder = vectorsFolder();
  const files = filesUnder(folder).flatMap(({ file }) => (file.endsWith(".json") ? [file] : []));
  const tests = workspaces().flatMap(({ folder }) =>
    filesUnder(join(root, folder, "test")).map(({ file }) => `${folder}/test/${file}`),
  );
  const { runners, unread } = pairVectors(files, tests);

  const env = { MONOSEMA_VECTORS: folder };
  const { passed, skipped, failures } = runners.length > 0 ? await runTests(runners, "vectors", env) : none;
  for (const file of unread) process.stdout.write(`skipped ${file}: no test reads it yet\n`);
  const idle = passed === 0 && failures.length === 0;
  const nothing = `no test was run on ${folder} (${files.length} JSON files there)`;
  return { passed, skipped: skipped + unread.length, failures: idle ? [nothing] : failures };
}

function report({ passed, skipped, failures }) {
  for (const failure of failures) process.stdout.write(`failed ${failure}\n`);
  process.stdout.write(`${passed} passed, ${failures.length} failed, ${skipped} skipped\n`);
  return failures.length === 0 ? 0 : 1;
}
