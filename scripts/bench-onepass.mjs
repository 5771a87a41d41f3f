// npm run bench:onepass -- [--models 4 --rows 20000 --dim 256 --batch 256 --steps 40 --threads 1 --rounds 5 --json]
// Times the training of several dictionaries side by side, whose batches are read once, beside the same one after the other: alternating, as ratios
// of wall time and of processor time, which other programs of a busy machine disturb less.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const names = { models: "4", rows: "20000", dim: "256", batch: "256", steps: "40", threads: "1", rounds: "5" };
const { values } = parseArgs({
  options: {
    ...Object.fromEntries(Object.entries(names).map(([name, value]) => [name, { type: "string", default: value }])),
    json: { type: "boolean", default: false },
  },
});
const [models, rows, dim, batch, steps, threads, rounds] = Object.keys(names).map(whole);

const { fit, arrayRows, rowBatches, sae, sharedBatches } = await import("../packages/sdl/dist/index.js");
const { openBackend, openMatrix, random, writeSafetensors } = await import("../packages/tensor/dist/index.js");
const { fileSource } = await import("../packages/tensor/dist/node.js");
const { simd } = await import("../packages/simd/dist/index.js");
const backend = await openBackend("auto", { others: [simd], threads });

const stream = random(1, "onepass");
const values32 = Float32Array.from({ length: rows * dim }, () => stream.normal());
const folder = mkdtempSync(join(tmpdir(), "monosema-onepass-"));
const file = join(folder, "rows.safetensors");
writeFileSync(file, writeSafetensors([["rows", { dtype: "F16", shape: [rows, dim], data: values32 }]]));
const onDisk = await openMatrix(await fileSource(file));

/** Rows by the place that they are read from: in memory, in blocks as files above 1 GiB are, one by one. */
const places = {
  memory: arrayRows(values32, dim),
  "file, blocks": { ...onDisk, block: Math.ceil(2 ** 20 / (4 * dim)) },
  "file, rows": onDisk,
};
const results = [];
for (const latents of [2048, 64]) {
  for (const [place, source] of Object.entries(places)) {
    const [ratios, cpuRatios, alone] = [[], [], []];
    for (let round = -1; round < rounds; round++) {
      const apart = await timed(async () => {
        for (let run = 0; run < models; run++) await trained(latents, run, batches(source));
      });
      const together = await timed(async () => {
        const shared = sharedBatches(batches(source), models);
        await Promise.all(shared.map((own, run) => trained(latents, run, own).finally(own.end)));
      });
      if (round < 0) continue; // in the first the engine optimises its code
      ratios.push(together.seconds / apart.seconds);
      cpuRatios.push(together.cpu / apart.cpu);
      alone.push(apart.seconds);
    }
    results.push({
      latents,
      place,
      secondsApart: median(alone),
      ratio: median(ratios),
      cpuRatio: median(cpuRatios),
      ratios,
    });
  }
}
await backend.close();
await onDisk.close();
rmSync(folder, { recursive: true, force: true });

const shape = { models, rows, dim, batch, steps };
if (values.json)
  console.log(JSON.stringify({ command: "bench:onepass", backend: backend.detail, threads, shape, results }, null, 2));
else {
  console.log(
    `${backend.detail}\n${JSON.stringify(shape)}, ${threads} thread(s), medians of ${rounds} alternating rounds`,
  );
  console.log("latents  rows from     one after the other  side by side  processor time");
  for (const { latents, place, secondsApart, ratio, cpuRatio } of results)
    console.log(
      `${String(latents).padEnd(9)}${place.padEnd(14)}${`${secondsApart.toFixed(2)} s`.padEnd(21)}${`${ratio.toFixed(2)} of it`.padEnd(14)}${cpuRatio.toFixed(2)} of it`,
    );
}

function batches(source) {
  return rowBatches(source, { batchSize: batch, seed: 1 });
}

async function trained(latents, run, source) {
  const spec = sae({ nP: dim, nQ: latents, activation: { kind: "topk", k: 4 * (run + 1) }, biases: true });
  await fit(backend, spec, source, { steps, seed: 1, scale: { input: 1.5, target: 1.5 } });
}

async function timed(work) {
  const [started, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

function whole(name) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`bench:onepass: --${name} must be a whole number of at least 1, got ${values[name]}`);
  process.exit(2);
}
