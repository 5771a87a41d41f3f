import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { inProcess, temporaryFolder } from "./support/cli.js";
import { sharedData } from "./support/sharedData.js";

const model = sharedData("lm/stories260K.bin");
const tokenizer = sharedData("lm/tok512.bin");

describe.skipIf(!existsSync(model))("with the shared model (needs the shared data)", () => {
  it("hooks lists every hook with its shape", async () => {
    const { status, stdout } = await inProcess("hooks", model, "--json");
    expect(status).toBe(0);
    const { hooks } = JSON.parse(stdout) as { hooks: { name: string; shape: unknown[] }[] };
    expect(hooks).toContainEqual({ name: "blocks.3.hook_mlp_out", shape: ["B", "T", 64] });
    expect(hooks).toHaveLength(67);
  });

  it("harvest without a runtime says how to install one, and makes no folder", async () => {
    const folder = temporaryFolder();
    vi.stubEnv("MONOSEMA_ONNXRUNTIME", folder);
    const texts = join(folder, "a.txt");
    writeFileSync(texts, "Once upon a time\n");
    const out = join(folder, "out");
    const given = ["--tokenizer", tokenizer, "--texts", texts, "--hooks", "hook_embed", "--out", out];
    const { status, stderr } = await inProcess("harvest", model, ...given);
    vi.unstubAllEnvs();
    expect(stderr).toContain("ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node");
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [[], "--hooks must be given"],
    [["--hooks", "a"], "--texts FILE, --tokens FILE or --images FOLDER must be given"],
    [["--hooks", "a", "--texts", "none.txt"], "--texts must name a readable file, got none.txt"],
    [["--hooks", "a", "--texts", tokenizer], "--tokenizer FILE must be given for --texts"],
    [["--hooks", "a", "--images", "."], "--preprocess must be given for --images"],
    [["--hooks", "a", "--images", ".", "--length", "4"], "--length is for texts"],
    [["--hooks", "a", "--texts", tokenizer, "--tokenizer", model], "the tokenizer must be a tokenizer.json"],
  ])("harvest %j is refused", async (given, message) => {
    const { status, stderr } = await inProcess("harvest", model, ...given, "--out", join(temporaryFolder(), "out"));
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});

it("hooks refuses what is no model", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a.xyz"), "no model");
  for (const path of [join(folder, "a.xyz"), folder, join(folder, "none")]) {
    const { status, stderr } = await inProcess("hooks", path);
    expect(stderr).toMatch(/a model must be one of|MODEL must be a file or folder/);
    expect(status).toBe(2);
  }
  mkdirSync(join(folder, "empty"));
  expect((await inProcess("hooks", join(folder, "empty"))).stderr).toContain("an empty folder");
});
