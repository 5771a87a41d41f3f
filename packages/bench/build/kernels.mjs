// Compiles the AssemblyScript kernels into a TypeScript module that holds the WebAssembly as base64, so that no bundler and no server
// has to find a .wasm file. Skipped where neither source nor compiler has changed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = readFileSync(join(root, "kernels", "index.ts"), "utf8");
const target = join(root, "src", "generated", "wasm.ts");
const flags = ["-O3", "--runtime", "stub", "--importMemory", "--noExportMemory", "--noAssert", "--enable", "simd"];
const memory = ["--initialMemory", "1", "--maximumMemory", "65536"];

const digest = createHash("sha256").update(source);
for (const name of ["build/kernels.mjs", "node_modules/assemblyscript/package.json"]) {
  digest.update(readFileSync(join(root, name), "utf8"));
}
const stamp = `// Built from sources with the hash ${digest.digest("hex")}.\n`;
if (!existsSync(target) || !readFileSync(target, "utf8").startsWith(stamp)) await build();

async function build() {
  const { default: asc } = await import("assemblyscript/asc");
  let wasm;
  const { error, stderr } = await asc.main(["index.ts", ...flags, ...memory, "--outFile", "out.wasm"], {
    readFile: (name) => (name === "index.ts" ? source : null),
    writeFile: (_, content) => {
      wasm = content;
    },
    listFiles: () => [],
  });
  if (error) {
    console.error(`kernels: index.ts must compile, got\n${stderr.toString()}`);
    process.exit(1);
  }
  const text = `/** WebAssembly in base64. */\nexport const wasm: string =\n  "${Buffer.from(wasm).toString("base64")}";\n`;
  mkdirSync(join(root, "src", "generated"), { recursive: true });
  writeFileSync(target, stamp + text);
}
