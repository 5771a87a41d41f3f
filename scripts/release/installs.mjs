import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../lib/workspace.mjs";
import { tool } from "./tool.mjs";

/** What an installation takes on the disk, with all that comes along: `{names of packages: MB}`, MB of 10^6 bytes. */
const budgets = Object.entries(readJson("scripts/installs.json"));

/** Installs published packages, each set in a folder of its own, and holds what npm puts there to its budget; prints a table. */
export async function checkInstalls({ check }, specifierOf, scratch, npmrc) {
  const rows = [];
  for (const [i, [names, most]] of budgets.entries()) {
    await check(`${names} installs within its budget`, async () => {
      const folder = join(scratch, `install-${i}`);
      mkdirSync(folder);
      writeFileSync(join(folder, ".npmrc"), npmrc);
      await tool("npm", ["init", "-y"], { cwd: folder });
      await tool("npm", ["install", "--no-audit", "--no-fund", ...names.split(" ").map(specifierOf)], { cwd: folder });
      const size = sizeOf(join(folder, "node_modules")) / 1e6;
      rows.push(`${names.padEnd(30)} ${size.toFixed(1).padStart(8)} MB ${String(most).padStart(8)} MB\n`);
      if (size > most) throw new Error(`at most ${most} MB are expected, got ${size.toFixed(1)}`);
      return `${size.toFixed(1)} MB`;
    });
  }
  process.stdout.write(
    [`${"installation".padEnd(30)} ${"size".padStart(11)} ${"budget".padStart(11)}\n`, ...rows].join(""),
  );
}

function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + sizeOf(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}
