// Writes the table of families and commands of docs/guide/other-programs.md from real runs of the command line: `npm run docs:families`.
// The test that it runs compares the table otherwise.
import { prepare } from "./lib/prepare.mjs";
import { runTests } from "./lib/vitest.mjs";

const prepared = (await prepare()) === 0;
const env = { MONOSEMA_WRITE_FAMILIES: "1" };
const { failures } = prepared
  ? await runTests(["apps/cli/test/familyTable.test.ts"], "families", env)
  : { failures: ["set-up or build"] };
for (const failure of failures) process.stdout.write(`failed ${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
