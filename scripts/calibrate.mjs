// npm run calibrate -- [--settings 150 --seed 0 --jobs 2 --out FOLDER --fit-only]
// Trains dictionaries on generated data of many settings, with two replicas each, computes the statistics of their latents, looks the
// latents up in the truth, fits the scores of @monosema/audit, and writes their coefficients: packages/audit/calibration.json, and the
// same as a module. Finished settings stay in FOLDER and are not trained again.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { drawSetting, fitScores } from "../packages/experiments/dist/calibration.js";
import { inParts, readRows, trainPart } from "./lib/calibrationRows.mjs";

const { values } = parseArgs({
  options: {
    settings: { type: "string", default: "150" },
    seed: { type: "string", default: "0" },
    jobs: { type: "string", default: "2" },
    part: { type: "string" },
    out: { type: "string", default: "runs/calibration" },
    "fit-only": { type: "boolean", default: false },
  },
});
const [count, seed, jobs] = [values.settings, values.seed, values.jobs].map(Number);
const out = resolve(values.out);
const settings = Array.from({ length: count }, (_, i) => drawSetting(seed + i));

if (values.part !== undefined) await trainPart(settings, { part: Number(values.part), jobs, out });
else {
  if (!values["fit-only"]) await inParts(jobs);
  const calibration = fitScores(readRows(settings, out), seed);
  const root = fileURLToPath(new URL("..", import.meta.url));
  const audit = join(root, "packages/audit");
  const text = JSON.stringify(calibration, null, 1);
  const files = ["calibration.json", "src/generated/calibration.ts"].map((name) => join(audit, name));
  writeFileSync(files[0], `${text}\n`);
  writeFileSync(
    files[1],
    `import type { Calibration } from "../trust/calibration.js";\n\n/** The calibration that comes with this version; written by \`npm run calibrate\`. */\nexport const calibration: Calibration = ${text};\n`,
  );
  execFileSync("npx", ["biome", "format", "--write", ...files], { cwd: root, stdio: "ignore" });
  const { made, real, atomic } = calibration;
  console.log(`${made.settings} settings, ${made.latents} latents`);
  for (const [name, { acrossSpaces, ...own }] of Object.entries({ real, atomic })) {
    const pairs = { "": own, ", of transcoders": acrossSpaces };
    for (const [where, pair] of Object.entries(pairs)) {
      for (const [given, { auc, error }] of Object.entries(pair)) {
        console.log(`${name}, ${given}${where}: median AUC ${auc}, calibration error ${error} (cross-validated)`);
      }
    }
  }
}
