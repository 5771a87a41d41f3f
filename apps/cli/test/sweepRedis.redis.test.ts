import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepRun } from "@monosema/experiments/report";
import { folderStore, jobOf } from "@monosema/runs";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort, redisServer } from "../../../packages/runs-bullmq/test/support/redisServer.mjs";
import { openEngine, sharedEngineKind } from "../src/jobs/engines/openEngine.js";
import { bin, document, inProcess, monosema, temporaryFolder, writeSamples } from "./support/cli.js";
import { pause, trainingsIn } from "./support/trainings.js";

const small = ["--latents", "64", "--batch", "64", "--backend", "simd", "--tier", "int16"];

interface Running {
  readonly child: ChildProcess;
  readonly said: () => string;
  readonly exit: Promise<number | null>;
}

function start(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text) => {
      said += text;
    });
  return { child, said: () => said, exit: new Promise((resolve) => child.on("close", resolve)) };
}

async function openServer(lease = 1.5): Promise<string> {
  const server = await redisServer();
  onTestFinished(() => server.close());
  return `${server.url}?lease=${lease}`;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause();
}

describe.skipIf(process.env.MONOSEMA_REDIS_SERVER === undefined)(
  "sweep on Redis (needs redis-server, see scripts/ci-redis.mjs)",
  () => {
    it("trainings of workers, one of them killed -9, have the bits of a plain loop; the sweep only waits", async () => {
      const engine = await openServer();
      const folder = temporaryFolder();
      const data = writeSamples(folder, "data.npy", 1000, 32);
      const store = join(folder, "store");
      const training = ["--data", data, ...small, "--steps", "800", "--k", "4"];
      const place = ["--engine", engine, "--store", store];
      const sweep = start("sweep", ...training, "--grid", "seed=0,1", ...place, "--workers", "0");
      await until(() => sweep.said().includes("on more machines: monosema worker"));
      const work = ["worker", ...place, "--workers", "1", "--save-every", "50", "--drain"];
      const victim = start(...work);
      await until(() => trainingsIn(store).some(({ step }) => step >= 50));
      victim.child.kill("SIGKILL");
      await victim.exit;
      await until(() => trainingsIn(store).length === 0);
      const heir = start(...work);
      expect(await sweep.exit, sweep.said()).toBe(0);
      expect(await heir.exit, heir.said()).toBe(0);
      expect(heir.said()).toMatch(/queue monosema-\w{8}\): \d wait, \d run; .* has 0 of 2/);
      expect(trainingsIn(store)).toEqual([]);

      const { rows, done } = document("runs", store) as unknown as { rows: readonly SweepRun[]; done: number };
      expect([done, new Set(rows.map(({ job }) => job)).size]).toEqual([2, 2]);
      expect(Math.max(...rows.map(({ resumedFrom = 0 }) => resumedFrom))).toBeGreaterThan(0);
      for (const { params, sha256 } of rows) {
        const out = join(folder, `plain-${params.seed}`);
        document("train", ...training, "--seed", `${params.seed}`, "--out", out);
        const weights = readFileSync(join(out, "sae_weights.safetensors"));
        expect(createHash("sha256").update(weights).digest("hex")).toBe(sha256);
      }
    }, 240_000);

    it("a worker refuses a job of another version by name and leaves it to others; cancel takes it back", async () => {
      const text = await openServer(30);
      const store = await folderStore(join(temporaryFolder(), "store"));
      const pins = { backend: "simd", tier: "int16" };
      const spec = { kind: "train", parameters: { options: {} }, inputs: {}, pins, version: "0.0.0-other" };
      const job = jobOf(spec);
      await store.put([job]);
      const engine = await openEngine(sharedEngineKind(text), text, { store, onNotice: () => {} });
      onTestFinished(() => engine.close());
      await engine.submit([job]);
      const worker = start("worker", "--engine", text, "--store", store.name, "--workers", "1");
      await until(() => worker.said().includes("attempt refused: the job was made by monosema 0.0.0-other"));
      await until(async () => (await engine.counts()).running === 0);
      expect(await engine.counts()).toEqual({ waiting: 1, running: 0, failed: 0 });
      const shown = monosema("runs", store.name, "--cancel", "--engine", text).stdout;
      expect(shown).toMatch(/1 runs are taken back from redis:.*; 0 that run go on/);
      expect(shown).toMatch(/1 runs: 0 done, 0 failed, 1 left/);
      expect(shown).toMatch(/refused by a worker: 1 runs: the job was made by monosema 0.0.0-other, this worker is/);
      expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 0 });
      worker.child.kill("SIGTERM");
      expect(await worker.exit).toBe(130);
    }, 120_000);

    it("a sweep whose runs are taken back ends and says so", async () => {
      const text = await openServer();
      const folder = temporaryFolder();
      const data = writeSamples(folder, "data.npy", 100, 16);
      const store = join(folder, "store");
      const place = ["--engine", text, "--store", store];
      const sweep = start("sweep", "--data", data, ...small, "--grid", "seed=0,1", ...place, "--workers", "0");
      await until(() => sweep.said().includes("on more machines"));
      expect(monosema("runs", store, "--cancel", "--engine", text).status).toBe(0);
      expect(await sweep.exit).toBe(1);
      expect(sweep.said()).toContain(
        "2 of 2 runs have no result and wait nowhere: they were taken back, or the queue was lost",
      );
    }, 120_000);

    it("says how to start a server that is away", async () => {
      const folder = temporaryFolder();
      const data = writeSamples(folder, "data.npy", 100, 16);
      const port = await freePort();
      const place = ["--engine", `redis://127.0.0.1:${port}`, "--store", join(folder, "store")];
      const ran = await inProcess("sweep", "--data", data, ...small, "--grid", "seed=0,1", ...place);
      expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining(`redis-server --port ${port}`) });
    });
  },
);
