import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Example, printsAs, readExamples } from "./readExamples.js";

const root = join(import.meta.dirname, "../..");
// Below docs, so that the packages resolve.
const folder = join(import.meta.dirname, "../.examples");

const documents = [
  "README.md",
  ...filesOf("packages", (name) => `packages/${name}/README.md`),
  ...filesOf("docs/guide", (name) => `docs/guide/${name}`),
].filter((path) => existsSync(join(root, path)));

const examples = documents.flatMap((path) => readExamples(readFileSync(join(root, path), "utf8"), path));

function filesOf(parent: string, path: (name: string) => string): string[] {
  return readdirSync(join(root, parent)).sort().map(path);
}

describe("examples of the documents", () => {
  const errors = new Map<string, string[]>();

  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const files = examples.map(fileOf);
    for (const [i, example] of examples.entries()) writeFileSync(files[i] as string, example.code);
    const program = ts.createProgram(
      files.filter((file) => file.endsWith(".mts")),
      {
        target: ts.ScriptTarget.ES2022,
        lib: ["lib.es2023.d.ts"],
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        moduleDetection: ts.ModuleDetectionKind.Force,
        strict: true,
        skipLibCheck: true,
        types: ["node"],
      },
    );
    program.emit();
    for (const { file, messageText } of ts.getPreEmitDiagnostics(program)) {
      const list = errors.get(file?.fileName ?? "") ?? [];
      errors.set(file?.fileName ?? "", [...list, ts.flattenDiagnosticMessageText(messageText, "\n")]);
    }
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(examples)("$name runs and prints what is documented", { timeout: 60_000 }, (example) => {
    const file = fileOf(example);
    expect(errors.get(file) ?? []).toEqual([]);
    const scratch = mkdtempSync(join(tmpdir(), "example-"));
    const program = file.replace(/\.mts$/, ".mjs");
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { cwd: scratch, encoding: "utf8" });
    rmSync(scratch, { recursive: true, force: true });
    expect(status, stderr).toBe(0);
    if (example.output !== undefined && !printsAs(stdout, example.output)) expect(stdout).toBe(example.output);
  });
});

describe("the READMEs of the packages", () => {
  it.each(documents.filter((path) => path.startsWith("packages/")))(
    "%s shows a runnable example under Usage",
    (path) => {
      expect(examples.some(({ name }) => name.startsWith(`${path}:`))).toBe(true);
    },
  );
});

function fileOf({ name, language }: Example): string {
  return join(folder, `${name.replace(/[^A-Za-z0-9]+/g, "-")}.m${language}`);
}
