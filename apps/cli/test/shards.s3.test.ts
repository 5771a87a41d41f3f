import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newBucketStore, server, useServer } from "./support/bucket.js";
import { document, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

describe.skipIf(server === undefined)("shards in a bucket of the server that MONOSEMA_S3 names", () => {
  useServer();

  it("are joined to the bytes of one pass", () => {
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    const data = writeSamples(folder, "data.npy", 500, 16);
    const pinned = ["--backend", "simd", "--tier", "int16"];
    document("train", "--data", data, "--latents", "48", "--k", "4", "--steps", "50", ...pinned, "--out", at("sae"));
    const encode = ["encode", at("sae"), "--data", data, ...pinned];
    document(...encode, "--out", at("plain"));
    const sharded = [...encode, "--shard-rows", "300", "--store", newBucketStore()];
    document(...sharded, "--out", at("sharded"));
    for (const name of ["codes.safetensors", "reconstruction.npy"])
      expect(readFileSync(join(at("sharded"), name))).toEqual(readFileSync(join(at("plain"), name)));
    expect(monosema(...sharded, "--out", at("again")).stdout).toContain("2 shards, 2 done before: nothing to do");
  }, 120_000);
});
