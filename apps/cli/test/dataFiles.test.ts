import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rowBatches } from "@monosema/sdl";
import { type MatrixSource, npyHeader, writeNpy, writeSafetensors } from "@monosema/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { openData } from "../src/data.js";
import { dataFile, pathsAt } from "../src/dataFile.js";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const ramp = (rows: number, columns: number, first: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => first + i);

/** Two files of numbers, their patterns, and the folder of a harvest with two hooks. */
beforeEach(() => {
  folder = temporaryFolder();
  for (const [name, first] of [
    ["part-2.npy", 0],
    ["part-10.npy", 12],
    [".part-9.npy", 99],
  ] as const)
    writeFileSync(at(name), writeNpy({ shape: [4, 3], data: ramp(4, 3, first) }));
  mkdirSync(at("harvest"));
  const shards = [0, 1].map((i) => {
    const file = `shard-0000${i}.safetensors`;
    const hook = (columns: number, first: number) => ({
      dtype: "F32" as const,
      shape: [4, columns],
      data: ramp(4, columns, first + 4 * columns * i),
    });
    const bytes = writeSafetensors([
      ["blocks.1.hook_resid_post", hook(3, 0)],
      ["blocks.2.hook_resid_post", hook(2, 50)],
    ]);
    writeFileSync(join(at("harvest"), file), bytes);
    return { file, rows: 4, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  const hooks = [1, 2].map((layer) => ({ name: `blocks.${layer}.hook_resid_post`, width: 4 - layer }));
  writeFileSync(
    join(at("harvest"), "manifest.json"),
    JSON.stringify({ format: "monosema-activations-1", hooks, shards }),
  );
});

const read = async (...texts: readonly string[]): Promise<readonly number[]> => {
  const rows = await openData("data", ...texts);
  return [...(await rows.readRows(0, rows.rows))];
};

describe("what --data names", () => {
  it("is a pattern's files in natural order, without hidden ones", async () => {
    expect(pathsAt(at("part-*.npy"))).toEqual([at("part-2.npy"), at("part-10.npy")]);
    expect(pathsAt(at("part-?.npy"))).toEqual([at("part-2.npy")]);
    expect(await read(at("part-*.npy"))).toEqual([...ramp(8, 3, 0)]);
  });

  it("is a file of that very name before it is a pattern", () => {
    writeFileSync(at("part-*.npy"), "");
    expect(pathsAt(at("part-*.npy"))).toEqual([at("part-*.npy")]);
  });

  it("is several, one after the other, whatever their layouts", async () => {
    expect(await read(at("part-10.npy"), `${at("harvest")}:blocks.1.hook_resid_post`)).toEqual([
      ...ramp(4, 3, 12),
      ...ramp(8, 3, 0),
    ]);
  });

  it("is a folder and a hook in it", async () => {
    expect(dataFile(`${at("harvest")}:a:b`)).toEqual({ path: at("harvest"), tensor: "a:b" });
    expect(dataFile(`${at("part-*.npy")}:x`)).toEqual({ path: at("part-*.npy"), tensor: "x" });
    expect(await read(`${at("harvest")}:blocks.2.hook_resid_post`)).toEqual([...ramp(8, 2, 50)]);
  });

  it.each([
    [() => [at("no-*.npy")], /--data must name files, got .*no-\*\.npy, which stands for none; check the pattern/],
    [() => [at("no.npy")], /--data must name a readable file, got .*no\.npy \(ENOENT\)/],
    [
      () => [at("harvest")],
      /one matrix must be named, got blocks\.1\.hook_resid_post, blocks\.2\.hook_resid_post; name one/,
    ],
    [
      () => [`${at("harvest")}:blocks.2.hook_resid_pos`],
      /got blocks\.2\.hook_resid_pos, and there are blocks\.2\.hook_resid_post, blocks\.1\.hook_resid_post; did you mean blocks\.2\.hook_resid_post\?/,
    ],
    [
      () => [at("part-2.npy"), `${at("harvest")}:blocks.2.hook_resid_post`],
      /same number of columns, got 3 in part-2\.npy and 2 in harvest/,
    ],
    [() => [folder], /layouts harvest, .* safetensors or PyTorch, got none/],
  ])("is refused clearly (%#)", async (texts, message) => {
    await expect(openData("data", ...texts())).rejects.toThrow(message);
  });

  it("may be 20 GB, of which nothing is held but what is read", async () => {
    const rows = 10_000_000;
    const header = npyHeader("<f4", [rows, 500]);
    writeFileSync(at("huge.npy"), header);
    truncateSync(at("huge.npy"), header.length + 4 * 500 * rows); // takes no room on the disk
    const before = process.memoryUsage().rss;
    const huge = await openData("data", at("huge.npy"));
    expect([huge.rows, huge.columns, huge.block]).toEqual([rows, 500, 525]);
    expect((await huge.readRows(rows - 600, 600)).length).toBe(300_000);
    const batches = rowBatches(huge, { batchSize: 512 });
    expect((await batches.batch(1)).input.length).toBe(256_000);
    // A pool of 256 MiB, and what the engine takes beside.
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
    await (huge as MatrixSource).close();
  });

  it("is never written over, also where a pattern names it", async () => {
    const { status, stderr } = await inProcess(
      "encode",
      folder,
      "--data",
      at("part-*.npy"),
      "--codes",
      at("part-2.npy"),
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/--codes must not be a file that is read, got that of --data/),
    ]);
  });
});

const small = ["--latents", "16", "--k", "2", "--batch", "16", "--steps", "4", "--backend", "reference", "--quiet"];

describe("monosema train on several files", { timeout: 60_000 }, () => {
  interface TrainedData {
    readonly rows: number;
    readonly data: readonly {
      readonly path: string;
      readonly tensor?: string;
      readonly sha256: string;
      readonly rows: number;
    }[];
    readonly spec: object;
    readonly metrics: { readonly fvu: number };
  }
  const ended = async (...args: readonly string[]): Promise<TrainedData> => {
    const { status, stdout, stderr } = await inProcess("train", ...args, "--json");
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as TrainedData;
  };
  const trained = async (...args: readonly string[]): Promise<TrainedData> => await ended(...args, ...small);
  const sha256 = (...parts: readonly (string | Buffer)[]): string => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  };

  it("trains on rows that follow each other as on one file of them, and says whose they are", async () => {
    const whole = writeSamples(folder, "whole.npy", 64, 8);
    const numbers = readFileSync(whole).subarray(128);
    const half = (name: string, from: number): string => {
      const data = new Float32Array(Uint8Array.from(numbers.subarray(from, from + numbers.length / 2)).buffer);
      writeFileSync(at(name), writeNpy({ shape: [32, 8], data }));
      return at(name);
    };
    const halves = [half("half-1.npy", 0), half("half-2.npy", numbers.length / 2)];
    const one = await trained("--data", whole, "--out", at("one"));
    const two = await trained(...halves.flatMap((path) => ["--data", path]), "--out", at("two"));
    const pattern = await trained("--data", at("half-*.npy"), "--out", at("three"));
    const weights = (name: string): Buffer => readFileSync(join(at(name), "sae_weights.safetensors"));
    const hashes = halves.map((path) => sha256(readFileSync(path)));
    expect([one.rows, two.rows, pattern.rows]).toEqual([64, 64, 64]);
    expect(weights("two").equals(weights("one"))).toBe(true);
    expect(weights("three").equals(weights("one"))).toBe(true);
    expect(one.data).toEqual([{ path: whole, sha256: sha256(readFileSync(whole)), rows: 64 }]);
    expect(two.data).toEqual(halves.map((path, i) => ({ path, sha256: hashes[i], rows: 32 })));
    const lines = halves.map((_, i) => `half-${i + 1}.npy ${hashes[i]}\n`);
    expect(pattern.data).toEqual([{ path: at("half-*.npy"), sha256: sha256(...lines), rows: 64 }]);
  });

  it("goes on with a run on a folder where it lies now, and refuses another content", async () => {
    const data = `${at("harvest")}:blocks.1.hook_resid_post`;
    const run = at("run");
    expect((await trained("--data", data, "--max-norm", "100", "--out", run)).data).toMatchObject([
      { path: at("harvest"), tensor: "blocks.1.hook_resid_post", rows: 8 },
    ]);
    const further = await ended("--resume", run, "--steps", "6", "--quiet");
    expect(further).toMatchObject({ steps: 6, data: [{ path: at("harvest"), rows: 8 }] });
    const manifest = join(at("harvest"), "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"sha256":"../, '"sha256":"zz'));
    const other = await inProcess("train", "--resume", run, "--steps", "7", "--quiet");
    expect([other.status, other.stderr]).toEqual([2, expect.stringMatching(/--resume needs the same data/)]);
  });

  it("takes each --source as one of a crosscoder", async () => {
    const [a, b] = [writeSamples(folder, "a.npy", 32, 6), writeSamples(folder, "b.npy", 32, 4)];
    const made = await trained("--source", a, "--source", b, "--out", at("cross"));
    expect(made.spec).toMatchObject({ variant: "crosscoder", sources: [6, 4] });
    expect(made.data.map(({ path, rows }) => [path, rows])).toEqual([
      [a, 32],
      [b, 32],
    ]);
    const same = await trained("--data", a, "--data", b, "--variant", "crosscoder", "--out", at("same"));
    expect(same.metrics.fvu).toBe(made.metrics.fvu);
    const further = await ended("--resume", at("cross"), "--source", a, "--source", b, "--steps", "5");
    expect(further.spec).toMatchObject({ sources: [6, 4] });
    const refused = async (...args: readonly string[]) => (await inProcess("train", ...args, ...small)).stderr;
    expect(await refused("--source", a, "--data", b)).toMatch(/--data and --source exclude each other/);
    expect(await refused("--source", a, "--source", b, "--variant", "sae")).toMatch(/--source belongs to crosscoders/);
    const evaluated = await inProcess("evaluate", at("cross"), "--data", a, "--data", b, "--json", "--quiet");
    expect(JSON.parse(evaluated.stdout).metrics.fvu).toBeCloseTo(further.metrics.fvu, 6);
    expect(await refused("--data", a, "--data", b)).toMatch(/same number of columns, got 6 in a\.npy and 4 in b\.npy/);
  });
});
