// Reads damaged zip, npz and PyTorch files: `npm run check:fuzz -- [count] [seed]`, 100,000 files of seed 1 where nothing is said. Each
// must be refused with a FormatError or give the values of the undamaged file.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./lib/workspace.mjs";

const [count, seed] = [process.argv[2] ?? 100_000, process.argv[3] ?? 1].map(Number);
const support = join(root, "packages/tensor/test");
const work = mkdtempSync(join(tmpdir(), "check-fuzz-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
const outfile = join(work, "fuzz.mjs");
await build({
  entryPoints: [join(support, "support/fuzz.ts")],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile,
});
const { fuzz, fuzzTargets } = await import(pathToFileURL(outfile).href);

const load = (file) => new Uint8Array(readFileSync(join(support, "fixtures", file)));
const each = Math.ceil(count / fuzzTargets.length);
const step = 1000;
let passed = 0;
let failed = 0;
for (const target of fuzzTargets) {
  for (let first = 0; first < each; first += step) {
    const report = await fuzz(target, { first, count: Math.min(step, each - first), seed }, load);
    passed += report.passed;
    failed += report.failures.length;
    for (const failure of report.failures) console.log(failure);
    if ((first / step) % 10 === 0) console.log(`${target.name}: ${first + report.passed} of ${each} files`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
