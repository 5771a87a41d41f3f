import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@monosema/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Model, type SdlSpec, sae } from "../src/index.js";
import { describeCheckpoint, loadCheckpoint, saveCheckpoint } from "../src/node.js";
import { exampleModel, specs } from "./checkpointExamples.js";
import { failingFs } from "./checkpointFailingFs.js";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "monosema-checkpoint-"));
});
afterEach(() => rm(root, { recursive: true }));

const old = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "topk", k: 4 } }));
const next = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "topk", k: 9 } }), {}, 5);

describe("saveCheckpoint and loadCheckpoint", () => {
  it.each(["new/folder", "."])("give the model back: into %s", async (name) => {
    const folder = join(root, name);
    const model = exampleModel(specs.get("gated skip transcoder, biases") as SdlSpec, { inputScaling: "layerNorm" });
    expect(await saveCheckpoint(folder, model)).toHaveLength(1);
    expect((await readdir(folder)).sort()).toEqual(["cfg.json", "sae_weights.safetensors"]);
    expect((await loadCheckpoint(folder)).model).toEqual(model);
    expect((await loadCheckpoint(join(folder, "sae_weights.safetensors"))).model).toEqual(model);
  });

  it("leave other files of the folder alone", async () => {
    await writeFile(join(root, "report.html"), "report");
    await saveCheckpoint(root, old);
    await saveCheckpoint(root, next);
    expect((await readdir(root)).sort()).toEqual(["cfg.json", "report.html", "sae_weights.safetensors"]);
    expect((await loadCheckpoint(root)).model).toEqual(next);
  });

  it("below a regular file: one clear error, nothing written", async () => {
    await writeFile(join(root, "file"), "content");
    await expect(saveCheckpoint(join(root, "file/checkpoint"), old)).rejects.toThrow(
      /file\/checkpoint must be .*ENOTDIR/s,
    );
    await expect(saveCheckpoint(join(root, "file"), old)).rejects.toThrow(/file.* must be /s);
    expect(await readdir(root)).toEqual(["file"]);
    expect(await readFile(join(root, "file"), "utf8")).toBe("content");
  });

  it("survive a disk that fills up at any call: the old model or the new one, nothing else in the folder", async () => {
    const folder = join(root, "existing");
    const count = await callsOf((fs) => saveCheckpoint(folder, old, { fs }));
    await writeFile(join(folder, "notes.txt"), "");
    const again = await callsOf((fs) => saveCheckpoint(folder, old, { fs }));
    expect(count).toBeGreaterThan(5);
    for (let failing = 0; failing < again; failing++) {
      await expect(saveCheckpoint(folder, next, { fs: failingFs(failing) })).rejects.toThrow(
        /must be writable, got "ENOSPC/,
      );
      const { model } = await loadCheckpoint(folder);
      expect([old, next]).toContainEqual(model);
      expect((await readdir(folder)).sort()).toEqual(["cfg.json", "notes.txt", "sae_weights.safetensors"]);
      await saveCheckpoint(folder, old);
    }
    for (let failing = 0; failing < count; failing++) {
      const fresh = join(root, "fresh");
      await expect(saveCheckpoint(fresh, next, { fs: failingFs(failing) })).rejects.toThrow(
        /must be writable, got "ENOSPC/,
      );
      expect(await readdir(root)).toEqual(["existing"]);
      await mkdir(fresh);
      await expect(saveCheckpoint(fresh, next, { fs: failingFs(failing) })).rejects.toThrow(
        /must be writable, got "ENOSPC/,
      );
      expect(await readdir(fresh)).toEqual([]);
      await rm(fresh, { recursive: true });
    }
  });

  it("survive a kill between the two files: the weights name their own specification", async () => {
    await saveCheckpoint(root, old);
    const config = await readFile(join(root, "cfg.json"));
    await saveCheckpoint(root, next);
    await writeFile(join(root, "cfg.json"), config);
    const { model, warnings } = await loadCheckpoint(root);
    expect(model).toEqual(next);
    expect(warnings).toEqual([expect.stringContaining("cfg.json contradicts the specification")]);
  });
});

describe("loadCheckpoint refuses", () => {
  it("files that SAELens' names are given to but whose tensors are others'", async () => {
    const encoder = { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const;
    await writeFile(join(root, "sae_weights.safetensors"), writeSafetensors([["encoder.weight", encoder]]));
    await writeFile(join(root, "cfg.json"), "{}");
    await expect(loadCheckpoint(root)).rejects.toMatchObject({ code: "unknown-format" });
  });

  it("another file of a checkpoint's folder, which is named instead of it", async () => {
    await saveCheckpoint(root, old);
    await writeFile(join(root, "ae.pt"), "");
    await expect(loadCheckpoint(join(root, "ae.pt"))).rejects.toThrow(/got ae\.pt; name the folder/);
  });

  it("what is not there, not whole, or not known", async () => {
    await expect(loadCheckpoint(join(root, "absent"))).rejects.toMatchObject({ code: "not-found" });
    await expect(loadCheckpoint(root)).rejects.toThrow("got an empty folder");
    await writeFile(join(root, "notes.txt"), "");
    await expect(loadCheckpoint(root)).rejects.toMatchObject({
      code: "unknown-format",
      message: expect.stringContaining("notes.txt"),
    });
    await mkdir(join(root, "states"));
    await expect(loadCheckpoint(root)).rejects.toThrow("only training states; resume the run");
    const decoder = { dtype: "F32", shape: [1], data: Float32Array.of(1) } as const;
    await writeFile(join(root, "sae_weights.safetensors"), writeSafetensors([["W_dec", decoder]]));
    await expect(loadCheckpoint(root)).rejects.toMatchObject({ code: "missing-file" });
    await writeFile(join(root, "cfg.json"), "{}");
    await expect(loadCheckpoint(root)).rejects.toMatchObject({ code: "bad-config" });
  });

  it("truncated weights, naming the file", async () => {
    await saveCheckpoint(root, old);
    const file = join(root, "sae_weights.safetensors");
    await writeFile(file, (await readFile(file)).subarray(0, -1));
    await expect(loadCheckpoint(root)).rejects.toMatchObject({
      code: "incomplete-buffer",
      message: expect.stringContaining(file),
    });
  });
});

describe("describeCheckpoint", () => {
  it("says what a folder of ours is", async () => {
    const model: Model = exampleModel(specs.get("batchtopk crosscoder, biases") as SdlSpec, {
      metadata: { hook_name: "h" },
    });
    await saveCheckpoint(root, model);
    expect(await describeCheckpoint(root)).toMatchObject({
      origin: { layout: "saelens", architecture: "jumprelu", version: "6.37.6", monosema: true },
      variant: "crosscoder",
      dimensions: { nP: 7, nR: 7, nQ: 13 },
      activation: model.spec.activation,
      threshold: 0.7,
      inputScaling: "none",
      metadata: { hook_name: "h" },
      warnings: [],
      ignored: [],
    });
  });
});

async function callsOf(save: (fs: ReturnType<typeof failingFs>) => Promise<unknown>): Promise<number> {
  const fs = failingFs(Number.POSITIVE_INFINITY);
  await save(fs);
  return fs.calls();
}
