import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { folderStore, jobOf } from "@monosema/runs";
import { bullmqEngine } from "../../dist/index.js";
import { redisServer } from "./redisServer.mjs";

/** Steps of a job, ten milliseconds each. */
const steps = 20;
const program = fileURLToPath(new URL("fleetProcess.mjs", import.meta.url));

/**
 * Runs jobs that sleep on many workers in some processes, or in one where the engine is local, which are killed -9 at random times and
 * started again.
 */
export async function simulateFleet(engine, seed, { count = 400, kills = 8, workers = 200, split = 8 } = {}) {
  const random = generator(seed);
  const folder = mkdtempSync(join(tmpdir(), "monosema-fleet-"));
  const server = engine === "redis" ? await redisServer() : undefined;
  const store = await folderStore(folder);
  const jobs = Array.from({ length: count }, (_, i) =>
    jobOf({ kind: "sleep", parameters: { seed: `${seed} ${i}`, steps }, inputs: {}, pins: {}, version: "1" }),
  );
  await store.put(jobs);
  if (server) {
    const queue = await bullmqEngine(server.url);
    await queue.submit(jobs);
    await queue.close();
  }
  const began = performance.now();
  const processes = engine === "local" ? 1 : split;
  const commits = [];
  let killed = 0;
  const place = async (index) => {
    for (;;) {
      const args = [program, server?.url ?? engine, folder, workers / processes, index, processes];
      const child = spawn(process.execPath, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
      let [said, kill] = ["", undefined];
      child.stdout.setEncoding("utf8").on("data", (text) => {
        said += text;
        if (kill !== undefined || !said.startsWith("up")) return;
        const after = 50 + 600 * random();
        kill = setTimeout(() => {
          if (killed < kills && child.kill("SIGKILL")) killed += 1;
        }, after);
      });
      const status = await new Promise((resolve) => child.on("close", resolve));
      clearTimeout(kill);
      commits.push(...[...said.matchAll(/^committed (\w+)$/gm)].map(([, id]) => id));
      if (status === 0) return;
      if (status !== null) throw new Error(`a process of the fleet must end with 0 or be killed, got ${status}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: processes }, (_, index) => place(index)));
    const results = await Promise.all(jobs.map(({ id }) => store.result(id)));
    const right = results.filter((result, i) => result?.value.digest === plainLoop(`${seed} ${i}`)).length;
    return {
      ...{ jobs: count, killed, right, results: (await store.done()).size },
      committedTwice: commits.length - new Set(commits).size,
      resumed: results.filter((result) => result?.resumedFrom > 0).length,
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await server?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function plainLoop(seed) {
  let digest = seed;
  for (let step = 1; step <= steps; step++) digest = createHash("sha256").update(`${digest} ${step}`).digest("hex");
  return digest;
}

/** Numbers in [0, 1) from a seed. */
function generator(seed) {
  let drawn = 0;
  return () => createHash("sha256").update(`${seed} ${drawn++}`).digest().readUInt32LE() / 2 ** 32;
}
