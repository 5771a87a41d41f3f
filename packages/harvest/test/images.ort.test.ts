import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors } from "@monosema/tensor";
import { expect, it } from "vitest";
import { imagePreparation, imageSource, openModel, prepareImage } from "../src/index.js";
import { folderFiles, folderImages, harvestToFolder } from "../src/node.js";
import { graphBuilder } from "../src/onnx/graphBuilder.js";
import { describeRuntimes } from "./support/runtimes.js";

const fixtures = join(import.meta.dirname, "fixtures/images");
/** Two channels of 2 x 2 pixels: the mean of red, and blue less green. */
const kernel = Float32Array.of(
  ...[0.25, 0.25, 0.25, 0.25],
  ...Array(8).fill(0),
  ...Array(4).fill(0),
  ...Array(4).fill(-0.25),
  ...Array(4).fill(0.25),
);

describeRuntimes("images", (openRuntime) => {
  it("give a row of channels for each place of a convolution, image after image", async () => {
    const folder = mkdtempSync(join(tmpdir(), "images-"));
    const graph = graphBuilder();
    const image = graph.input("image", "float32", ["N", 3, 8, 8]);
    const weight = graph.weight({ name: "kernel", shape: [2, 3, 2, 2], read: async () => kernel });
    graph.hook("conv", graph.node("Conv", [image, weight], { kernel_shape: [2, 2], strides: [2, 2] }), 2);
    const { proto, external } = graph.model(["conv"]);
    writeFileSync(join(folder, "model.onnx"), proto);
    for (const { location, parts } of external) {
      for await (const part of parts()) appendFileSync(join(folder, location), part);
    }
    for (const name of ["colours.png", "grey.png"]) cpSync(join(fixtures, name), join(folder, name));
    const model = await openModel(await folderFiles(join(folder, "model.onnx")));
    const images = await folderImages(folder);
    const preparation = imagePreparation({ size: 8 }, "p");
    const source = imageSource(model, { images, preparation });
    const out = join(folder, "out");
    const { manifest } = await harvestToFolder(out, {
      model: { ...model, sha256: "0" },
      runtime: await openRuntime(),
      source,
      hooks: ["conv"],
      batch: 2,
      dtype: "F32",
      maxNorm: null,
    });
    await model.close();
    expect(manifest).toMatchObject({ rows: 32, inputs: { preparation }, hooks: [{ name: "conv", width: 2 }] });
    const { tensors } = readSafetensors(readFileSync(join(out, "shard-00000.safetensors")));
    const values = tensors.get("conv")?.data as Float32Array;
    for (const [i] of images.names.entries()) {
      const { data } = prepareImage(await images.read(i), preparation);
      const mean = (c: number, y: number, x: number): number =>
        [0, 1, 8, 9].reduce((sum, at) => sum + (data[64 * c + 16 * y + 2 * x + at] as number) / 4, 0);
      for (let place = 0; place < 16; place++) {
        const [y, x] = [Math.floor(place / 4), place % 4];
        const row = 2 * (16 * i + place);
        expect(values[row]).toBeCloseTo(mean(0, y, x), 5);
        expect(values[row + 1]).toBeCloseTo(mean(2, y, x) - mean(1, y, x), 5);
      }
    }
    expect(tensors.has("token")).toBe(false);
    expect([...((tensors.get("document")?.data ?? []) as Int32Array)].filter((id) => id === 1)).toHaveLength(16);
    expect(readFileSync(join(out, "documents.jsonl"), "utf8")).toBe(
      '{"id":0,"file":"colours.png"}\n{"id":1,"file":"grey.png"}\n',
    );
    rmSync(folder, { recursive: true });
  });

  it("are decoded to the bytes that Pillow has", async () => {
    const pillow = JSON.parse(readFileSync(join(fixtures, "pillow.json"), "utf8"));
    const images = await folderImages(fixtures);
    expect(images.names).toEqual(["colours.png", "grey.png"]);
    expect([...(await images.read(0)).data]).toEqual(pillow.data);
    const grey = await images.read(1);
    expect([...grey.data].filter((_, i) => i % grey.channels === 0)).toEqual(pillow.grey);
  });
});
