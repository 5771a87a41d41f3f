import { afterAll, describe, expect, it } from "vitest";
import { bundle } from "../lib/bundle.mjs";
import { readJson, workspaces } from "../lib/workspace.mjs";

/** What a page pays for one function: `{name: {from, kB}}`, kB of 1000 bytes in gzip. */
const budgets = Object.entries(readJson("scripts/bundles.json"));

const libraries = workspaces().filter(({ manifest }) => !manifest.private && manifest.exports["."] !== undefined);

/** Packages that no page needs: what they do is processes and files. */
const forNode = ["@monosema/runs", "@monosema/runs-bullmq", "@monosema/runs-slurm"];

/** Entries for pages: all but those of Node. */
const entries = libraries
  .filter(({ manifest }) => !forNode.includes(manifest.name))
  .flatMap(({ manifest }) => Object.keys(manifest.exports).map((path) => manifest.name + path.slice(1)))
  .filter((entry) => !/\/(node|package\.json)$/.test(entry));

describe("one function, bundled alone with esbuild", () => {
  const rows = [];
  afterAll(() => {
    const width = Math.max(...rows.map(([name]) => name.length));
    const line = ([name, minified, gzip, budget]) =>
      `${name.padEnd(width)}  ${minified.padStart(10)}  ${gzip.padStart(8)}  ${budget.padStart(8)}\n`;
    process.stdout.write([["function", "minified", "gzip", "budget"], ...rows].map(line).join(""));
  });

  it.each(budgets)("%s keeps its budget", async (name, { from, kB }) => {
    const { bytes, gzip } = await bundle(`export { ${name} } from "${from}";`);
    rows.push([`${name} of ${from}`, ...[bytes, gzip].map((size) => `${(size / 1000).toFixed(1)} kB`), `${kB} kB`]);
    expect(gzip / 1000).toBeLessThanOrEqual(kB);
    expect(gzip / 1000, "a budget that is far from the size says nothing: lower it").toBeGreaterThan(0.5 * kB);
  });
});

describe("an entry for pages bundles whole", () => {
  it.each(entries)("%s", async (entry) => {
    const { inputs } = await bundle(`export * from "${entry}";`);
    const engines = inputs.filter((file) => file.includes("@tensorflow"));
    if (!/\/tfjs-(wasm|cpu)$/.test(entry)) expect(engines).toEqual([]);
  });
});

it.each(libraries.map(({ manifest }) => [manifest.name, manifest]))(
  "%s names its main file, which Parcel goes by",
  (_, { main, types, exports }) => expect({ types, default: main }).toEqual(exports["."]),
);
