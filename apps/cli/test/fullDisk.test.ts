import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type FileSystem, nodeFileSystem } from "@monosema/tensor/node";
import { describe, expect, it } from "vitest";
import { document, inProcess, inProcessOn, temporaryFolder, writeSamples } from "./support/cli.js";

/** A disk that takes `room` bytes and is full then. */
function fullDisk(room: number): FileSystem {
  let left = room;
  return {
    ...nodeFileSystem,
    async create(path) {
      const file = await nodeFileSystem.create(path);
      return {
        ...file,
        async write(bytes) {
          left -= bytes.length;
          if (left < 0) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
          await file.write(bytes);
        },
      };
    },
  };
}

const leftovers = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.includes(".tmp"));

describe("a full disk", { timeout: 60_000 }, () => {
  const options = ["--latents", "32", "--k", "4", "--batch", "32", "--steps", "40", "--save-every", "10", "--quiet"];
  // One state takes about 30 kB: the first disk is full at once, the second after the first state, the third at the end.
  it.each([0, 45_000, 100_000])(
    "of %d bytes ends training with status 1 and a message, and keeps what was saved",
    async (room) => {
      const folder = temporaryFolder();
      const data = writeSamples(folder, "data.npy", 100, 16);
      const out = join(folder, "run");
      const ran = await inProcessOn(
        fullDisk(room),
        "train",
        "--backend",
        "reference",
        "--data",
        data,
        ...options,
        "--out",
        out,
      );
      expect(ran.status, ran.stderr).toBe(1);
      expect(ran.stderr).toContain("ENOSPC");
      expect(ran.stderr).toContain(out);
      expect(leftovers(out)).toEqual([]);
      expect(existsSync(join(out, "cfg.json"))).toBe(false);
      const resumed = await inProcess("train", "--resume", out, "--quiet");
      expect(resumed.status, resumed.stderr).toBe(room === 0 ? 2 : 0);
    },
  );

  it("leaves neither of the two files of encode", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 100, 16);
    const run = join(folder, "run");
    document("train", "--data", data, ...options, "--out", run);
    const out = join(folder, "codes");
    const ran = await inProcessOn(
      fullDisk(5000),
      "encode",
      run,
      "--backend",
      "reference",
      "--data",
      data,
      "--out",
      out,
      "--quiet",
    );
    expect(ran.status, ran.stderr).toBe(1);
    expect(ran.stderr).toContain("ENOSPC");
    expect(readdirSync(out)).toEqual([]);
  });
});
