// The tests of the package in the working folder, with a JSON report in its `reports`; arguments go to vitest.
import { run } from "./lib/run.mjs";
import { vitestOptions } from "./lib/vitest.mjs";

const options = vitestOptions("reports/vitest.json");
process.exitCode = (await run("vitest", ["run", ...options, ...process.argv.slice(2)], { cwd: process.cwd() })).status;
