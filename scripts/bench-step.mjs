// npm run bench:step -- [--batch 1024 --dim 768 --latents 16000 --k 32 --threads 1 --backend auto --tier auto --revectorize --rounds 3
//                        --biases --baseline FILE --json]
// Times one TopK training step. --baseline runs a script that prints "step N: ... X ms" before every round, with the same threads.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const usage =
  "bench:step -- [--batch 1024 --dim 768 --latents 16000 --k 32 --threads 1 --backend auto --tier auto --revectorize --rounds 3 --biases --baseline FILE --json]";
const { values } = parsed({
  options: {
    help: { type: "boolean", default: false },
    batch: { type: "string", default: "1024" },
    dim: { type: "string", default: "768" },
    latents: { type: "string", default: "16000" },
    k: { type: "string", default: "32" },
    threads: { type: "string", default: "1" },
    backend: { type: "string", default: "auto" },
    tier: { type: "string", default: "auto" },
    rounds: { type: "string", default: "3" },
    revectorize: { type: "boolean", default: false },
    biases: { type: "boolean", default: false },
    baseline: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(`npm run ${usage}`);
  process.exit(0);
}
const whole = (name) => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`bench:step: --${name} must be a whole number of at least 1, got ${values[name]}`);
  process.exit(2);
};
const [batch, dim, latents, k, threads, rounds] = ["batch", "dim", "latents", "k", "threads", "rounds"].map(whole);
process.env.TF_NUM_INTRAOP_THREADS = String(threads); // read by TensorFlow when it starts
process.env.TF_NUM_INTEROP_THREADS = "1";
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

const { stepBench } = await import("../packages/experiments/dist/index.js");
const { openBackend } = await import("../packages/tensor/dist/index.js");
const { simdWith, tiers } = await import("../packages/simd/dist/index.js");
const { tfjsNode } = await import("../packages/tensor/dist/node.js");
const { tfjsCpu } = await import("../packages/tensor/dist/tfjsCpu.js");
const { tfjsWasm } = await import("../packages/tensor/dist/tfjsWasm.js");
if (!["auto", ...tiers].includes(values.tier)) fail(`--tier must be auto, ${tiers.join(", ")}, got ${values.tier}`);
const simd = simdWith({ tier: values.tier, revectorize: values.revectorize });
const others = [simd, tfjsWasm, tfjsCpu, tfjsNode];
const backend = await openBackend(values.backend, { others, threads }).catch((error) => fail(error.message));
if (backend.tier === undefined && (values.tier !== "auto" || values.revectorize)) {
  fail(`--tier and --revectorize are for the backend simd, got ${backend.name}`);
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const shape = { batch, dim, latents, k };
// Small steps are timed more often: a second a round, after an untimed one in which the engine optimises its code.
const { msPerStep: first } = await stepBench(backend, shape, { rounds: 1, biases: values.biases });
const steps = Math.min(1000, Math.max(5, Math.ceil(1000 / first.median)));
if (steps > 5) await stepBench(backend, shape, { rounds: 1, steps, biases: values.biases });
const ours = [];
const baselines = [];
for (let round = 0; round < rounds; round++) {
  if (values.baseline) baselines.push(baseline());
  ours.push(await stepBench(backend, shape, { rounds: 1, steps, biases: values.biases }));
}
await backend.close();
const { version } = JSON.parse(readFileSync(new URL("../apps/cli/package.json", import.meta.url), "utf8"));
const result = {
  command: "bench:step",
  version,
  backend: { name: backend.name, detail: backend.detail, threads: backend.threads },
  seconds: Math.round(performance.now()) / 1000,
  warnings: [],
  out: process.cwd(),
  shape,
  tier: backend.tier ?? "auto",
  threads,
  biases: values.biases,
  node: process.version,
  msPerStep: {
    median: median(ours.map((one) => one.msPerStep.median)),
    min: Math.min(...ours.map((one) => one.msPerStep.min)),
    max: Math.max(...ours.map((one) => one.msPerStep.max)),
  },
  phases: ours.at(-1).phases,
  losses: ours[0].losses,
  ...(baselines.length > 0
    ? { baseline: median(baselines), ratio: median(ours.map((one, i) => one.msPerStep.median / baselines[i])) }
    : {}),
};
if (values.json) {
  console.log(JSON.stringify(result, null, 2));
} else {
  const { msPerStep: ms } = result;
  console.log(
    `${backend.detail}\nB ${batch}, d ${dim}, nQ ${latents}, k ${k}, ${threads} thread(s), Node ${process.version}`,
  );
  console.log(`${ms.median.toFixed(1)} ms per step (${ms.min.toFixed(1)} to ${ms.max.toFixed(1)})`);
  if (result.baseline)
    console.log(
      `${result.baseline.toFixed(1)} ms baseline, ratio ${result.ratio.toFixed(3)} (median of ${rounds} alternating rounds)`,
    );
  for (const [name, phase] of Object.entries(result.phases)) console.log(`  ${name.padEnd(10)} ${phase.toFixed(2)} ms`);
}

function fail(message) {
  console.error(`bench:step: ${message}`);
  process.exit(2);
}

function parsed(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    console.error(`bench:step: ${error.message}; use ${usage}`);
    process.exit(2);
  }
}

function baseline() {
  const nodePath = process.env.MONOSEMA_TFJS_NODE ? `${process.env.MONOSEMA_TFJS_NODE}/node_modules` : undefined;
  const env = { ...process.env, ...(nodePath ? { NODE_PATH: nodePath } : {}) };
  const run = spawnSync(process.execPath, [values.baseline], { encoding: "utf8", env });
  const times = [...run.stdout.matchAll(/^step \d+: .*?([\d.]+) ms/gm)].map((match) => Number(match[1])).slice(2);
  if (run.status === 0 && times.length > 0) return median(times);
  console.error(
    `bench:step: --baseline must print "step N: ... X ms", got status ${run.status}:\n${run.stderr || run.stdout}`,
  );
  process.exit(1);
}
