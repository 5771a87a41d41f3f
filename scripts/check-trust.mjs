// npm run check:trust -- [--jobs 2 --out FOLDER --only N --json]
// Checks the scores of @monosema/audit, as they are shipped, on settings, seeds and methods that the calibration has not seen, with and
// without replicas, beside replication alone. Finished settings stay in FOLDER.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { calibration } from "../packages/audit/dist/index.js";
import { calibrationTable, checkSettings, scores } from "../packages/experiments/dist/calibration.js";
import { inParts, readRows, trainPart } from "./lib/calibrationRows.mjs";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "2" },
    part: { type: "string" },
    out: { type: "string", default: "runs/check-trust" },
    "read-only": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const out = resolve(values.out);
const settings = checkSettings();
const jobs = Number(values.jobs);

if (values.part !== undefined) await trainPart(settings, { part: Number(values.part), jobs, out });
else {
  if (!values["read-only"]) await inParts(jobs);
  const rows = readRows(settings, out);
  const tables = [];
  for (const kind of ["real", "atomic"]) {
    for (const given of ["alone", "replicated"]) {
      const table = calibrationTable(
        rows,
        rows.map((row) => scores(calibration, kind, given === "replicated", row)),
        kind,
      );
      tables.push({ kind, given, table });
      if (!values.json) print(kind, given, table);
    }
  }
  if (values.json) console.log(JSON.stringify({ command: "check:trust", tables }, null, 2));
}

function print(kind, given, table) {
  console.log(`\n${kind}, ${given === "alone" ? "without replicas" : "with two replicas"}`);
  console.log(
    "setting   data  method                 n   dim  latents  share  score   AUC  repl.  error  top 10 %  > .5",
  );
  for (const row of table) {
    console.log(
      [
        String(row.seed).padEnd(9),
        (row.hierarchy ? "tree" : "flat").padEnd(6),
        row.method.padEnd(18),
        String(row.n).padStart(6),
        String(row.nP).padStart(6),
        String(row.latents).padStart(9),
        ...[row.share, row.score, row.auc, row.replicationAuc, row.error].map((value) => number(value).padStart(7)),
        number(row.topTenth).padStart(9),
        number(row.above).padStart(7),
      ].join(""),
    );
  }
  const scored = table.filter(({ latents }) => latents > 0);
  const real = scored.filter(({ method }) => !method.includes("("));
  const both = real.filter(({ auc }) => !Number.isNaN(auc));
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const high = real.filter(({ share }) => share >= 0.5).map(({ topTenth }) => topTenth);
  const controls = scored.filter(({ method }) => method.includes("(")).map(({ above }) => above);
  console.log(
    `median AUC ${number(median(both.map(({ auc }) => auc)))} (replication alone ${number(median(both.map(({ replicationAuc }) => replicationAuc)))}), least ${number(Math.min(...both.map(({ auc }) => auc)))}; median error ${number(median(real.map(({ error }) => error)))}; top tenth where half are: mean ${number(high.reduce((sum, value) => sum + value, 0) / high.length)}; controls above .5: at most ${number(Math.max(...controls))}`,
  );
}

function number(value) {
  return Number.isNaN(value) ? "-" : value.toFixed(3).replace(/^0/, "");
}
