// npm run bench:sweep -- [--runs 40 --steps 500 --workers 2 --rounds 1 --json]
// Times a sweep on the local engine beside a loop that trains one after the other, each run a process as a person would start it; checks that
// the weights have the same bits, and says what share of the sweep's wall time its own process spent in jobs, store and engine.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const names = { runs: "40", steps: "500", workers: "2", rounds: "1" };
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.entries(names).map(([name, value]) => [name, { type: "string", default: value }])),
    json: { type: "boolean", default: false },
  },
});
const [runs, steps, workers, rounds] = Object.keys(names).map((name) => Number(values[name]));
const bin = new URL("../apps/cli/bin/monosema.js", import.meta.url).pathname;
const { random, writeNpy } = await import("../packages/tensor/dist/index.js");

const folder = mkdtempSync(join(tmpdir(), "monosema-sweep-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, "data.npy");
writeFileSync(data, writeNpy({ shape: [4096, 64], data: mixtures(4096, 64, 256) }));
const options = ["--data", data, "--latents", "512", "--k", "8", "--batch", "256", "--steps", String(steps)];
const pinned = ["--backend", "simd", "--tier", "int16"];

const results = [];
for (let round = 0; round < rounds; round++) {
  const at = (name) => join(folder, `${round}-${name}`);
  const loop = timed(() =>
    Array.from({ length: runs }, (_, seed) => {
      monosema(["train", ...options, ...pinned, "--seed", String(seed), "--out", at(seed)]);
      return digest(at(seed));
    }),
  );
  mkdirSync(at("profile"));
  const profile = ["--cpu-prof", `--cpu-prof-dir=${at("profile")}`];
  const grid = ["--grid", `seed=0..${runs - 1}`, "--workers", String(workers), "--store", at("store")];
  const sweep = timed(() => JSON.parse(monosema(["sweep", ...options, ...pinned, ...grid, "--json"], profile)).rows);
  const same = sweep.value.filter(({ sha256 }, seed) => sha256 === loop.value[seed]).length;
  results.push({
    ...{ loop: loop.seconds, sweep: sweep.seconds, ratio: sweep.seconds / loop.seconds, same },
    engine: engineSeconds(at("profile")) / sweep.seconds,
  });
  rmSync(at("store"), { recursive: true });
}
const middle = [...results].sort((a, b) => a.ratio - b.ratio)[Math.floor(results.length / 2)];
if (values.json) process.stdout.write(`${JSON.stringify({ runs, steps, workers, rounds: results })}\n`);
else {
  const { loop, sweep, ratio, same, engine } = middle;
  process.stdout.write(
    `${runs} trainings of ${steps} steps, median of ${rounds} rounds: loop ${loop.toFixed(1)} s, sweep with ${workers} workers ${sweep.toFixed(1)} s, ratio ${ratio.toFixed(2)}\n` +
      `${same} of ${runs} with the bits of the loop; ${(100 * engine).toFixed(2)} % of the sweep's wall time in its jobs, store and engine\n`,
  );
}
process.exitCode = results.every((one) => one.same === runs) ? 0 : 1;

function monosema(args, node = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, bin, ...args, "--quiet"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`monosema ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

function timed(body) {
  const began = performance.now();
  const value = body();
  return { value, seconds: (performance.now() - began) / 1000 };
}

function digest(out) {
  return createHash("sha256")
    .update(readFileSync(join(out, "sae_weights.safetensors")))
    .digest("hex");
}

/** Seconds of the processor under any function of the jobs, in the threads of the sweep's own process. */
function engineSeconds(profiles) {
  let microseconds = 0;
  for (const name of readdirSync(profiles)) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(profiles, name), "utf8"));
    const inside = new Map();
    const byId = new Map(nodes.map((node) => [node.id, node]));
    const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
    const isInside = (id) => {
      if (id === undefined) return false;
      if (!inside.has(id)) {
        const { url } = byId.get(id).callFrame;
        inside.set(id, /\/packages\/runs\/dist\/|\/cli\/dist\/(jobs|sweep)\//.test(url) || isInside(parents.get(id)));
      }
      return inside.get(id);
    };
    samples.forEach((id, i) => {
      if (isInside(id)) microseconds += timeDeltas[i];
    });
  }
  return microseconds / 1e6;
}

/** Sparse mixtures of directions. */
function mixtures(rows, columns, features) {
  const stream = random(1, "bench-sweep");
  const directions = Float32Array.from({ length: features * columns }, stream.normal);
  const x = new Float32Array(rows * columns);
  for (let b = 0; b < rows; b++) {
    for (let s = 0; s < 6; s++) {
      const [feature, size] = [stream.integer(features), 0.5 + stream.uniform()];
      for (let j = 0; j < columns; j++) x[b * columns + j] += size * directions[feature * columns + j];
    }
  }
  return x;
}
