import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource, FormatError } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeOnnx, exposeOutputs, openModel } from "../src/index.js";
import { folderFiles } from "../src/node.js";
import { graphBuilder } from "../src/onnx/graphBuilder.js";
import { memoryFiles } from "./support/memoryFiles.js";

const folder = join(import.meta.dirname, "fixtures/onnx");
const file = new Uint8Array(readFileSync(join(folder, "text.onnx")));
const describe_ = (bytes: Uint8Array) => describeOnnx(bytesSource(bytes, "text.onnx"));
const open = (bytes: Uint8Array = file) => openModel(memoryFiles({ "text.onnx": bytes }));

/** Tag and length of a field of bytes. */
function prefix(field: number, size: number): number[] {
  const bytes = [field * 8 + 2];
  let rest = size;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

describe("describeOnnx", () => {
  it("tells what the onnx package wrote", async () => {
    const model = await describe_(file);
    expect(model.nodes.map(({ op }) => op)).toEqual("Gather Cast Unsqueeze Mul MatMul ReduceMax Greater If".split(" "));
    expect(model.nodes[0]).toEqual({
      name: "look up",
      op: "Gather",
      inputs: ["table", "input_ids"],
      outputs: ["embedded"],
    });
    expect(model.inputs).toEqual(
      ["input_ids", "attention_mask"].map((name) => ({ name, type: 7, shape: ["batch", "length"] })),
    );
    expect(model.outputs).toEqual([{ name: "chosen", type: 1, shape: ["batch", "length", 3] }]);
    expect(model.values).toEqual([{ name: "embedded", type: 1, shape: ["batch", "length", 4] }]);
    expect(model.initializers).toEqual([
      { name: "table", dims: [12, 4] },
      { name: "weight", dims: [4, 3] },
      { name: "last", dims: [1] },
      { name: "zero", dims: [] },
    ]);
    expect(model.opsets).toEqual([{ domain: "", version: 17 }]);
    expect(new Set(model.inner)).toEqual(new Set(["then_factor", "then_scaled", "else_factor", "else_scaled"]));
    expect(model.external).toEqual([]);
  });

  it("names the files that hold weights", async () => {
    const model = await describe_(new Uint8Array(readFileSync(join(folder, "external.onnx"))));
    expect(model.external).toEqual(["external.data"]);
    expect(model.initializers[0]).toEqual({ name: "table", dims: [12, 4], location: "external.data" });
  });

  it("reads a small part of a file with large weights", async () => {
    const graph = graphBuilder();
    graph.hook("out", graph.node("MatMul", [graph.input("x", "float32", ["B", 4]), graph.scalar(1)]), 4);
    const { proto } = graph.model(["out"]);
    // graph { initializer { raw_data } } of 64 MB, of which only the lengths are needed.
    const raw = 2 ** 26;
    const data = prefix(9, raw);
    const initializer = prefix(5, data.length + raw);
    const head = [...prefix(7, initializer.length + data.length + raw), ...initializer, ...data];
    let read = 0;
    const size = proto.length + head.length + raw;
    const source = {
      name: "large.onnx",
      size,
      read: async (offset: number, length: number) => {
        read += length;
        const bytes = new Uint8Array(length);
        for (let i = 0; i < length; i++) {
          const at = offset + i;
          bytes[i] = (at < proto.length ? proto[at] : head[at - proto.length]) ?? 0;
        }
        return bytes;
      },
      close: async () => {},
    };
    const model = await describeOnnx(source).catch((error: Error) => error);
    expect(model).toMatchObject({ nodes: [{ op: "MatMul" }, { op: "Identity" }] });
    expect(read).toBeLessThan(300_000);
  });

  it.each([
    ["nothing", new Uint8Array(0), "onnx-no-graph"],
    ["a text", new TextEncoder().encode("not a model at all"), "onnx-"],
    ["half a file", file.subarray(0, file.length / 2), "onnx-truncated"],
    ["a graph without operators", exposeOutputs(new Uint8Array(0), ["x"]), "onnx-no-graph"],
  ])("refuses %s", async (_, bytes, code) => {
    const error = await describe_(bytes).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).code).toContain(code);
  });

  it("refuses more nodes than memory holds, and takes lists of any length", async () => {
    const nodes = new Uint8Array(2 * (2 ** 20 + 1)).map((_, i) => (i % 2 === 0 ? 10 : 0));
    const graph = Uint8Array.from(prefix(7, nodes.length));
    const many = Buffer.concat([graph, nodes, file]);
    await expect(describe_(many)).rejects.toMatchObject({ code: "onnx-too-large" });
    const dims = new Uint8Array(500_000).fill(1);
    const tensor = prefix(1, dims.length);
    const initializer = prefix(5, tensor.length + dims.length);
    const head = Uint8Array.of(
      ...prefix(7, initializer.length + tensor.length + dims.length),
      ...initializer,
      ...tensor,
    );
    const { initializers } = await describe_(Buffer.concat([head, dims, file]));
    expect(initializers[0]?.dims.length).toBe(500_000);
  });

  it("ends with a description or a FormatError for any bytes", async () => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(file.length), async (changes, cut) => {
        const bytes = file.slice(0, cut < 40 ? cut : file.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        await describe_(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

describe("an ONNX file as a model", () => {
  it("offers the tensors of its graph and knows a text model by its inputs", async () => {
    const model = await open();
    expect(model.hooks.map(({ name }) => name)).toEqual(
      "embedded mask mask3 masked projected most positive chosen".split(" "),
    );
    expect(model.hooks[0]).toEqual({ name: "embedded", shape: ["batch", "length", 4] });
    expect(model.hooks[1]).toEqual({ name: "mask" });
    expect(model.tokens).toEqual({ vocabulary: 12 });
    expect(model.inputs([Int32Array.of(3, 4), Int32Array.of(5)])).toEqual({
      input_ids: { type: "int64", dims: [2, 2], data: BigInt64Array.of(3n, 4n, 5n, 0n) },
      attention_mask: { type: "int64", dims: [2, 2], data: BigInt64Array.of(1n, 1n, 1n, 0n) },
    });
    expect(() => model.inputs([Int32Array.of(12)])).toThrow("ids must be from 0 to 11, got 12");
  });

  it("takes context and start token from the config.json beside it", async () => {
    const config = JSON.stringify({ max_position_embeddings: 8, bos_token_id: 2 });
    const model = await openModel(memoryFiles({ "text.onnx": file, "config.json": config }));
    expect(model.tokens).toEqual({ vocabulary: 12, context: 8, start: 2 });
    expect(() => model.inputs([new Int32Array(9)])).toThrow("1 to 8 tokens");
  });

  it("appends outputs, and none that it has already", async () => {
    const model = await open();
    expect((await model.graph(["chosen"], 4)).proto).toEqual(file);
    const { proto, external } = await model.graph(["masked", "chosen"], 4);
    expect(proto.subarray(0, file.length)).toEqual(file);
    expect(proto.length - file.length).toBe(12);
    expect(proto).toEqual(exposeOutputs(file, ["masked"]));
    expect(external).toEqual([]);
  });

  it("refuses a tensor inside an If by its name, and others with the nearest", async () => {
    const model = await open();
    await expect(model.graph(["then_scaled"], 4)).rejects.toThrow(
      "got then_scaled: tensors inside If and Loop bodies cannot be exposed",
    );
    await expect(model.graph(["embeded"], 4)).rejects.toThrow("the nearest are embedded,");
  });

  it("requires the file of its weights", async () => {
    const bytes = new Uint8Array(readFileSync(join(folder, "external.onnx")));
    await expect((await open(bytes)).graph(["masked"], 4)).rejects.toThrow("must lie beside it in external.data");
    const model = await openModel(await folderFiles(join(folder, "external.onnx")));
    expect((await model.graph(["masked"], 4)).external.map(({ location }) => location)).toEqual(["external.data"]);
    await model.close();
  });
});
