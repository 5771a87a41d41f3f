import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Files, openActivations } from "../src/read.js";
import { allRows, bytesOf, filesInMemory, fixture, messageOf, numbersOf, withFixture } from "./support/fixtures.js";

const rows = await numbersOf("rows.npy");

describe("fixtures that cannot be read give one error", () => {
  it.each([
    ["compressed.arrow", "unsupported-compression", "x"],
    ["ragged.arrow", "ragged-lists", "x"],
    ["nulls.arrow", "null-values", "x"],
    ["nan.arrow", "not-finite", "x"],
    ["text.arrow", "bad-shape", undefined],
    ["ragged.parquet", "ragged-lists", "x"],
    ["nulls.parquet", "null-values", "x"],
    ["hole.parquet", "null-values", "x"],
    ["nan.parquet", "not-finite", "x"],
    ["text.parquet", "bad-shape", undefined],
  ])("%s: %s", async (name, code, matrix) => {
    const error = await withFixture(name, async (opened) => await allRows(await opened.matrix(matrix))).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ name: "FormatError", code });
    expect(String(error)).toContain(name);
  });
});

describe("what is missing is named", () => {
  it("a file that state.json lists", async () => {
    const names = ["state.json", "data-00000-of-00003.arrow", "data-00002-of-00003.arrow"];
    const entries = names.map(async (name) => [name, await bytesOf(`saelens/${name}`)] as const);
    const files = filesInMemory(Object.fromEntries(await Promise.all(entries)));
    expect(await messageOf(openActivations(files))).toMatch(/state\.json names the file data-00001-of-00003\.arrow/);
  });

  it("the layouts, where a folder has none of them", async () => {
    expect(await messageOf(openActivations(filesInMemory({ "notes.txt": new Uint8Array(3) })))).toMatch(
      /harvest, saev, memmap cache, PyTorch cache, arrow, parquet, npy, npz, safetensors or PyTorch/,
    );
  });

  it("a shard of saev that is too short", async () => {
    const names = ["metadata.json", "shards.json", "acts000000.bin", "acts000001.bin"];
    const entries = names.map(async (name) => [name, await bytesOf(`saev/${name}`)] as const);
    const all = Object.fromEntries(await Promise.all(entries));
    const short = { ...all, "acts000001.bin": all["acts000001.bin"]?.subarray(0, 700) as Uint8Array };
    expect(await messageOf(openActivations(filesInMemory(short)))).toMatch(/acts000001\.bin: the shard must have 720/);
  });
});

/** A generator of whole numbers below a bound (Numerical Recipes' linear congruential one). */
function draws(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("damaged bytes give an error, or the same rows, or other finite numbers; never a crash", () => {
  it.each([
    "list.arrow",
    "large-f64-file.arrow",
    "contexts.arrow",
    "list-v2.parquet",
    "list-snappy.parquet",
    "contexts.parquet",
    "table.parquet",
  ])("%s", { timeout: 60_000 }, async (name) => {
    const bytes = await bytesOf(name);
    const draw = draws(1);
    for (let round = 0; round < 300; round++) {
      const damaged = bytes.slice(0, round % 3 === 0 ? draw(bytes.length) : bytes.length);
      for (let i = 0; i < 1 + draw(3) && damaged.length > 0; i++) damaged[draw(damaged.length)] = draw(256);
      const read = await readAll(filesInMemory({ [name]: damaged }, name)).catch((error: unknown) => error);
      if (read instanceof Float32Array) expect(read.every(Number.isFinite)).toBe(true);
      else expect(String(read)).toMatch(/FormatError/);
    }
  });
});

describe("damaged folders give an error that names it, or finite numbers", () => {
  it.each(["saev", "memmap", "activault", "saelens"])("%s", { timeout: 60_000 }, async (name) => {
    const files = readdirSync(fixture(name));
    const whole = Object.fromEntries(
      await Promise.all(files.map(async (file) => [file, await bytesOf(`${name}/${file}`)] as const)),
    );
    const draw = draws(2);
    for (let round = 0; round < 200; round++) {
      const damagedFile = files[draw(files.length)] as string;
      const damaged = whole[damagedFile]?.slice() as Uint8Array;
      for (let i = 0; i < 1 + draw(3); i++) damaged[draw(damaged.length)] = draw(128);
      const read = await readAll(filesInMemory({ ...whole, [damagedFile]: damaged })).catch((error: unknown) => error);
      if (read instanceof Float32Array) expect(read.every(Number.isFinite)).toBe(true);
      else expect(String(read)).toMatch(/FormatError/);
    }
  });
});

async function readAll(files: Files): Promise<Float32Array> {
  const opened = await openActivations(files);
  const matrix = await opened.matrix(opened.matrices[0]);
  return await allRows(matrix);
}

describe("files in memory", () => {
  it("are read as those on disk", async () => {
    expect(await readAll(filesInMemory({ "list.arrow": await bytesOf("list.arrow") }, "list.arrow"))).toEqual(rows);
  });
});
