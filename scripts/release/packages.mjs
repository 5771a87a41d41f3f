import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib/workspace.mjs";
import { tool } from "./tool.mjs";

/** Packs each package and checks its tarball: what is in it, how it resolves, what publint says. */
export async function checkPackages({ check }, packages, scratch) {
  for (const { folder, manifest } of packages) {
    const target = join(scratch, "tarballs", folder);
    mkdirSync(target, { recursive: true });
    await tool("pnpm", ["pack", "--pack-destination", target], { cwd: join(root, folder) });
    const tarball = join(target, readdirSync(target)[0]);

    await check(`${manifest.name} packs what it names`, () => checkContents(tarball, manifest));
    await check(`${manifest.name} passes publint`, async () => {
      await tool("publint", ["run", tarball, "--strict"]);
    });
    if (manifest.exports["."] === undefined) continue;
    await check(`${manifest.name} has types that resolve`, async () => {
      await tool("attw", [tarball, "--profile", "esm-only", "--no-emoji", "-f", "ascii"]);
    });
  }
}

async function checkContents(tarball, { exports, bin = {} }) {
  const files = (await tool("tar", ["-tzf", tarball])).trim().split("\n");
  const targets = Object.values(exports).flatMap((entry) =>
    typeof entry === "string" ? [entry] : Object.values(entry),
  );
  const expected = [...targets, ...Object.values(bin), "README.md", "LICENSE"].map((file) => join("package", file));
  const missing = expected.filter((file) => !files.includes(file));
  if (missing.length > 0) throw new Error(`${missing.join(", ")} missing`);
  const packed = JSON.parse(await tool("tar", ["-xzOf", tarball, "package/package.json"]));
  const ranges = Object.entries({ ...packed.dependencies, ...packed.peerDependencies });
  const open = ranges.filter(([, range]) => /^(workspace|catalog):/.test(range));
  if (open.length > 0) throw new Error(`unresolved ranges ${open.join(" ")}`);
  return `${files.length} files`;
}
