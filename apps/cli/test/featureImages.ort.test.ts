import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sae } from "@monosema/sdl";
import { saveCheckpoint } from "@monosema/sdl/node";
import { random, type StoredTensor, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, inProcess, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const images = fileURLToPath(new URL("../../../packages/harvest/test/fixtures/images", import.meta.url));

describe.skipIf(process.env.MONOSEMA_ONNXRUNTIME === undefined)(
  "monosema features of images (needs sharp, see scripts/ci-onnxruntime.mjs)",
  { timeout: 120_000 },
  () => {
    it("shows the images of a harvest on the page, and their names in the terminal", async () => {
      const folder = temporaryFolder();
      const acts = join(folder, "acts");
      mkdirSync(acts);
      const stream = random(1, "images");
      const [places, width] = [4, 6];
      const ints = (value: (row: number) => number): StoredTensor => ({
        dtype: "I32",
        shape: [2 * places],
        data: Int32Array.from({ length: 2 * places }, (_, row) => value(row)),
      });
      const rows = Float32Array.from({ length: 2 * places * width }, () => stream.normal());
      const tensors = new Map<string, StoredTensor>([
        ["patches", { dtype: "F32", shape: [2 * places, width], data: rows }],
        ["document", ints((row) => Math.floor(row / places))],
        ["position", ints((row) => row % places)],
      ]);
      writeFileSync(join(acts, "shard-0.safetensors"), writeSafetensors(tensors));
      const manifest = {
        format: "monosema-activations-1",
        model: { name: "vit", format: "onnx", architecture: "vit", sha256: "0" },
        inputs: { preparation: { resize: { shortestEdge: 8 }, crop: { width: 8, height: 8 } } },
        hooks: [{ name: "patches", width }],
        shards: [{ file: "shard-0.safetensors", rows: 2 * places, sha256: "0" }],
      };
      writeFileSync(join(acts, "manifest.json"), JSON.stringify(manifest));
      writeFileSync(join(acts, "documents.jsonl"), '{"id":0,"file":"colours.png"}\n{"id":1,"file":"grey.png"}\n');
      const dictionary = join(folder, "sae");
      const weights = Float32Array.from({ length: 5 * width }, () => stream.normal());
      const spec = sae({ nP: width, nQ: 5, activation: { kind: "topk", k: 2 } });
      await saveCheckpoint(dictionary, { spec, weights: { encoder: weights, decoder: weights }, inputScaling: "none" });

      const given = ["features", dictionary, "--data", acts, "--images", images];
      const found = document(...given, "--out", join(folder, "out"));
      const page = readFileSync(found.page as string, "utf8");
      expect(page.match(/data:image\/webp;base64,/g)?.length).toBe(2);
      const card = monosema(...given, "--latents", "0", "--page", "off", "--out", join(folder, "card"), "--quiet");
      expect(card.stdout).toMatch(/colours\.png|grey\.png/);
      const none = await inProcess("features", dictionary, "--data", acts, "--images", join(folder, "none"));
      expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining("--images must name a folder") });
      const plain = writeSamples(folder, "rows.npy", 10, width);
      const others = await inProcess("features", dictionary, "--data", plain, "--images", images);
      expect(others).toMatchObject({
        status: 2,
        stderr: expect.stringContaining("--images is for activations of images"),
      });
    });
  },
);
