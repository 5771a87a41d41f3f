import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/workspace.mjs";
import { checkInstalls } from "./installs.mjs";
import { tool } from "./tool.mjs";

/** Installs the published packages with npm into a folder as npm makes it and uses them as a stranger would. */
export async function checkConsumer({ check }, packages, versions, scratch, registry) {
  const folder = join(scratch, "consumer");
  const npmrc = `@monosema:registry=${registry.url}\n`;
  mkdirSync(folder);
  await tool("npm", ["init", "-y"], { cwd: folder });
  writeFileSync(join(folder, ".npmrc"), npmrc);
  const specifierOf = (name) =>
    name.startsWith("@")
      ? `${name}@${versions.get(name)}`
      : `${registry.url}${name}/-/${name}-${versions.get(name)}.tgz`;
  const entries = packages.flatMap(({ manifest: { name, exports } }) =>
    Object.keys(exports).flatMap((path) => (path.endsWith(".json") ? [] : [name + path.slice(1)])),
  );

  await check("npm installs every published package into a new folder, without tfjs", async () => {
    const specifiers = packages.map(({ manifest: { name } }) => specifierOf(name));
    await tool("npm", ["install", "--no-audit", "--no-fund", ...specifiers], { cwd: folder });
    if (existsSync(join(folder, "node_modules", "@tensorflow"))) throw new Error("tfjs came along");
  });
  for (const entry of entries) {
    await check(`${entry} imports in Node`, async () => {
      const code = `console.log(Object.keys(await import(${JSON.stringify(entry)})).length)`;
      return `${(await tool(process.execPath, ["--input-type=module", "--eval", code], { cwd: folder })).trim()} exports`;
    });
  }
  await check("the first example of Get started runs there", () => checkFirstExample(folder));
  await check("the types of every package hold for a strict consumer that checks libraries too", async () => {
    const lines = entries.map((entry, i) => `export * as entry${i} from ${JSON.stringify(entry)};\n`);
    writeFileSync(join(folder, "types.mts"), lines.join(""));
    const strict = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "es2023", "--module", "nodenext"];
    await tool("npm", ["install", "--no-audit", "--no-fund", "--save-dev", "@types/node@20"], { cwd: folder });
    await tool("tsc", [...strict, "--types", "node", "types.mts"], { cwd: folder });
  });
  await check("one function bundles alone", () => checkBundle(folder));
  await check("the command line runs", async () => {
    const version = versions.get("monosema");
    const output = await tool(join(folder, "node_modules", ".bin", "monosema"), ["--version"], { cwd: folder });
    if (!output.includes(version)) throw new Error(`monosema --version prints ${version}, got ${output}`);
    return output.trim();
  });
  await check("the command line says how to install tfjs, which it can do without", async () => {
    const program = join(folder, "node_modules", ".bin", "monosema");
    const output = await tool(program, ["bench", "--backend", "tfjs-wasm"], { cwd: folder }).catch(String);
    const wanted = "run npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-wasm";
    if (!output.includes(wanted)) throw new Error(`a message with "${wanted}" is expected, got ${output}`);
  });
  await checkInstalls({ check }, specifierOf, scratch, npmrc);
}

/** Does what the guide says: the name of the file, the program, what it prints. */
async function checkFirstExample(folder) {
  const guide = readFileSync(join(root, "docs", "guide", "get-started.md"), "utf8");
  const [, file] = /^node (\S+)$/m.exec(guide) ?? [];
  const [, program, printed] = /^```ts run\n(.*?)^```\n\n```text\n(.*?)^```/ms.exec(guide) ?? [];
  if (file === undefined || printed === undefined)
    throw new Error("the guide names a file and shows an example, got none");
  writeFileSync(join(folder, file), program);
  const output = await tool(process.execPath, [file], { cwd: folder });
  const last = printed.trim().split("\n").at(-1).split("…")[0];
  if (!output.includes(last)) throw new Error(`the example prints "${last}", got ${output}`);
  return output.trim().split("\n").at(-1);
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
  const [file] = ["bundle.js", "bundle.mjs"].map((name) => join(folder, "bundle", name)).filter(existsSync);
  const size = readFileSync(file).length;
  if (size > largestBundle) throw new Error(`at most ${largestBundle} bytes are expected, got ${size}`);
  writeFileSync(join(folder, "bundle.mjs"), readFileSync(file));
  const value = Number(await tool(process.execPath, ["bundle.mjs"], { cwd: folder }));
  if (!(value >= 0 && value < 1)) throw new Error(`the bundle prints a number in [0, 1), got ${value}`);
  return `${size} bytes`;
}
