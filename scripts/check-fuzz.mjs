// Reads damaged files of every container (zip, npz, npy, safetensors, PyTorch) and damaged folders of every layout of dictionaries:
// `npm run check:fuzz -- [count] [seed] [part of a name]`, 100,000 of each and seed 1 where nothing is said. Each must be refused with a
// FormatError or give what it holds (packages/tensor/test/support/plainReading.ts, packages/formats/test/support/fuzz.ts).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root } from "./lib/workspace.mjs";

const [count, seed] = [process.argv[2] ?? 100_000, process.argv[3] ?? 1].map(Number);
const part = process.argv[4] ?? "";
const step = 1000;
const at = (...path) => join(root, "packages", ...path);
const work = mkdtempSync(join(tmpdir(), "check-fuzz-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const { fuzz, fuzzTargets } = await bundled(at("tensor", "test/support/fuzz.ts"), "containers");
const { fuzzLayout, fuzzLayouts } = await bundled(at("formats", "test/support/fuzz.ts"), "layouts");
const bytesOf = (path) => new Uint8Array(readFileSync(path));
const fixture = (file) => bytesOf(at("tensor", "test/fixtures", file));
const folder = (name) => {
  const path = at("formats", "test/fixtures", name);
  const names = readdirSync(path).filter((file) => file !== "expected.json");
  return Object.fromEntries(names.map((file) => [file, bytesOf(join(path, file))]));
};

const runs = [
  ...fuzzTargets.map((target) => [target.name, (range) => fuzz(target, range, fixture)]),
  ...fuzzLayouts.map((layout) => [layout.name, (range) => fuzzLayout(layout, range, folder)]),
];
let passed = 0;
let failed = 0;
for (const [name, run] of runs.filter(([name]) => name.includes(part))) {
  const began = performance.now();
  let read = 0;
  for (let first = 0; first < count; first += step) {
    const report = await run({ first, count: Math.min(step, count - first), seed });
    passed += report.passed;
    failed += report.failures.length;
    read += report.read;
    for (const failure of report.failures) console.log(failure);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${name}: ${count} damaged, ${read} opened, in ${seconds} s`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** A module of tests and all that it imports, in one file. */
async function bundled(entry, name) {
  const outfile = join(work, `${name}.mjs`);
  await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outfile });
  return await import(pathToFileURL(outfile).href);
}
