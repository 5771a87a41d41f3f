// Proves that a page can be built with every common bundler: packs the packages, installs them and the bundlers, without tfjs, in a
// temporary folder, and bundles programs with the bundlers' own defaults. The last line is `N passed, N failed`.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundlerPackages, bundlers, parcelExports, programs, settings } from "./lib/bundlers.mjs";
import { prepare } from "./lib/prepare.mjs";
import { root } from "./lib/workspace.mjs";
import { openChecks } from "./release/checks.mjs";
import { tool } from "./release/tool.mjs";

const folder = mkdtempSync(join(tmpdir(), "bundlers-"));
const checks = openChecks();
try {
  await checks.check("the packages build and install beside the bundlers", install);
  const names = Object.keys(programs);
  for (const name of names) {
    if (name === "openSimd") writeManifest(parcelExports); // its parts are found by package exports only
    for (const bundler of Object.keys(bundlers)) {
      await checks.check(`${bundler} bundles ${name}`, () => build(bundler, name));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = checks.close();

async function install() {
  if ((await prepare()) !== 0) throw new Error("see above");
  writeManifest({});
  const tarballs = join(folder, "tarballs");
  mkdirSync(tarballs);
  for (const name of ["tensor", "simd", "sdl"]) {
    await tool("pnpm", ["pack", "--pack-destination", tarballs], { cwd: join(root, "packages", name) });
  }
  const packed = readdirSync(tarballs).map((file) => `./tarballs/${file}`);
  await tool("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...bundlerPackages, ...packed], {
    cwd: folder,
  });
  if (readdirSync(join(folder, "node_modules")).includes("@tensorflow")) throw new Error("tfjs came along");
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, `${name}.js`), text);
  for (const [file, text] of Object.entries(settings)) writeFileSync(join(folder, file), text);
}

function writeManifest(more) {
  const manifest = { name: "page", private: true, type: "module", ...more };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
}

async function build(bundler, name) {
  const program = join(folder, "node_modules", ".bin", bundler);
  await tool(program, bundlers[bundler](name), { cwd: folder, env: { NAME: name } });
  if (name !== "random") return;
  const value = Number(await tool(process.execPath, [join(bundler, name, `${name}.js`)], { cwd: folder }));
  if (!(value >= 0 && value < 1)) throw new Error(`the bundle prints a number in [0, 1), got ${value}`);
}
