import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, temporaryFolder } from "./support/cli.js";

const shared = process.env.MONOSEMA_SHARED ?? fileURLToPath(new URL("../../../../shared", import.meta.url));
const data = join(shared, "data");

describe.skipIf(!existsSync(data))(
  `real activations (${existsSync(data) ? "present" : `no ${data}`})`,
  { timeout: 240_000 },
  () => {
    it("a TopK SAE on 1408 radio-signal activations leaves at most .1 % of the variance", () => {
      const file = join(data, "sae/rf-topk/activations_10dB_f32.npy");
      const out = join(temporaryFolder(), "run");
      // The default is 2000 steps; 600 are enough to pass, and take a third of the time.
      const trained = document("train", "--data", file, "--latents", "128", "--k", "8", "--steps", "600", "--out", out);
      expect((trained.metrics as { fvu: number }).fvu).toBeLessThanOrEqual(0.001);
    });

    it("emoji vectors give class-mean anchors that a run is held to", () => {
      const folder = temporaryFolder();
      const { vectors, rows, columns } = readWord2Vec(readFileSync(join(data, "embeddings/emoji2vec/emoji2vec.bin")));
      const file = join(folder, "emoji.npy");
      writeFileSync(file, writeNpy({ shape: [rows, columns], data: vectors }));
      const labels = join(data, "embeddings/emoji2vec/emoji_groups.json");
      const made = document(
        "anchors",
        "--data",
        file,
        "--labels",
        labels,
        "--label-key",
        "group",
        "--out",
        join(folder, "anchors"),
      );
      expect(made).toMatchObject({ kind: "classMeans", count: 9 });
      const options = [
        "--latents",
        "256",
        "--k",
        "8",
        "--steps",
        "150",
        "--anchors",
        made.file as string,
        "--anchor-strength",
        "1",
      ];
      const trained = document("train", "--data", file, ...options, "--out", join(folder, "run"));
      expect((trained.spec as { nP: number }).nP).toBe(300);
      const features = ["--features", made.file as string];
      const held = document(
        "evaluate",
        join(folder, "run"),
        "--data",
        file,
        ...features,
        "--out",
        join(folder, "evaluated"),
      );
      expect((held.metrics as { decoder: { mip: number } }).decoder.mip).toBeGreaterThan(0.9);
    });
  },
);

/** The word2vec binary format: a line with both sizes, then per word its text, a space, and float32 values. */
function readWord2Vec(bytes: Buffer): { vectors: Float32Array; rows: number; columns: number } {
  let at = bytes.indexOf(0x0a) + 1;
  const [rows, columns] = bytes.subarray(0, at).toString().split(" ").map(Number) as [number, number];
  const vectors = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    at = bytes.indexOf(0x20, at) + 1;
    for (let d = 0; d < columns; d++, at += 4) vectors[row * columns + d] = bytes.readFloatLE(at);
    if (bytes[at] === 0x0a) at++;
  }
  return { vectors, rows, columns };
}
