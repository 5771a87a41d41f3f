// Stands for a training: a chain of hashes that takes time, not cores, saves a state every five steps and goes on from one.
// node chain.mjs FOLDER RESUMED_FROM SEED STEPS MILLISECONDS
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, resumedFrom, seed, steps, milliseconds] = process.argv.slice(2);
const states = join(folder, "states");
const stateAt = (step) => join(states, `step-${step}`);

let digest = Number(resumedFrom) > 0 ? readFileSync(join(stateAt(resumedFrom), "digest"), "utf8") : seed;
for (let step = Number(resumedFrom) + 1; step <= Number(steps); step++) {
  digest = createHash("sha256").update(`${digest} ${step}`).digest("hex");
  await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)));
  if (step % 5 > 0) continue;
  const part = `${stateAt(step)}.tmp`;
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, "digest"), digest);
  renameSync(part, stateAt(step));
  rmSync(stateAt(step - 5), { recursive: true, force: true });
}
console.log(digest);
