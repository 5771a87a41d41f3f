// Installs redis-server with the package manager of Debian where it is missing; prints the program for MONOSEMA_REDIS_SERVER.
// The program is the one on PATH, or MONOSEMA_REDIS_SERVER where it is set.
import { spawnSync } from "node:child_process";

const program = process.env.MONOSEMA_REDIS_SERVER || "redis-server";
if (!works()) {
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "redis-server"]]) {
    spawnSync("apt-get", args, { stdio: ["ignore", 2, 2] }); // stdout holds the program alone
  }
}
if (!works())
  throw new Error(`${program} must run; install redis-server or valkey-server, or set MONOSEMA_REDIS_SERVER`);
console.log(program);

function works() {
  return spawnSync(program, ["--version"]).status === 0;
}
