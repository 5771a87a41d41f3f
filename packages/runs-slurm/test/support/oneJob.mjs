// One job of a list: `oneJob.mjs STORE MANIFEST --index I`. It does what its parameters say.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderStore, JobError, newToken, runAttempt } from "@monosema/runs";

const [place, manifest, , index] = process.argv.slice(2);
const store = await folderStore(place);
const job = await store.job((await store.manifest(manifest))[index]);
const delivery = { token: newToken(), signal: new AbortController().signal };

await runAttempt(store, job, delivery, async ({ parameters: { number, fate } }, { folder, resumedFrom }) => {
  if (fate === "killed" && resumedFrom === 0) {
    mkdirSync(join(folder, "states/step-5"), { recursive: true });
    process.kill(process.pid, "SIGKILL");
  }
  if (fate === "failed" || fate === "final") throw new JobError(`always ${fate}`, fate);
  if (fate === "once" && !existsSync(join(place, "failed-once"))) {
    writeFileSync(join(place, "failed-once"), "");
    throw new Error("this once");
  }
  return number ** 2;
});
