// The main job from a clone: set-up, build, then the benchmark with the arguments of this command. Phases are told on
// standard error, so that standard output is the benchmark's own.
import { join } from "node:path";
import { prepare } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";
import { root } from "./lib/workspace.mjs";

process.exitCode = (await prepare("monosema...")) || (await bench());

async function bench() {
  const bin = join(root, "apps", "cli", "bin", "monosema.js");
  return (await run(process.execPath, [bin, "bench", ...process.argv.slice(2)])).status;
}
