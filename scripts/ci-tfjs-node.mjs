// Installs @tensorflow/tfjs-node outside the checkout and makes it work; prints the folder for MONOSEMA_TFJS_NODE.
// The folder is ~/.cache/monosema-tfjs-node, or MONOSEMA_TFJS_NODE where it is set.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const VERSION = "4.22.0";
const folder = resolve(process.env.MONOSEMA_TFJS_NODE || join(homedir(), ".cache", "monosema-tfjs-node"));
mkdirSync(folder, { recursive: true });
const manifest = join(folder, "package.json");
if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
if (!existsSync(join(folder, "node_modules", "@tensorflow", "tfjs-node", "package.json"))) {
  run("npm", ["install", `@tensorflow/tfjs-node@${VERSION}`, "--ignore-scripts", "--no-audit", "--no-fund"]);
}
const recipe = fileURLToPath(new URL("tfjs-node-from-wheel.mjs", import.meta.url));
run(process.execPath, [recipe, folder, join(folder, "library")]);
console.log(folder);

/** Runs a command in the folder; what it says goes to stderr, so that stdout holds the folder alone. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: ["ignore", 2, 2] });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
