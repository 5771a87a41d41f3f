// A sweep on a real Slurm of two nodes on this machine, as root: one task is killed -9, one node crashes. All results must be there once,
// with the bits of a plain loop, and what was killed must have gone on from a state.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random, writeNpy } from "../packages/tensor/dist/index.js";
import { slurmCluster } from "./lib/slurmCluster.mjs";
import { root } from "./lib/workspace.mjs";

const runs = 7; // more than MaxArraySize of the cluster, so that there are two arrays
const folder = mkdtempSync(join(tmpdir(), "check-slurm-"));
const store = join(folder, "store");
const bin = join(root, "apps/cli/bin/monosema.js");
const began = Date.now();
const seconds = () => `${((Date.now() - began) / 1000).toFixed(0)} s`;
const say = (text) => console.log(`${seconds().padStart(6)}  ${text}`);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const data = join(folder, "data.npy");
const stream = random(7, "check-slurm", 1);
writeFileSync(
  data,
  writeNpy({ shape: [2000, 64], data: Float32Array.from({ length: 128_000 }, () => stream.normal()) }),
);
const training = [
  "--data",
  data,
  "--latents=128",
  "--k=4",
  "--batch=128",
  "--steps=2000",
  "--backend=simd",
  "--tier=int16",
];

const cluster = await slurmCluster(join(folder, "slurm"));
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => {
    cluster.stop();
    process.exit(130);
  });
let failures = 0;
try {
  const digests = [];
  for (let seed = 0; seed < runs; seed++) {
    const out = join(folder, `plain-${seed}`);
    const { status, stderr } = spawnSync(process.execPath, [
      bin,
      "train",
      ...training,
      `--seed=${seed}`,
      "--out",
      out,
      "--quiet",
    ]);
    if (status !== 0) throw new Error(String(stderr));
    digests.push(
      createHash("sha256")
        .update(readFileSync(join(out, "sae_weights.safetensors")))
        .digest("hex"),
    );
  }
  say(`a plain loop of ${runs} trainings has ended`);

  const args = [
    "sweep",
    ...training,
    `--grid=seed=0..${runs - 1}`,
    "--store",
    store,
    "--engine=slurm",
    "--save-every=100",
  ];
  const sweep = spawn(process.execPath, [bin, ...args], { env: cluster.env, stdio: ["ignore", 1, 2] });
  const ended = new Promise((resolve) => sweep.on("exit", resolve));
  const first = await running(() => true);
  process.kill(first.pid, "SIGKILL");
  say(`killed -9 the task of ${first.job} on ${first.node} at step ${first.step}`);
  const second = await running(({ job }) => job !== first.job);
  crash(second);
  say(`crashed ${second.node}, which ran ${second.job} at step ${second.step}`);
  await pause(20_000);
  cluster.startNode(second.node);
  say(`${second.node} is up again`);
  const status = await ended;
  say(`sweep ended with status ${status}`);

  const { rows } = JSON.parse(spawnSync(process.execPath, [bin, "runs", store, "--json"], { encoding: "utf8" }).stdout);
  for (const { params, attempts, resumedFrom, worker, sha256 } of rows)
    say(
      `seed ${params.seed}: ${attempts} attempts, resumed from ${resumedFrom}, ${worker}, ${sha256 === digests[params.seed] ? "same bits" : "OTHER BITS"}`,
    );
  const of = ({ job }) => rows.find((row) => row.job === job);
  check("status 0", status === 0);
  check(
    `${runs} results of distinct jobs`,
    new Set(rows.filter(({ state }) => state === "done").map(({ job }) => job)).size === runs,
  );
  check(
    "the bits of the plain loop",
    rows.every(({ params, sha256 }) => sha256 === digests[params.seed]),
  );
  check("what was killed went on from a state", of(first).resumedFrom > 0 && of(second).resumedFrom > 0);
  check("no process is left", tasks().length === 0);
} finally {
  cluster.stop();
}
if (failures === 0) rmSync(folder, { recursive: true, force: true });
else console.log(`what is left: ${folder}`);
console.log(`${5 - failures} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function check(what, holds) {
  say(`${holds ? "ok" : "FAILED"}: ${what}`);
  if (!holds) failures += 1;
}

/** Waits for a task that has saved a state and is far from its end. */
async function running(holds) {
  for (;;) {
    const found = tasks().find((task) => task.step >= 200 && task.step <= 1500 && holds(task));
    if (found) return found;
    await pause(50);
  }
}

/** Tasks that train now: the process that does the job, its node, and how far it is. */
function tasks() {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      const work = args.flatMap((arg) => /^--(?:out|resume)=(.*)$/.exec(arg)?.[1] ?? [])[0];
      if (!work?.startsWith(join(store, "jobs"))) return [];
      const steps = readdirSync(join(work, "states")).map((name) => Number(/^step-(\d+)$/.exec(name)?.[1] ?? 0));
      const [, node] = /SLURMD_NODENAME=([^\0]+)/.exec(readFileSync(`/proc/${pid}/environ`, "utf8")) ?? [];
      return [{ pid: parentOf(Number(pid)), node, job: work.split("/").at(-2), step: Math.max(0, ...steps) }];
    } catch (error) {
      if (["ENOENT", "ESRCH"].includes(error.code)) return []; // has ended, or saved nothing yet
      throw error;
    }
  });
}

function parentOf(pid) {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}

function nameOf(pid) {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}

/** Kills all of a node: first what would report the end of the task, so that nobody does. */
function crash({ pid, node }) {
  const chain = [pid];
  while (nameOf(chain.at(-1)) !== "slurmstepd") chain.push(parentOf(chain.at(-1)));
  for (const one of [chain.at(-1), cluster.nodePid(node), ...chain.slice(0, -1)]) process.kill(one, "SIGKILL");
}
