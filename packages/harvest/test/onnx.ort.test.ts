import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openModel, type RuntimeTensor } from "../src/index.js";
import { folderFiles, openRuntime } from "../src/node.js";
import { describeRuntimes, floats, runOnce, withSession } from "./support/runtimes.js";

const folder = join(import.meta.dirname, "fixtures/onnx");

describeRuntimes("an ONNX file of others", (open, name) => {
  // test/fixtures/onnx/make.py: rows of the table (4 id + column - 20) / 8, all exact in float32.
  const ids = [Int32Array.of(3, 11), Int32Array.of(5)];
  const numbers = (tensor: RuntimeTensor | undefined) => Array.from(floats(tensor), (x) => x + 0); // no -0
  const row = (id: number) => Array.from({ length: 4 }, (_, column) => (4 * id + column - 20) / 8);
  const project = (x: readonly number[]) =>
    [0, 1, 2].map((k) => x.reduce((sum, value, j) => sum + (value * (j - k)) / 4, 0));

  it.each(["text.onnx", "external.onnx"])("gives the inner tensors of %s", async (file) => {
    const model = await openModel(await folderFiles(join(folder, file)));
    const hooks = ["masked", "projected", "chosen"];
    const outputs = await runOnce(await open(), await model.graph(hooks, 2), model.inputs(ids), hooks);
    const masked = [row(3), row(11), row(5), [0, 0, 0, 0]];
    expect(numbers(outputs.masked)).toEqual(masked.flat());
    expect(outputs.masked?.dims).toEqual([2, 2, 4]);
    const projected = masked.map(project);
    expect(numbers(outputs.projected)).toEqual(projected.flat());
    expect(numbers(outputs.chosen)).toEqual(projected.flat().map((x) => 2 * x));
    await model.close();
  });

  it("says what a run lacks, and what the model does not have", async () => {
    const model = await openModel(await folderFiles(join(folder, "text.onnx")));
    await withSession(await open(), await model.graph(["masked"], 2), async (session) => {
      await expect(session.run({}, ["masked"])).rejects.toThrow("inputs must have input_ids, attention_mask, got none");
      await expect(session.run(model.inputs(ids), ["nothing"])).rejects.toThrow(
        "outputs must be among chosen, masked, got nothing",
      );
      await expect(
        session.run({ ...model.inputs(ids), input_ids: { type: "float32", dims: [1], data: new Float32Array(1) } }, [
          "masked",
        ]),
      ).rejects.toMatchObject({ code: "run-failed" });
      await session.close();
      await expect(session.run(model.inputs(ids), ["masked"])).rejects.toThrow("run must come before close");
    });
    await model.close();
  });

  it("refuses a file that is no model, and threads that are no number", async () => {
    const runtime = await open();
    const garbage = { proto: new TextEncoder().encode("no model"), external: [] };
    await expect(runtime.open(garbage, {})).rejects.toMatchObject({ code: "model-refused" });
    await expect(runtime.open(garbage, { threads: 0.5 })).rejects.toThrow(
      "threads must be a positive integer, got 0.5",
    );
  });

  it("leaves nothing in its scratch folder, also where the weights cannot be read", async () => {
    const scratch = await mkdtemp(join(tmpdir(), "scratch-"));
    const runtime = await openRuntime(name, { scratch });
    const model = await openModel(await folderFiles(join(folder, "external.onnx")));
    const graph = await model.graph(["masked"], 2);
    await runOnce(runtime, graph, model.inputs(ids), ["masked"]);
    const failing = (error: Error) =>
      graph.external.map((weights) => ({
        ...weights,
        parts: async function* () {
          yield new Uint8Array(8);
          throw error;
        },
      }));
    const opening = (error: Error) => runtime.open({ ...graph, external: failing(error) }, {});
    await expect(opening(new Error("disk is gone"))).rejects.toThrow("disk is gone");
    if (name === "onnxruntime-node") {
      const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      await expect(opening(full)).rejects.toThrow(
        `${scratch} must have room for 240 bytes of weights, got a full disk`,
      );
    }
    expect(readdirSync(scratch)).toEqual([]);
    await model.close();
    await rm(scratch, { recursive: true });
  });
});
