// Labelled latents of settings, trained by several processes and kept in a folder: what is finished is not trained again.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { labelledLatents } from "../../packages/experiments/dist/calibration.js";
import { openSimd } from "../../packages/simd/dist/index.js";

/** Runs this script once for each of `jobs` parts, with --part, and waits for all. */
export function inParts(jobs) {
  const part = (number) =>
    new Promise((done, failed) => {
      const args = [...process.argv.slice(1), "--part", String(number)];
      spawn(process.execPath, args, { stdio: ["ignore", 2, 2] }).on("exit", (code) =>
        code === 0 ? done() : failed(new Error(`part ${number} ended with status ${code}`)),
      );
    });
  return Promise.all(Array.from({ length: jobs }, (_, number) => part(number)));
}

/** Trains every jobs-th setting that is not finished. */
export async function trainPart(settings, { part, jobs, out }) {
  mkdirSync(out, { recursive: true });
  const done = new Set(lines(out).map(({ seed }) => seed));
  const backend = await openSimd({ threads: 1 });
  for (let at = part; at < settings.length; at += jobs) {
    const setting = settings[at];
    if (done.has(setting.seed)) continue;
    const started = performance.now();
    const row = await labelledLatents(backend, setting).catch((error) => {
      if (error.name !== "RangeError" && error.name !== "DivergenceError") throw error;
      console.log(`setting ${setting.seed}: ${error.message}`);
      return null;
    });
    appendFileSync(join(out, `rows-${part}.jsonl`), `${JSON.stringify({ seed: setting.seed, row })}\n`);
    const share =
      row === null ? "left out" : `${row.real.filter((one) => one === 1).length} of ${row.real.length} real`;
    const { control, method, n, nP, nQ } = setting;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `setting ${setting.seed}: ${control ?? method}, ${n} features, ${nP} dimensions, ${nQ} latents: ${share} (${seconds} s)`,
    );
  }
  await backend.close();
}

/** The finished ones of some settings, in their order. */
export function readRows(settings, out) {
  const found = new Map(lines(out).map(({ seed, row }) => [seed, row]));
  return settings.map(({ seed }) => found.get(seed)).filter((row) => row !== undefined && row !== null);
}

function lines(out) {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .filter((name) => name.startsWith("rows-"))
    .flatMap((name) => readFileSync(join(out, name), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
