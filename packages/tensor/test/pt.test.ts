import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import type { StoredTensor } from "../src/io/dtype.js";
import { withFile } from "../src/io/node/fileSource.js";
import { openPt } from "../src/io/pt/openPt.js";
import { type PtRecords, ptRecords } from "../src/io/pt/ptRecords.js";
import { isPtTensor } from "../src/io/pt/ptTensor.js";
import type { PtValue } from "../src/io/pt/ptValue.js";
import { writePt } from "../src/io/pt/writePt.js";
import { readSafetensors } from "../src/io/safetensors.js";
import { openZip } from "../src/io/zip/openZip.js";
import { writeZip } from "../src/io/zip/zipParts.js";
import { expected, fixture } from "./support/fixtures.js";
import { handZip } from "./support/handZip.js";

const shared = process.env.MONOSEMA_SHARED ?? new URL("../../../../shared", import.meta.url).pathname;
const open = (bytes: Uint8Array) => openPt(bytesSource(bytes, "f.pt"));
const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
const bytesOf = ({ data }: StoredTensor): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Files of PyTorch, old and new, and the ways in which it stores tensors. */
const names = readdirSync(new URL("fixtures", import.meta.url))
  .filter((name) => name.endsWith(".pt") && !name.startsWith("refused"))
  .map((name) => name.slice(0, -3));

describe("openPt", () => {
  it.each(names)("reads every tensor of %s.pt as PyTorch does, whole and by rows", async (name) => {
    const pt = await open(fixture(`${name}.pt`));
    const tensors = expected(name);
    expect(new Set(pt.tensors.keys())).toEqual(new Set(tensors.keys()));
    for (const [path, tensor] of tensors) {
      expect(pt.tensors.get(path)).toMatchObject({ dtype: tensor.dtype, shape: tensor.shape });
      const whole = await pt.readTensor(path);
      expect({ ...whole, data: [...whole.data] }, path).toEqual({ ...tensor, data: [...tensor.data] });
      expect(Buffer.compare(bytesOf(whole), bytesOf(tensor)), path).toBe(0); // the payload of a NaN too
      const [rows, ...rest] = tensor.shape;
      if (rows === undefined) {
        await expect(pt.readRows(path, 0, 1)).rejects.toMatchObject({ code: "bad-shape" });
        continue;
      }
      const width = product(rest);
      for (let start = 0; start <= rows; start++) {
        const part = await pt.readRows(path, start, Math.min(2, rows - start));
        expect(part.shape).toEqual([Math.min(2, rows - start), ...rest]);
        expect([...part.data]).toEqual([...tensor.data.subarray(start * width, (start + 2) * width)]);
      }
      await expect(pt.readRows(path, rows, 1)).rejects.toThrow(RangeError);
    }
  });

  it.each(["training", "protocol3", "protocol4", "protocol5", "legacy"])(
    "gives the plain values of %s.pt",
    async (name) => {
      const { value } = await open(fixture(`${name}.pt`));
      const file = value as ReadonlyMap<string, unknown>;
      expect(file.get("config")).toEqual(
        new Map<unknown, unknown>([
          ["d_in", 3],
          ["k", 2],
          ["ratio", 0.25],
          ["name", "größe"],
          ["tied", true],
          ["hook", null],
          ["sizes", [1, 2]],
          ["big", 2n ** 70n],
          ["negative", -(2 ** 40)],
          ["large", Number.MAX_SAFE_INTEGER],
          ["shape", [2, 3]],
          ["dtype", "torch.bfloat16"],
          ["device", "cuda:1"],
          ["set", [5]],
          ["nested", [[1, "a"], new Map()]],
          [3, "three"],
        ]),
      );
      expect([file.get("loss"), file.get("steps"), [...(file.get("bytes") as Uint8Array)]]).toEqual([
        0.125,
        7,
        [0, 255],
      ]);
    },
  );

  it("gives the state of an optimiser under the paths of its integer keys, and tensors as handles in the value", async () => {
    const { value, tensors } = await open(fixture("training.pt"));
    expect([...tensors.keys()]).toContain("optimizer.state.0.exp_avg");
    const model = (value as ReadonlyMap<string, ReadonlyMap<string, unknown>>).get("model");
    expect(isPtTensor(model?.get("weight"))).toBe(true);
    expect(model?.get("weight")).toBe(tensors.get("model.weight"));
    expect(isPtTensor(model)).toBe(false);
  });

  it("compares the checksum where a tensor is read whole", async () => {
    const bytes = fixture("tensor.pt");
    const at = bytes.findIndex((_, i) => new DataView(bytes.buffer, i).getFloat32(0, true) === -7); // the first number
    bytes[at + 1] = 1;
    const pt = await open(bytes);
    await expect(pt.readTensor("")).rejects.toMatchObject({ code: "zip-crc" });
    expect((await pt.readRows("", 1, 1)).data).toEqual(Float32Array.of(-1, 0, 1, 2, 3, 4));
  });

  it.each<[string, string, RegExp]>([
    ["refused-module", "pt-forbidden-global", /torch\.nn\.modules\.linear Linear|collections/],
    ["refused-namespace", "pt-forbidden-global", /got argparse Namespace;/],
    ["refused-complex", "pt-forbidden-global", /got torch ComplexFloatStorage;/],
    ["refused-sparse", "pt-forbidden-global", /_rebuild_sparse_tensor;/],
    ["refused-script", "pt-torchscript", /save the state dict/],
    ["refused-negated", "pt-view", /resolve_neg/],
    ["refused-storage", "pt-pickle", /storage alone/],
  ])("refuses %s.pt with %s", async (name, code, message) => {
    const opened = open(fixture(`${name}.pt`));
    await expect(opened).rejects.toMatchObject({ name: "FormatError", code });
    await expect(opened).rejects.toThrow(message);
  });

  it("names the tensors that are there where one is not", async () => {
    const pt = await open(fixture("state.pt"));
    await expect(pt.readTensor("weights")).rejects.toThrow(/hold weights, got weight, bias \[tensor-not-found\]$/);
  });

  it("reads an archive whose storages are deflated, as a zip program leaves them", async () => {
    const zip = await openZip(bytesSource(fixture("state.pt")));
    const files = await Promise.all(
      [...zip.entries.keys()].map(async (name) => ({ name, data: new Uint8Array(await zip.read(name)), method: 8 })),
    );
    const pt = await open(handZip(files));
    expect((await pt.readTensor("weight")).data).toEqual(expected("state").get("weight")?.data);
  });
});

describe("ptRecords", () => {
  it("gives a config as parsed JSON has it, and tensors as they are", async () => {
    const pt = await open(fixture("training.pt"));
    const { config, model } = ptRecords(pt.value) as Record<string, Record<string, unknown>>;
    expect(config).toMatchObject({ d_in: 3, k: 2, hook: null, nested: [[1, "a"], {}], "3": "three" });
    expect(model?.weight).toBe(pt.tensors.get("model.weight"));
  });

  it("keeps shared parts shared, and names of an object's own properties as keys", () => {
    const inner = new Map([["__proto__", 1]]);
    let value: PtValue = inner;
    for (let i = 0; i < 60; i++) value = [value, value];
    let records = ptRecords(value);
    for (let i = 0; i < 60; i++) records = (records as readonly PtRecords[])[1] as PtRecords;
    expect(Object.entries(records as object)).toEqual([["__proto__", 1]]);
  });

  it("refuses keys that would fall together", () => {
    const value = new Map<string | number, string>([
      [1, "a"],
      ["1", "b"],
    ]);
    expect(() => ptRecords(value)).toThrow(/^ptRecords: keys of a dict must differ as texts/);
  });
});

describe.skipIf(!existsSync(shared))("the .pt files of the shared data folder", () => {
  it.each(["sae/rf-topk/sae", "sae/rf-topk/classifier", "sae/residual-verif/sae", "sae/residual-verif/model"])(
    "%s has the tensors of the safetensors file beside it, byte by byte",
    async (name) => {
      await withFile(join(shared, "data", `${name}.pt`), async (source) => {
        const pt = await openPt(source);
        expect(pt.tensors.size).toBeGreaterThan(0);
        const beside = join(shared, "data", `${name}.safetensors`);
        if (!existsSync(beside)) return;
        const { tensors } = readSafetensors(new Uint8Array(readFileSync(beside)));
        for (const [path, tensor] of tensors) {
          const found = [...pt.tensors.keys()].find((key) => key === path || key === `state_dict.${path}`);
          const read = await pt.readTensor(found ?? path);
          expect(read.shape).toEqual(tensor.shape);
          expect(Buffer.compare(bytesOf(read), bytesOf(tensor))).toBe(0);
        }
      });
    },
  );

  it("of the peers all open", async () => {
    const folder = join(shared, "data/peers");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".pt"));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      await withFile(join(folder, file), async (source) => {
        const pt = await openPt(source);
        for (const path of pt.tensors.keys()) expect((await pt.readTensor(path)).data.length).toBeGreaterThan(0);
      });
    }
  });
});

describe("writePt", () => {
  const state = {
    encoder: { weight: { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) } },
    k: { dtype: "I32", shape: [], data: Int32Array.of(8) },
    empty: { dtype: "F32", shape: [0, 3], data: new Float32Array(0) },
    half: { dtype: "BF16", shape: [1], data: Float32Array.of(1.5) },
  } as const;

  it("writes tensors and values that openPt reads back equal", async () => {
    const plain = {
      int: 3,
      negative: -70000,
      large: 2 ** 52,
      float: 0.5,
      zero: -0,
      nan: Number.NaN,
      big: -(2n ** 80n),
      text: "é",
      yes: true,
      none: null,
    };
    const bytes = writePt({ state, ...plain, list: [1, [2], { deep: "x" }], map: new Map([["__proto__", 1]]) });
    expect(writePt({ state, ...plain, list: [1, [2], { deep: "x" }], map: new Map([["__proto__", 1]]) })).toEqual(
      bytes,
    );
    const pt = await open(bytes);
    const value = pt.value as ReadonlyMap<string, unknown>;
    for (const [key, item] of Object.entries(plain)) expect(value.get(key)).toBe(item);
    expect(value.get("list")).toEqual([1, [2], new Map([["deep", "x"]])]);
    expect(value.get("map")).toEqual(new Map([["__proto__", 1]]));
    expect(await pt.readTensor("state.encoder.weight")).toEqual(state.encoder.weight);
    expect(await pt.readTensor("state.k")).toEqual(state.k);
    expect(await pt.readTensor("state.empty")).toEqual(state.empty);
    expect(await pt.readTensor("state.half")).toEqual(state.half);
  });

  it("writes the bytes that torch.load of PyTorch 2.13.0 opened with weights_only, every value equal", () => {
    const { encoder, k, empty, half } = state;
    const config = {
      d: 3,
      big: -(2n ** 80n),
      large: 2 ** 52,
      ratio: 0.5,
      text: "é",
      yes: true,
      none: null,
      list: [1, [2]],
    };
    const digest = createHash("sha256").update(writePt({ encoder, k, empty, half, config })).digest("hex");
    expect(digest).toBe("2bb8dec19350b9d68c54d54afa5937f46d3c6042fd682aa23f9ec9ce51efb2c5");
  });

  it("writes integers of any size that fits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt(), async (integer) => {
        const { value } = await open(writePt(integer));
        expect(BigInt(value as number | bigint)).toBe(integer);
        expect(typeof value).toBe(Number.isSafeInteger(Number(integer)) ? "number" : "bigint");
      }),
      { numRuns: 50 },
    );
  });

  it("refuses what a state dict cannot hold", () => {
    expect(() => writePt(undefined as never)).toThrow(/^writePt: value must be a tensor, dict, list or plain value/);
    expect(() => writePt({ x: Float32Array.of(1) as never })).toThrow(/^writePt: value.x must be .*, got Float32Array/);
    const u16 = { dtype: "U16", shape: [1], data: Uint16Array.of(1) } as const;
    expect(() => writePt([u16])).toThrow(/^writePt: dtype of value.0 must be one that PyTorch stores, got U16/);
    const wrong = { dtype: "F32", shape: [2], data: Float32Array.of(1) } as const;
    expect(() => writePt({ wrong })).toThrow(/^writePt: value.wrong must have 2 elements/);
    const itself: { [key: string]: never } = {};
    itself.self = itself as never;
    expect(() => writePt(itself)).toThrow(/^writePt: values must be at most 100 deep/);
  });
});

it("an empty zip is no .pt file", async () => {
  await expect(open(writeZip([["a/b", new Uint8Array(1)]]))).rejects.toMatchObject({ code: "pt-archive" });
});
