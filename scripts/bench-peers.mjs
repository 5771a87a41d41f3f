// npm run bench:peers -- [--python PATH --batch 1024 --dim 768 --latents 16000 --k 32 --threads 1 --backend auto --tier auto --rounds 3 --json]
// Times the TopK training step, both biases included, beside PyTorch's: alternating, on the same cores. --tier may be given several times.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const usage =
  "bench:peers -- [--python PATH --batch 1024 --dim 768 --latents 16000 --k 32 --threads 1 --backend auto --tier auto --rounds 3 --json]";
const values = parsed();
if (values.help) {
  console.log(`npm run ${usage}`);
  process.exit(0);
}
const [batch, dim, latents, k, threads, rounds] = ["batch", "dim", "latents", "k", "threads", "rounds"].map(whole);
const cores = pinnedCores(threads);
const { python, torch } = pythonWithTorch();
const say = (line) => (values.json ? console.error(line) : console.log(line));
say(`B ${batch}, d ${dim}, nQ ${latents}, k ${k}, ${threads} thread(s) on ${cores ? `cores ${cores}` : "any cores"}`);
say(`${cpus()[0].model}; Node ${process.version}; torch ${torch}`);

const dense = "PyTorch dense";
const results = new Map(); // name -> the medians and all times of its rounds
const warnings = [];
let backend;
for (let round = 1; round <= rounds; round++) {
  for (const tier of values.tier) noteOurs(tier);
  notePeers();
  say(`round ${round} of ${rounds} done`);
}

const { version } = readJson("../apps/cli/package.json");
const denseMedians = results.get(dense).medians;
const rows = [...results].map(([name, { medians, times }]) => ({
  name,
  msPerStep: { median: round2(median(medians)), min: round2(Math.min(...times)), max: round2(Math.max(...times)) },
  ratioToDense: round2(median(medians.map((ms, i) => denseMedians[i] / ms))),
}));
const result = {
  ...{ command: "bench:peers", version, backend, seconds: Math.round(performance.now()) / 1000, warnings },
  ...{ out: process.cwd(), shape: { batch, dim, latents, k }, rounds, cores, node: process.version },
  ...{ rows, torch, cpu: cpus()[0].model, threads },
};
if (values.json) {
  console.log(JSON.stringify(result, null, 2));
} else {
  console.log(`${"".padEnd(46)}ms per step      min      max   times as fast as ${dense}`);
  for (const { name, msPerStep: ms, ratioToDense } of rows) {
    const numbers = [ms.median, ms.min, ms.max].map((x) => x.toFixed(1));
    const [middle, min, max] = [numbers[0].padStart(11), numbers[1].padStart(9), numbers[2].padStart(9)];
    console.log(`${name.padEnd(46)}${middle}${min}${max}   ${ratioToDense.toFixed(2)}`);
  }
  for (const warning of warnings) console.log(warning);
}

/** One round of ours, as bench:step times it. */
function noteOurs(tier) {
  const shape = Object.entries({ batch, dim, latents, k, threads }).flatMap(([key, value]) => [`--${key}`, `${value}`]);
  const script = fileURLToPath(new URL("bench-step.mjs", import.meta.url));
  const choice = ["--backend", values.backend, "--tier", tier, "--rounds", "1", "--biases", "--json"];
  const run = JSON.parse(output(process.execPath, [script, ...shape, ...choice]));
  backend ??= run.backend;
  const { median, min, max } = run.msPerStep;
  note(`@monosema ${run.backend.name}, tier ${run.tier}`, median, [min, max]);
}

/** One round of every way in PyTorch, each from the same start. */
function notePeers() {
  const options = JSON.stringify({ batch, dim, latents, k, threads, steps: 5, seconds: 1 });
  const script = fileURLToPath(new URL("bench/peers.py", import.meta.url));
  const peers = JSON.parse(output(python, [script, options]));
  for (const { name, ms } of peers.rows) note(name, median(ms), ms);
  const losses = new Map(peers.rows.map((row) => [row.name, row.losses]));
  const [exact, sparse] = [losses.get(dense), losses.get("PyTorch hand-sparse, fused Adam")];
  const apart = Math.max(...exact.map((loss, i) => Math.abs(sparse[i] / loss - 1)));
  if (!(apart < 1e-4)) warnings.push(`the losses of hand-sparse and dense PyTorch differ by ${apart}; expected < 1e-4`);
}

function note(name, middle, times) {
  if (!results.has(name)) results.set(name, { medians: [], times: [] });
  results.get(name).medians.push(middle);
  results.get(name).times.push(...times);
}

/** Standard output of a program on the chosen cores; ends with its errors where it fails. */
function output(command, args) {
  const [program, ...rest] = cores ? ["taskset", "-c", cores, command, ...args] : [command, ...args];
  const env = { ...process.env, OMP_NUM_THREADS: `${threads}`, MKL_NUM_THREADS: `${threads}` };
  const { status, stdout, stderr, error } = spawnSync(program, rest, { encoding: "utf8", env, maxBuffer: 2 ** 26 });
  if (status === 0) return stdout;
  console.error(`bench:peers: ${command} must end with status 0, got ${status}\n${error ?? stderr}`);
  process.exit(status === 2 ? 2 : 1);
}

/** As many of the cores that we may use as there are threads; undefined where programs cannot be pinned. */
function pinnedCores(count) {
  const file = "/proc/self/status";
  const list = existsSync(file) && /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(file, "utf8"))?.[1];
  if (!list || spawnSync("taskset", ["--version"]).status !== 0) return undefined;
  const allowed = list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return allowed.slice(0, count).join(",");
}

function pythonWithTorch() {
  const python = values.python ?? process.env.MONOSEMA_PYTHON ?? "python3";
  const run = spawnSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" });
  if (run.status === 0) return { python, torch: run.stdout.trim() };
  const reason = run.error?.message ?? run.stderr.trim().split("\n").at(-1);
  console.error(
    `bench:peers: a Python with torch is required, got ${python}: ${reason}; ` +
      `run "${python} -m pip install torch", or name another with --python PATH or MONOSEMA_PYTHON`,
  );
  process.exit(2);
}

function parsed() {
  const text = (value) => ({ type: "string", ...(value === undefined ? {} : { default: value }) });
  const flag = { type: "boolean", default: false };
  const shape = { batch: text("1024"), dim: text("768"), latents: text("16000"), k: text("32") };
  const tier = { type: "string", multiple: true, default: ["auto"] };
  const run = { threads: text("1"), backend: text("auto"), tier, rounds: text("3"), python: text() };
  try {
    return parseArgs({ options: { help: flag, json: flag, ...shape, ...run } }).values;
  } catch (error) {
    console.error(`bench:peers: ${error.message}; use ${usage}`);
    process.exit(2);
  }
}

function whole(name) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`bench:peers: --${name} must be a whole number of at least 1, got ${values[name]}`);
  process.exit(2);
}

function median(list) {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function round2(x) {
  return Math.round(x * 100) / 100;
}

function readJson(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
