import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

describe("bad input ends with one clear message and nothing half-written", { timeout: 60_000 }, () => {
  const cases: readonly (readonly [name: string, args: (at: Files) => string[], says: RegExp])[] = [
    ["an unknown command", () => ["trian"], /trian is not a command/],
    [
      "an unknown option",
      ({ data }) => ["train", "--data", data, "--latent", "8"],
      /--latent is not an option of train/,
    ],
    ["a missing option", () => ["train"], /--data must be given/],
    ["a file that is not there", ({ folder }) => ["train", "--data", join(folder, "none.npy")], /none\.npy \(ENOENT\)/],
    [
      "k above the latents",
      ({ data }) => ["train", "--data", data, "--latents", "8", "--k", "9"],
      /--k must be at most the number of latents, 8, got 9/,
    ],
    ["a number that is none", ({ data }) => ["train", "--data", data, "--steps", "many"], /--steps must be .*got many/],
    ["NaN in the data", ({ nan }) => ["train", "--data", nan], /row 3, column 2/],
    ["a truncated npy", ({ truncated }) => ["train", "--data", truncated], /npy-truncated/],
    ["a format that is not read", ({ text }) => ["train", "--data", text], /npy, npz, safetensors or PyTorch/],
    [
      "an option of another activation",
      ({ data }) => ["train", "--data", data, "--activation", "relu", "--k", "4"],
      /--k belongs to topk and batchtopk/,
    ],
    ["a transcoder without targets", ({ data }) => ["train", "--data", data, "--variant", "transcoder"], /--target/],
    ["a backend that does not exist", ({ data }) => ["train", "--data", data, "--backend", "cuda"], /cuda/],
    ["a tier that does not exist", ({ data }) => ["train", "--data", data, "--tier", "int4"], /--tier must be .*int4/],
    [
      "a tier for another backend",
      ({ data }) => ["train", "--data", data, "--backend", "reference", "--tier", "int16"],
      /--tier int16 is for the backend simd, got reference/,
    ],
    [
      "an output folder below a file",
      ({ data, text }) => ["train", "--data", data, "--out", join(text, "run")],
      /--out must name a folder/,
    ],
    ["data of another width", ({ wide, run }) => ["encode", run, "--data", wide], /16 columns.*got 20/],
    [
      "a checkpoint that is not there",
      ({ data, folder }) => ["encode", join(folder, "none"), "--data", data],
      /none: a checkpoint folder must be there/,
    ],
    ["a preset that does not exist", () => ["bench", "--preset", "huge"], /huge/],
    ["a method that does not exist", () => ["bench", "--methods", "topk,lista"], /lista/],
    ["a setting that does not exist", () => ["bench", "--set", "speed=9"], /speed/],
  ];

  it("for every kind of it, with status 2 before any work", async () => {
    const at = files();
    const before = tree(at.folder);
    for (const [name, args, says] of cases) {
      const ran = await inProcess(...args(at));
      expect(ran.status, `${name}: ${ran.stderr}`).toBe(2);
      expect(ran.stderr, name).toMatch(says);
      expect(ran.stderr.trimEnd().split("\n"), name).toHaveLength(1);
      expect(ran.stdout, name).toBe("");
    }
    expect(tree(at.folder)).toEqual(before);
  });
});

interface Files {
  readonly folder: string;
  readonly data: string;
  readonly wide: string;
  readonly nan: string;
  readonly truncated: string;
  readonly text: string;
  readonly run: string;
}

function files(): Files {
  const folder = temporaryFolder();
  const data = writeSamples(folder, "data.npy", 100, 16);
  const values = new Float32Array(100 * 16).fill(1);
  values[3 * 16 + 2] = Number.NaN;
  const [nan, truncated, text, run] = ["nan.npy", "truncated.npy", "text.txt", "run"].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(nan, writeNpy({ shape: [100, 16], data: values }));
  writeFileSync(truncated, readFileSync(data).subarray(0, 1000));
  writeFileSync(text, "these are no activations\n");
  mkdirSync(run);
  document("train", "--data", data, "--latents", "32", "--k", "4", "--steps", "20", "--out", run);
  expect(existsSync(join(run, "cfg.json"))).toBe(true);
  return { folder, data, wide: writeSamples(folder, "wide.npy", 50, 20), nan, truncated, text, run };
}

const tree = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
