// Installs onnxruntime-node, onnxruntime-web and sharp, which decodes images, outside the checkout; prints the folder for MONOSEMA_ONNXRUNTIME.
// The folder is ~/.cache/monosema-onnxruntime, or MONOSEMA_ONNXRUNTIME where it is set.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const versions = { "onnxruntime-node": "1.30.0", "onnxruntime-web": "1.30.0", sharp: "0.35.5" };
const folder = resolve(process.env.MONOSEMA_ONNXRUNTIME || join(homedir(), ".cache", "monosema-onnxruntime"));
mkdirSync(folder, { recursive: true });
const manifest = join(folder, "package.json");
if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
const missing = Object.keys(versions).filter((name) => !existsSync(join(folder, "node_modules", name, "package.json")));
if (missing.length > 0) {
  // Without its install script, which downloads libraries for graphics cards.
  const packages = missing.map((name) => `${name}@${versions[name]}`);
  const { status, error } = spawnSync("npm", ["install", ...packages, "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", 2, 2], // stdout holds the folder alone
    shell: process.platform === "win32",
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
console.log(folder);
