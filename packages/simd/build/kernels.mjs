// Compiles the AssemblyScript kernels into TypeScript modules that hold the WebAssembly as base64, so that no bundler and no
// server has to find a .wasm file: fused arithmetic or plain, shared memory or not. Beside them lie the names of the kernels and the
// layouts of the classes that they read, so that both are stated once. Skipped where no source has changed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layoutsOf } from "./layouts.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "kernels");
const unrolled = join(sources, "generated");
const target = join(root, "src", "generated");
const namesFile = join(target, "kernelNames.ts");
const layoutsFile = join(target, "layouts.ts");

// Static data of the kernels lie in the second half of the first 64 KiB, which the heap leaves alone; see src/control.ts.
const common = [
  ...["-O3", "--runtime", "stub", "--importMemory", "--noExportMemory", "--noAssert"],
  ...["--initialMemory", "64", "--maximumMemory", "65536", "--memoryBase", "32768"],
];
const builds = [
  { name: "relaxedShared", features: ["simd", "relaxed-simd", "threads"], flags: ["--sharedMemory"] },
  { name: "relaxedSingle", features: ["simd", "relaxed-simd"], flags: [] },
  { name: "plainShared", features: ["simd", "threads"], flags: ["--sharedMemory"] },
  { name: "plainSingle", features: ["simd"], flags: [] },
];

const stamp = `// Built from sources with the hash ${hash()}.\n`;
if (!inStep()) await buildAll();

async function buildAll() {
  for (const folder of [target, unrolled]) mkdirSync(folder, { recursive: true });
  const { microKernels } = await import("../kernels/micro.mjs");
  writeFileSync(join(unrolled, "micro.ts"), microKernels());
  let names = [];
  for (const { name, features, flags } of builds) {
    const wasm = await compile("index.ts", [...common, ...flags, "--enable", features.join(",")]);
    writeModule(name, wasm);
    if (name.startsWith("plain")) names = functionsOf(wasm);
  }
  writeModule("probe", await compile("probe.ts", [...common, "--enable", "simd,relaxed-simd"]));
  const union = names.map((name) => `\n  | "${name}"`).join("");
  writeFileSync(layoutsFile, layouts());
  writeFileSync(namesFile, `${stamp}/** Names of the kernels. */\nexport type KernelName =${union};\n`);
}

/** The classes of the kernels as layouts. */
function layouts() {
  const files = readdirSync(sources).filter((name) => name.endsWith(".ts"));
  return files.flatMap((file) => layoutsOf(file, readFileSync(join(sources, file), "utf8"))).join("\n");
}

async function compile(entry, flags) {
  let binary;
  const { default: asc } = await import("assemblyscript/asc");
  const { error, stderr } = await asc.main([entry, ...flags, "--outFile", "out.wasm"], {
    readFile: (name, folder) => {
      const path = join(sources, folder, name);
      return existsSync(path) ? readFileSync(path, "utf8") : null;
    },
    writeFile: (_, content) => {
      binary = content;
    },
    listFiles: () => [],
  });
  if (!error) return binary;
  console.error(`kernels: ${entry} must compile, got\n${stderr.toString()}`);
  process.exit(1);
}

function writeModule(name, wasm) {
  const text = `/** WebAssembly in base64. */\nexport const wasm: string =\n  "${Buffer.from(wasm).toString("base64")}";\n`;
  writeFileSync(join(target, `${name}.ts`), text);
}

function functionsOf(wasm) {
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm));
  return exported.filter(({ kind }) => kind === "function").map(({ name }) => name);
}

function inStep() {
  const files = [...builds.map(({ name }) => name), "probe"].map((name) => join(target, `${name}.ts`));
  return [...files, layoutsFile, namesFile].every(existsSync) && readFileSync(namesFile, "utf8").startsWith(stamp);
}

function hash() {
  const digest = createHash("sha256");
  const names = readdirSync(sources).filter((name) => /\.m?[jt]s$/.test(name));
  const compiler = join(root, "node_modules", "assemblyscript", "package.json");
  const scripts = ["kernels.mjs", "layouts.mjs"].map((name) => join(root, "build", name));
  for (const path of [...scripts, compiler, ...names.sort().map((name) => join(sources, name))]) {
    digest.update(`\n${readFileSync(path, "utf8")}`);
  }
  return digest.digest("hex");
}
