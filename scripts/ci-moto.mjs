// Installs moto, a server of S3, outside the checkout with pip; prints its folder, a virtual environment.
// The folder is ~/.cache/monosema-moto, or MONOSEMA_MOTO where it is set.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

const version = "5.2.5";
const folder = resolve(process.env.MONOSEMA_MOTO || join(homedir(), ".cache", `monosema-moto-${version}`));
if (!existsSync(join(folder, "bin", "moto_server"))) {
  rmSync(folder, { recursive: true, force: true }); // of an installation that was interrupted
  run("python3", ["-m", "venv", folder]);
  // Of all that moto[server] brings, S3 needs these few: 140 MB instead of 317.
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  run(join(folder, "bin", "python"), [...pip, `moto[s3]==${version}`, "flask", "flask-cors"]);
}
console.log(folder);

function run(program, args) {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2] }); // stdout holds the folder alone
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
