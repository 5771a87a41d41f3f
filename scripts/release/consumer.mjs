import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "./tool.mjs";

/** Installs the published packages with npm into an empty folder and uses them as a stranger would. */
export async function checkConsumer({ check }, packages, versions, scratch, registry) {
  const folder = join(scratch, "consumer");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  writeFileSync(join(folder, ".npmrc"), `@monosema:registry=${registry.url}\n`);
  const specifiers = packages.map(({ manifest: { name } }) =>
    name.startsWith("@")
      ? `${name}@${versions.get(name)}`
      : `${registry.url}${name}/-/${name}-${versions.get(name)}.tgz`,
  );
  const entries = packages.flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports).flatMap((path) => (path.endsWith(".json") ? [] : [name + path.slice(1)])),
  );

  await check("npm installs every published package into an empty folder", async () => {
    await tool("npm", ["install", "--no-audit", "--no-fund", ...specifiers], { cwd: folder });
  });
  for (const entry of entries) {
    await check(`${entry} imports in Node`, async () => {
      const code = `console.log(Object.keys(await import(${JSON.stringify(entry)})).length)`;
      return `${(await tool(process.execPath, ["--input-type=module", "--eval", code], { cwd: folder })).trim()} exports`;
    });
  }
  await check("the types of every package hold for a strict consumer that checks libraries too", async () => {
    const lines = entries.map((entry, i) => `export * as entry${i} from ${JSON.stringify(entry)};\n`);
    writeFileSync(join(folder, "types.ts"), lines.join(""));
    const strict = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "es2023", "--module", "nodenext"];
    await tool("npm", ["install", "--no-audit", "--no-fund", "--save-dev", "@types/node@20"], { cwd: folder });
    await tool("tsc", [...strict, "--types", "node", "types.ts"], { cwd: folder });
  });
  await check("one function bundles alone", () => checkBundle(folder));
  await check("the command line runs", async () => {
    const version = versions.get("monosema");
    const output = await tool(join(folder, "node_modules", ".bin", "monosema"), ["--version"], { cwd: folder });
    if (!output.includes(version)) throw new Error(`monosema --version prints ${version}, got ${output}`);
    return output.trim();
  });
}

const largestBundle = 16_384;

async function checkBundle(folder) {
  // Not at the top: this file is loaded before the workspace is installed.
  const { build } = await import("vite");
  writeFileSync(
    join(folder, "entry.js"),
    'import { random } from "@monosema/tensor";\n\nconsole.log(random(0).uniform());\n',
  );
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir: "bundle", lib: { entry: "entry.js", formats: ["es"], fileName: "bundle" } },
  });
  const size = readFileSync(join(folder, "bundle", "bundle.js")).length;
  if (size > largestBundle) throw new Error(`at most ${largestBundle} bytes are expected, got ${size}`);
  const value = Number(await tool(process.execPath, [join("bundle", "bundle.js")], { cwd: folder }));
  if (!(value >= 0 && value < 1)) throw new Error(`the bundle prints a number in [0, 1), got ${value}`);
  return `${size} bytes`;
}
