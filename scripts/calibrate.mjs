// npm run calibrate -- [--settings 160 --seed 0 --jobs 2 --out FOLDER --fit-only]
// Trains dictionaries on generated data of many settings, with two replicas each, computes the statistics of their latents, looks the
// latents up in the truth, fits the scores of @monosema/audit, and writes their coefficients: packages/audit/calibration.json, and the
// same as a module. Finished settings stand in FOLDER/rows-*.jsonl and are not trained again.
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { drawSetting, fitScores, labelledLatents } from "../packages/experiments/dist/calibration.js";
import { openSimd } from "../packages/simd/dist/index.js";

const { values } = parseArgs({
  options: {
    settings: { type: "string", default: "160" },
    seed: { type: "string", default: "0" },
    jobs: { type: "string", default: "2" },
    part: { type: "string" },
    out: { type: "string", default: "runs/calibration" },
    "fit-only": { type: "boolean", default: false },
  },
});
const [settings, seed, jobs] = [values.settings, values.seed, values.jobs].map(Number);
const out = resolve(values.out);
const root = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(out, { recursive: true });

if (values.part !== undefined) await trainPart(Number(values.part));
else {
  if (!values["fit-only"]) await Promise.all(Array.from({ length: jobs }, (_, part) => child(part)));
  const rows = readRows().filter((row) => row.setting.seed >= seed && row.setting.seed < seed + settings);
  const calibration = fitScores(rows, seed);
  const text = JSON.stringify(calibration, null, 1);
  writeFileSync(join(root, "packages/audit/calibration.json"), `${text}\n`);
  writeFileSync(
    join(root, "packages/audit/src/generated/calibration.ts"),
    `import type { Calibration } from "../trust/calibration.js";\n\n/** The calibration that comes with this version; written by \`npm run calibrate\`. */\nexport const calibration: Calibration = ${text};\n`,
  );
  const { made, real, atomic } = calibration;
  console.log(`${made.settings} settings, ${made.latents} latents`);
  for (const [name, { alone, replicated }] of Object.entries({ real, atomic })) {
    for (const [kind, { auc, error }] of Object.entries({ alone, replicated })) {
      console.log(`${name.padEnd(8)}${kind.padEnd(12)}median AUC ${auc}, calibration error ${error} (cross-validated)`);
    }
  }
}

/** Trains every jobs-th setting that is not finished. */
async function trainPart(part) {
  const done = new Set(readRows(true).map((row) => row.seed ?? row.setting.seed));
  const backend = await openSimd({ threads: 1 });
  for (let at = seed + part; at < seed + settings; at += jobs) {
    if (done.has(at)) continue;
    const started = performance.now();
    const setting = drawSetting(at);
    const row = await labelledLatents(backend, setting).catch((error) => {
      console.log(`setting ${at}: ${error.message}`);
      return null;
    });
    appendFileSync(join(out, `rows-${part}.jsonl`), `${JSON.stringify(row ?? { seed: at, skipped: true })}\n`);
    const share =
      row === null ? "left out" : `${row.real.filter((one) => one === 1).length} of ${row.real.length} real`;
    console.log(
      `setting ${at}: ${setting.control ?? setting.method}, n ${setting.n}, ${setting.nP} dimensions, ${setting.nQ} latents: ${share} (${((performance.now() - started) / 1000).toFixed(0)} s)`,
    );
  }
  await backend.close();
}

function readRows(skippedToo = false) {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .filter((name) => name.startsWith("rows-"))
    .flatMap((name) => readFileSync(join(out, name), "utf8").split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .filter((row) => skippedToo || row.skipped !== true)
    .sort((a, b) => (a.setting?.seed ?? a.seed) - (b.setting?.seed ?? b.seed));
}

function child(part) {
  return new Promise((done, failed) => {
    const args = [process.argv[1], ...process.argv.slice(2), "--part", String(part)];
    spawn(process.execPath, args, { stdio: "inherit" }).on("exit", (code) =>
      code === 0 ? done() : failed(new Error(`part ${part} ended with status ${code}`)),
    );
  });
}
