import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SweepRun } from "@monosema/experiments/report";
import { s3Store } from "@monosema/runs";
import { AwsClient } from "aws4fetch";
import { describe, expect, it, onTestFinished } from "vitest";
import { newBucketStore, server, useServer } from "./support/bucket.js";
import { bin, document, inProcess, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

describe.skipIf(server === undefined)("a sweep in a bucket of the server that MONOSEMA_S3 names", () => {
  useServer();

  it("killed -9, it goes on from a state in the bucket, to the bits of a plain training", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 1000, 32);
    const address = newBucketStore();
    const small = ["--latents", "64", "--batch", "64", "--backend", "simd", "--tier", "int16", "--steps", "4000"];
    const out = join(folder, "out");
    const command = ["--data", data, ...small, "--grid", "k=4", "--store", address, "--save-every", "100"];
    const first = spawn(process.execPath, [bin, "sweep", ...command, "--out", out], { stdio: "ignore" });
    onTestFinished(() => void first.kill("SIGKILL"));
    const store = await s3Store(address);
    for (let seen = 0; seen === 0; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const [id] = (await store.jobs()).map((job) => job.id);
      for (const { step } of id === undefined ? [] : await store.attempts(id)) seen = Math.max(seen, step);
      expect(first.exitCode).toBe(null);
    }
    first.kill("SIGKILL");

    const after = join(folder, "after");
    const { rows, store: name } = document("sweep", ...command, "--out", after) as unknown as {
      rows: readonly SweepRun[];
      store: string;
    };
    expect(name).toBe(address);
    const row = rows[0] as SweepRun & { readonly checkpoint: string };
    expect(row).toMatchObject({ state: "done", attempts: 2 });
    expect(row.resumedFrom).toBeGreaterThan(0);
    const plain = join(folder, "plain");
    document("train", "--data", data, ...small, "--k", "4", "--out", plain);
    const weights = readFileSync(join(plain, "sae_weights.safetensors"));
    expect(row.sha256).toBe(createHash("sha256").update(weights).digest("hex"));
    const bucket = new AwsClient({ accessKeyId: "key", secretAccessKey: "secret", service: "s3" });
    const kept = await bucket.fetch(`${row.checkpoint.replace("s3:/", server as string)}/sae_weights.safetensors`);
    expect(Buffer.from(await kept.arrayBuffer())).toEqual(weights);
    const again = monosema("sweep", ...command, "--out", after);
    expect(again.stdout).toContain("1 runs, 1 done before: nothing to do");
    expect(existsSync(join(after, "report.html"))).toBe(true);
  }, 180_000);

  it("job does one of a list in a bucket; what is wrong is said", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const address = newBucketStore();
    const command = ["--data", data, "--latents", "64", "--steps", "20", "--backend", "simd", "--grid", "k=2"];
    const made = document("sweep", ...command, "--store", address, "--engine", "none", "--out", join(folder, "out"));
    expect(made.manifest).toMatch(new RegExp(`^${address}/manifests/[0-9a-f]{16}\\.json$`));
    expect(document("job", made.manifest as string, "--index", "0").outcome).toBe("committed");
    expect(document("job", made.manifest as string, "--index", "0").outcome).toBe("skipped");

    const wrong = await inProcess("job", `${address}/manifests/none.json`, "--index", "0");
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining("MANIFEST must be a list of jobs") });
    const shown = await inProcess("runs", address);
    expect(shown.stdout).toContain(`1 runs: 1 done, 0 failed, 0 left, 0 of them with a saved state`);
    const empty = await inProcess("runs", "s3://monosema-tests/nothing-here");
    expect(empty).toMatchObject({ status: 2, stderr: expect.stringContaining("without runs") });
    const none = await inProcess("runs", "s3://no-such-bucket/here");
    expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining("NoSuchBucket") });
  }, 120_000);
});
