import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@monosema/tensor";
import { nodeFileSystem } from "@monosema/tensor/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HarvestRequest } from "../src/node/harvestRequest.js";
import { harvestToFolder } from "../src/node/harvestToFolder.js";
import type { HarvestDocument } from "../src/source/harvestDocument.js";
import { type TextSourceOptions, textSource } from "../src/source/textSource.js";
import { toyModel, toyRuntime, toyValue, width } from "./support/toyModel.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harvest-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Documents of seeded lengths, among them empty ones; token 99 stands twice among 300. */
const documents = (salt = 0): HarvestDocument[] =>
  Array.from({ length: 24 }, (_, id) => ({
    id,
    content: Int32Array.from({ length: (id * 11 + salt) % 29 }, (_, t) => (id * 31 + t * 17) % 97),
    share: (id + 1) / 24,
  }));

type Wanted = Partial<Omit<HarvestRequest, "source">> & Partial<TextSourceOptions>;

const request = ({ texts, tokenizer, length = 8, start, ...more }: Wanted = {}, salt = 0): HarvestRequest => {
  const model = toyModel();
  const own = {
    name: "texts.json",
    repeatable: true,
    async *documents() {
      yield* documents(salt);
    },
  };
  const source = textSource(model, {
    texts: texts ?? own,
    length,
    ...(tokenizer ? { tokenizer } : {}),
    ...(start === undefined ? {} : { start }),
  });
  return { model, runtime: toyRuntime(), source, hooks: ["a", "b"], batch: 3, rowsPerShard: 42, ...more };
};

const shardsOf = (where: string): string[] => readdirSync(where).filter((name) => name.startsWith("shard-"));
const bytesOf = (where: string): Record<string, string> =>
  Object.fromEntries(readdirSync(where).map((name) => [name, readFileSync(join(where, name)).toString("base64")]));

/** All rows of a folder. */
function rowsOf(
  where: string,
  hook: string,
): { token: number; document: number; position: number; values: number[] }[] {
  return shardsOf(where).flatMap((name) => {
    const { tensors } = readSafetensors(readFileSync(join(where, name)));
    const column = (key: string): Int32Array => tensors.get(key)?.data as Int32Array;
    const stored = tensors.get(hook);
    const values = stored?.data as Float32Array;
    return Array.from(column("token"), (token, row) => ({
      token,
      document: column("document")[row] as number,
      position: column("position")[row] as number,
      values: [...values.subarray(row * width, (row + 1) * width)],
    }));
  });
}

it("gives every token of every document its row, in order, with the values of the model", async () => {
  const { manifest, resumed } = await harvestToFolder(folder, request());
  const expected = documents().flatMap(({ id, content }) =>
    [...(content as Int32Array)].map((token, position) => ({
      token,
      document: id,
      position,
      // The start token goes before each window of 7.
      values: [0, 1, 2].map((d) => toyValue("a", token, 1 + (position % 7), d)),
    })),
  );
  expect(rowsOf(folder, "a")).toEqual(expected);
  expect(manifest).toMatchObject({ rows: expected.length, dropped: 0, complete: true, dtype: "F16" });
  expect(manifest.shards.length).toBeGreaterThan(4);
  expect(resumed).toBe(0);
});

describe("a harvest that was interrupted", () => {
  it.each([1, 2, 3, 5, 7, 9, 11])("after %i groups goes on and ends with the same bytes", async (groups) => {
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    await harvestToFolder(whole, request());
    const stop = new AbortController();
    let seen = 0;
    const onProgress = (): void => {
      seen += 1;
      if (seen === groups) stop.abort(new Error("stopped"));
    };
    const runtime = toyRuntime();
    await harvestToFolder(broken, request(), { signal: stop.signal, onProgress }).catch((error: Error) =>
      expect(error.message).toBe("stopped"),
    );
    expect(readdirSync(broken)).toContain("manifest.json"); // also before the first shard: the folder is known for its own
    const { resumed } = await harvestToFolder(broken, request({ runtime }));
    expect(bytesOf(broken)).toEqual(bytesOf(whole));
    expect(resumed).toBe(Math.floor(groups / 2));
  });

  it("redoes from the first shard that is missing or cut short", async () => {
    const whole = join(folder, "whole");
    await harvestToFolder(whole, request());
    for (const spoil of [(name: string) => rmSync(name), (name: string) => truncateSync(name, 100)]) {
      const broken = join(folder, "broken");
      cpSync(whole, broken, { recursive: true });
      spoil(join(broken, "shard-00002.safetensors"));
      const { resumed } = await harvestToFolder(broken, request());
      expect(resumed).toBe(2);
      expect(bytesOf(broken)).toEqual(bytesOf(whole));
      rmSync(broken, { recursive: true });
    }
  });

  it("is done at once where it was complete, without the model", async () => {
    await harvestToFolder(folder, request());
    const runtime = toyRuntime();
    const { resumed, manifest } = await harvestToFolder(folder, request({ runtime }));
    expect([resumed, runtime.groups]).toEqual([manifest.shards.length, 0]);
  });

  it.each([
    ["length", { length: 6 }],
    ["hooks", { hooks: ["a"] }],
    ["dtype", { dtype: "F32" as const }],
    ["limit", { limit: 20 }],
  ])("refuses another %s", async (key, more) => {
    await harvestToFolder(folder, request());
    await expect(harvestToFolder(folder, request(more))).rejects.toThrow(`goes on with the same ${key}`);
  });

  it("refuses other texts, finished or not", async () => {
    await harvestToFolder(folder, request());
    await expect(harvestToFolder(folder, request({}, 1))).rejects.toThrow("goes on with the same texts or images");
    rmSync(join(folder, "shard-00003.safetensors"));
    await expect(harvestToFolder(folder, request({}, 1))).rejects.toThrow("goes on with the same texts or images");
  });

  it("keeps finished shards where the disk is full, and goes on later", async () => {
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    await harvestToFolder(whole, request());
    let left = 2600;
    const full = {
      ...nodeFileSystem,
      create: async (path: string) => {
        const file = await nodeFileSystem.create(path);
        return {
          ...file,
          write: async (bytes: Uint8Array) => {
            left -= bytes.length;
            if (left < 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
            await file.write(bytes);
          },
        };
      },
    };
    await expect(harvestToFolder(broken, request(), { fs: full })).rejects.toThrow("ENOSPC");
    expect(shardsOf(broken).length).toBeGreaterThan(0);
    expect(readdirSync(broken).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    await harvestToFolder(broken, request());
    expect(bytesOf(broken)).toEqual(bytesOf(whole));
  });
});

it("leaves out rows of massive norm, counts and names them", async () => {
  const content = Int32Array.from({ length: 30 }, (_, t) => (t === 9 || t === 21 ? 99 : t));
  const texts = {
    name: "t",
    repeatable: true,
    async *documents() {
      yield { id: 0, content };
    },
  };
  const { manifest } = await harvestToFolder(folder, request({ texts }));
  expect(manifest).toMatchObject({ rows: 28, dropped: 2 });
  expect(manifest.shards[0]?.largest).toMatchObject([
    { token: 99, document: 0, position: 9 },
    { token: 99, document: 0, position: 21 },
  ]);
  expect(rowsOf(folder, "b").map(({ position }) => position)).not.toContain(9);
  const all = join(folder, "all");
  expect((await harvestToFolder(all, request({ texts, maxNorm: null }))).manifest.rows).toBe(30);
});

it("ends after a number of tokens, also where it went on", async () => {
  const { manifest } = await harvestToFolder(folder, request({ limit: 100 }));
  expect(manifest.rows).toBe(100);
  const before = bytesOf(folder);
  rmSync(join(folder, "shard-00001.safetensors"));
  await harvestToFolder(folder, request({ limit: 100 }));
  expect(bytesOf(folder)).toEqual(before);
});

it("plans before it writes, and refuses a disk that is too small", async () => {
  const plans: unknown[] = [];
  const onPlan = (plan: unknown): void => {
    expect(readdirSync(folder)).toEqual([]);
    plans.push(plan);
  };
  const { manifest } = await harvestToFolder(folder, request(), { onPlan });
  expect(plans).toMatchObject([
    { rows: manifest.rows, estimated: false, done: 0, bytes: manifest.rows * (2 * 6 + 12) },
  ]);
  const texts = {
    name: "t",
    repeatable: true,
    tokens: 1e15,
    async *documents() {
      yield* documents();
    },
  };
  const other = join(folder, "other");
  await expect(harvestToFolder(other, request({ texts }))).rejects.toThrow("must have room for");
  expect(readdirSync(other)).toEqual([]);
});

describe("texts", () => {
  const tokenizer = {
    kind: "toy",
    sha256: "1".repeat(64),
    vocabulary: 100,
    encode: (text: string) => Int32Array.from(text, (character) => character.charCodeAt(0) % 97),
    text: (token: number) => `<${token}>`,
  };
  const texts = {
    name: "t.jsonl",
    repeatable: true,
    async *documents() {
      yield { id: 0, content: "one text", record: { id: "x1", licence: "CC0", text: "one text" } };
      yield { id: 1, content: "", record: { text: "" } };
      yield { id: 2, content: "another, longer text", record: { id: 2, text: "another, longer text" } };
    },
  };

  it("come back in documents.jsonl and vocab.json", async () => {
    await harvestToFolder(folder, request({ texts, tokenizer }));
    const lines = readFileSync(join(folder, "documents.jsonl"), "utf8").trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { id: 0, source_id: "x1", licence: "CC0", text: "one text" },
      { id: 1, text: "" },
      { id: 2, text: "another, longer text" },
    ]);
    expect(JSON.parse(readFileSync(join(folder, "vocab.json"), "utf8"))[42]).toBe("<42>");
  });

  it("need the tokenizer of the model", async () => {
    await expect(harvestToFolder(folder, request({ texts }))).rejects.toThrow("texts need a tokenizer");
    const other = { ...tokenizer, vocabulary: 50 };
    expect(() => request({ texts, tokenizer: other })).toThrow(
      "the tokenizer must be the model's, of 100 token ids, got one of 50",
    );
  });
});

it("refuses token ids that the model does not have, and values that float16 cannot hold", async () => {
  const only = (content: Int32Array) => ({
    name: "t",
    repeatable: true,
    async *documents() {
      yield { id: 0, content };
    },
  });
  await expect(harvestToFolder(folder, request({ texts: only(Int32Array.of(1, 100)) }))).rejects.toThrow(
    "token ids must be below the model's 100, got 100 in document 0",
  );
  const model = toyModel();
  const runtime = toyRuntime();
  const large = {
    ...runtime,
    open: async (...given: Parameters<typeof runtime.open>) => {
      const session = await runtime.open(...given);
      return {
        ...session,
        run: async (...asked: Parameters<typeof session.run>) => {
          const outputs = await session.run(...asked);
          (outputs.a?.data as Float32Array)[width] = 7e4;
          return outputs;
        },
      };
    },
  };
  const texts = only(Int32Array.of(1, 2, 3));
  await expect(harvestToFolder(folder, request({ model, runtime: large, texts, maxNorm: null }))).rejects.toThrow(
    "values of a must be below 65520 for float16, got 70000",
  );
});
