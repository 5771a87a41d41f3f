import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readJson, root, workspaces } from "../lib/workspace.mjs";

const biome = join(root, "node_modules", ".bin", "biome");
let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "import-rules-"));
  cpSync(join(root, ".gitignore"), join(folder, ".gitignore"));
  const { $schema, ...config } = readJson("biome.json");
  writeFileSync(join(folder, "biome.json"), JSON.stringify(config));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lint(files) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const { status, stdout, stderr } = spawnSync(biome, ["lint", "--colors=off", "."], { cwd: folder, encoding: "utf8" });
  return { status, text: stdout + stderr };
}

it("accepts imports of packages, of a package's own files, and of tfjs in packages/tensor", () => {
  const { status, text } = lint({
    "packages/sdl/src/terms/l1.ts": 'export * from "@monosema/tensor";\nexport * from "../model.js";\n',
    "packages/sdl/src/model.ts": "export const model = 1;\n",
    "packages/sdl/test/terms/l1.test.ts": 'export * from "../../src/terms/l1.js";\n',
    "packages/tensor/src/tfjs.ts": 'export * from "@tensorflow/tfjs-core";\n',
    "packages/simd/test/contract.test.ts": 'export * from "@monosema/tensor/contract";\n',
  });
  expect(text).not.toContain("noRestrictedImports");
  expect(status).toBe(0);
});

it.each([
  ["an import of tfjs outside packages/tensor", 'export * from "@tensorflow/tfjs-core";\n', "Only packages/tensor"],
  ["a dynamic import of tfjs", 'export const tf = await import("@tensorflow/tfjs");\n', "Only packages/tensor"],
  ["a deep import of tfjs", 'export * from "@tensorflow/tfjs-core/dist/ops/ops.js";\n', "Only packages/tensor"],
  ["a package's source by name", 'export * from "@monosema/tensor/src/random.js";\n', "what the package exports"],
  ["a package's build by name", 'export * from "@monosema/tensor/dist/random.js";\n', "what the package exports"],
  ["a package's source by path", 'export * from "../../tensor/src/random.js";\n', "what the package exports"],
  [
    "a package's source from the root",
    'export * from "../../../packages/tensor/src/a.js";\n',
    "what the package exports",
  ],
])("refuses %s", (_, source, message) => {
  for (const file of ["packages/sdl/src/planted.ts", "apps/cli/src/planted.ts"]) {
    const { status, text } = lint({ [file]: source });
    expect(status).toBe(1);
    expect(text).toContain(message);
    rmSync(join(folder, file));
  }
});

it("refuses a sibling's source in packages/tensor too", () => {
  const { status, text } = lint({
    "packages/tensor/src/planted.ts": 'export * from "../../numerics/src/matching/assignment.js";\n',
  });
  expect(status).toBe(1);
  expect(text).toContain("what the package exports");
});

it("refuses an import cycle", () => {
  const { status, text } = lint({
    "packages/sdl/src/a.ts": 'import { b } from "./b.js";\nexport const a = (): number => b();\n',
    "packages/sdl/src/b.ts": 'import { a } from "./a.js";\nexport const b = (): number => a();\n',
  });
  expect(status).toBe(1);
  expect(text).toContain("noImportCycles");
});

it("refuses an import cycle of types", () => {
  const { status, text } = lint({
    "packages/bench/src/a.ts": 'import type { B } from "./b.js";\nexport type A = B | 1;\n',
    "packages/bench/src/b.ts": 'import type { A } from "./a.js";\nexport interface B {\n  readonly a: A;\n}\n',
  });
  expect(status).toBe(1);
  expect(text).toContain("noImportCycles");
});

it.each([
  ["a solver", 'export * from "../minima/escapeGain.js";\n', "imports matrices and activations alone"],
  ["a check", 'export * from "../checkModel.js";\n', "imports matrices and activations alone"],
  ["another package", 'export * from "@monosema/tensor";\n', "imports matrices and activations alone"],
  ["numerics beyond matrices", 'import { multiply } from "@monosema/numerics";\nmultiply();\n', "plain products"],
])("refuses %s in the independent checker of certificates", (_, source, message) => {
  const { status, text } = lint({ "packages/theory/src/recheck/planted.ts": source });
  expect(status).toBe(1);
  expect(text).toContain(message);
});

it("accepts matrices, activations and its own files there", () => {
  const { status, text } = lint({
    "packages/theory/src/recheck/planted.ts":
      'import type { Mat } from "@monosema/numerics";\nimport { isTopK } from "../sigma.js";\nimport { rowNorm } from "./products.js";\nexport const f = (mat: Mat): unknown[] => [isTopK, rowNorm, mat];\n',
    "packages/theory/src/recheck/products.ts": "export const rowNorm = 1;\n",
    "packages/theory/src/sigma.ts": "export const isTopK = 1;\n",
  });
  expect(text).not.toContain("noRestrictedImports");
  expect(status).toBe(0);
});

const mayImport = {
  "@monosema/tensor": [],
  "@monosema/numerics": [],
  "@monosema/harvest": ["tensor"],
  "@monosema/runs": ["tensor"],
  "@monosema/runs-bullmq": ["runs"],
  "@monosema/runs-slurm": ["runs"],
  "@monosema/simd": ["tensor"],
  "@monosema/sdl": ["tensor", "numerics"],
  "@monosema/theory": ["numerics"],
  "@monosema/bench": ["tensor", "numerics"],
  "@monosema/anchoring": ["sdl", "tensor", "numerics"],
  "@monosema/formats": ["sdl", "tensor"],
  "@monosema/audit": ["theory", "sdl", "bench", "tensor", "numerics"],
  "@monosema/features": ["audit", "bench", "numerics", "sdl", "tensor"],
  "@monosema/experiments": ["anchoring", "audit", "bench", "numerics", "sdl", "simd", "tensor", "theory"],
};

it.each(workspaces().filter(({ folder }) => folder.startsWith("packages/")))(
  "$folder depends only on packages below it",
  ({ manifest }) => {
    const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies });
    const tested = ["@monosema/simd"]; // a backend that the suites of others run on, and that depends on tensor alone
    const counted = named.filter((name) => !(tested.includes(name) && name in (manifest.devDependencies ?? {})));
    const ours = counted.filter((name) => name.startsWith("@monosema/")).map((name) => name.slice("@monosema/".length));
    expect(mayImport[manifest.name], "a new package needs a row in this table").toBeDefined();
    expect(ours.filter((name) => !mayImport[manifest.name].includes(name))).toEqual([]);
  },
);
