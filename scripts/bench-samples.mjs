// npm run bench:samples -- [--python PATH --threads 2 --batch 1024 --rounds 3 --seconds 3 --only NAME --json]
// Times batches of the benchmark's data, coefficients and sums included: on the main thread, on --threads worker threads, and, where a
// Python with sae-lens is given, by SAELens' generator with as many threads. The contenders alternate; figures are medians of the rounds.
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { linearRepresentationBench } from "../packages/bench/dist/index.js";
import { parallelBatches } from "../packages/bench/dist/node.js";
import { sampleSettings } from "./bench/sampleSettings.mjs";

const { values } = parseArgs({
  options: {
    python: { type: "string" },
    threads: { type: "string", default: "2" },
    batch: { type: "string", default: "1024" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
const [threads, batch, rounds, seconds] = ["threads", "batch", "rounds", "seconds"].map(whole);
const say = (line) => (values.json ? console.error(line) : console.log(line));
say(
  `batches of ${batch}; ${cpus().length} cores of ${cpus()[0].model}; load ${loadavg()[0].toFixed(1)}; Node ${process.version}`,
);

const results = [];
for (const [name, { options, peer }] of Object.entries(sampleSettings)) {
  if (!name.startsWith(values.only)) continue;
  const before = performance.now();
  const data = linearRepresentationBench(options);
  const setUp = (performance.now() - before) / 1000;
  const plain = data.batchSource({ batchSize: batch });
  const parallel = parallelBatches(data, { batchSize: batch, threads });
  const contenders = [
    ["one thread", () => timeOurs(plain)],
    [`${threads} worker threads`, () => timeOurs(parallel)],
    ...(values.python === undefined ? [] : [[`SAELens, ${threads} threads`, () => timePeer(peer)]]),
  ];
  const times = new Map(contenders.map(([title]) => [title, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [title, time] of contenders) times.get(title).push(await time());
  }
  await parallel.close();
  const rates = Object.fromEntries([...times].map(([title, list]) => [title, Math.round(median(list))]));
  results.push({ name, setUpSeconds: Math.round(10 * setUp) / 10, samplesPerSecond: rates });
  say(`${name} (set-up ${setUp.toFixed(1)} s)`);
  for (const [title, rate] of Object.entries(rates)) {
    say(`  ${title.padEnd(24)}${rate.toLocaleString("en").padStart(10)} samples a second`);
  }
}
if (values.json) console.log(JSON.stringify({ command: "bench:samples", threads, batch, rounds, results }, null, 2));

/** Samples a second over at least `seconds`, after one batch that does not count. */
async function timeOurs(source) {
  await source.batch(1);
  const start = performance.now();
  let step = 1;
  while (performance.now() - start < 1000 * seconds) await source.batch(++step);
  return ((step - 1) * source.batchSize) / ((performance.now() - start) / 1000);
}

/** The same for SAELens, in a process of its own. */
function timePeer(setting) {
  const script = fileURLToPath(new URL("bench/samples.py", import.meta.url));
  const input = JSON.stringify({ setting, threads, batch, seconds });
  const { status, stdout, stderr, error } = spawnSync(values.python, [script, input], { encoding: "utf8" });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1)).samplesPerSecond;
  const reason = error?.message ?? stderr.trim().split("\n").at(-1);
  console.error(`bench:samples: a Python with sae-lens is required, got ${values.python}: ${reason}; name another`);
  process.exit(2);
}

function whole(name) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`bench:samples: --${name} must be a whole number of at least 1, got ${values[name]}`);
  process.exit(2);
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
