import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readNpy, writeNpy } from "@monosema/tensor";
import { beforeEach, describe, expect, it } from "vitest";
import { readSeeds } from "../src/train/seedsFile.js";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

const rows = 400;
const small = ["--latents", "32", "--k", "4", "--batch", "64", "--steps", "60"];
let folder: string;
/** Options that name a source and a target for each of two layers. */
let sides: readonly string[];
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = temporaryFolder();
  const [a, b] = [writeSamples(folder, "a.npy", rows, 6), writeSamples(folder, "b.npy", rows, 4)];
  const [c, d] = [writeSamples(folder, "c.npy", rows, 5), writeSamples(folder, "d.npy", rows, 3)];
  sides = ["--data", a, "--data", b, "--target", c, "--target", d];
});

const document = async (...args: readonly string[]) => {
  const { status, stdout, stderr } = await inProcess(...args, "--json", "--quiet");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};
const refused = async (...args: readonly string[]): Promise<string> => {
  const { status, stderr } = await inProcess("train", ...args, "--batch", "64", "--steps", "60");
  expect(status).toBe(2);
  return stderr;
};

/** The columns of files side by side, in one file. */
function joined(name: string, ...files: readonly string[]): string {
  const parts = files.map((file) => readNpy(readFileSync(file)));
  const widths = parts.map(({ shape }) => shape[1] as number);
  const values = Array.from({ length: rows }, (_, b) =>
    parts.flatMap(({ data }, i) =>
      [...data.subarray(b * (widths[i] as number), (b + 1) * (widths[i] as number))].map(Number),
    ),
  );
  const file = at(name);
  writeFileSync(
    file,
    writeNpy({ shape: [rows, (values[0] as number[]).length], data: Float32Array.from(values.flat()) }),
  );
  return file;
}

describe("a cross-layer transcoder on the command line", { timeout: 120_000 }, () => {
  it("is trained from a source and a target for each layer, and used from files side by side or of all layers", async () => {
    const out = at("run");
    const trained = await document("train", "--variant", "crosslayer", ...sides, ...small, "--out", out);
    const layers = [
      { nP: 6, nR: 5, nQ: 16 },
      { nP: 4, nR: 3, nQ: 16 },
    ];
    expect(trained.spec).toMatchObject({ variant: "crosslayer", nP: 10, nR: 8, nQ: 32, layers });
    expect(trained.target.map(({ path }: { path: string }) => path)).toEqual([at("c.npy"), at("d.npy")]);
    expect(trained.metrics.layerFvu.length).toBe(2);

    const evaluated = await document("evaluate", out, ...sides);
    expect(evaluated.metrics).toMatchObject({ fvu: trained.metrics.fvu, layerFvu: trained.metrics.layerFvu });
    const whole = ["--data", joined("in.npy", at("a.npy"), at("b.npy"))];
    const targets = ["--target", joined("out.npy", at("c.npy"), at("d.npy"))];
    expect((await document("evaluate", out, ...whole, ...targets)).metrics).toEqual(evaluated.metrics);

    await document("encode", out, ...sides.slice(0, 4), "--codes", at("codes.npy"), "--out", at("codes"));
    const { shape, data } = readNpy(readFileSync(at("codes.npy")));
    expect(shape).toEqual([rows, 32]);
    expect(data.filter((value) => value !== 0).length / rows).toBeCloseTo(evaluated.metrics.l0, 6);

    expect((await document("info", out)).layers).toEqual(layers);
    expect((await inProcess("info", out)).stdout).toMatch(/layers +nP 6, nR 5, nQ 16\n +nP 4, nR 3, nQ 16\n/);
    const audited = await document("audit", out, ...sides, "--out", at("audit"), "--limit", "samples=31");
    expect(audited.assumptions.join()).toMatch(/the 2 layers are looked at as one transcoder/);

    const shown = async (name: string, ...files: readonly string[]) => {
      await document("features", out, ...files, "--page", "off", "--out", at(name));
      return readFileSync(join(at(name), "features.json"), "utf8");
    };
    expect(await shown("features", ...sides.slice(0, 4))).toBe(await shown("features-whole", ...whole));

    const wrong = await inProcess(
      "evaluate",
      at("run"),
      ...sides.slice(0, 4),
      "--target",
      at("d.npy"),
      "--target",
      at("c.npy"),
    );
    expect(wrong.stderr).toMatch(/--target must name a file for each source of the dictionary, of 5, 3 columns/);

    const same = ["--variant", "crosslayer", "--sources", "6,4", "--targets", "5,3"];
    const one = await document("train", ...same, ...whole, ...targets, ...small, "--out", at("one"));
    expect(one.metrics.fvu).toBe(trained.metrics.fvu);
  });

  it("goes on where it was, with the bits of a run that never stopped", async () => {
    const train = (out: string, steps: string) =>
      document(
        "train",
        "--source",
        at("a.npy"),
        "--source",
        at("b.npy"),
        ...sides.slice(4),
        ...small.slice(0, 6),
        "--steps",
        steps,
        "--out",
        at(out),
      );
    await train("whole", "40");
    await train("half", "20");
    await document("train", "--resume", at("half"), "--steps", "40", ...sides);
    const weights = (run: string) => readFileSync(at(`${run}/sae_weights.safetensors`));
    expect(weights("half").equals(weights("whole"))).toBe(true);
  });

  it("is converted for circuit-tracer, and computes the same from there", async () => {
    const widths = ["--source", at("a.npy"), "--source", at("a.npy"), "--target", at("a.npy"), "--target", at("a.npy")];
    const batch = ["--activation", "batchtopk", ...small.slice(0, 6), "--steps", "60"];
    await document("train", ...widths, ...batch, "--out", at("run"));
    const { files } = await document("convert", at("run"), at("clt"), "--to", "circuit-tracer");
    expect(files.map((file: string) => basename(file)).sort()).toEqual(
      ["W_dec_0", "W_dec_1", "W_enc_0", "W_enc_1"].map((name) => `${name}.safetensors`),
    );
    const data = ["--data", at("a.npy"), "--data", at("a.npy"), "--target", at("a.npy"), "--target", at("a.npy")];
    const [ours, theirs] = [
      await document("evaluate", at("run"), ...data),
      await document("evaluate", at("clt"), ...data),
    ];
    expect(theirs.metrics.fvu).toBeCloseTo(ours.metrics.fvu, 6);
    expect(theirs.metrics.l0).toBeCloseTo(ours.metrics.l0, 6);
  });

  it("takes 32 active latents for each layer where nothing is said", async () => {
    const trained = await document(
      "train",
      "--variant",
      "crosslayer",
      ...sides,
      "--latents",
      "512",
      "--steps",
      "1",
      "--out",
      at("k"),
    );
    expect(trained.spec.activation).toEqual({ kind: "topk", k: 64 });
  });

  it("is refused with the option that is missing or wrong", async () => {
    const cross = ["--variant", "crosslayer"];
    expect(await refused(...cross, ...sides.slice(0, 4))).toMatch(/--variant crosslayer needs --target FILE/);
    expect(await refused(...cross, ...sides.slice(0, 6))).toMatch(/--variant crosslayer needs --target several times/);
    expect(await refused(...cross, ...sides.slice(0, 2), ...sides.slice(4))).toMatch(/needs --source several times/);
    expect(await refused(...cross, ...sides, "--targets", "5,4")).toMatch(/--targets must be whole widths that sum to/);
    expect(await refused(...cross, ...sides, "--targets", "3,5")).toMatch(
      /widths of the files .*, 5,3, got 3,5; drop it/,
    );
    expect(await refused(...cross, ...sides, "--latents", "33")).toMatch(
      /--latents must be a multiple of the 2 layers/,
    );
    expect(await refused(...cross, ...sides, "--skip")).toMatch(/--skip belongs to transcoders of one layer/);
    expect(await refused(...cross, ...sides, "--anchors", at("a.npy"))).toMatch(/--anchors needs a model of one layer/);
  });
});

it("the saved configuration of a run from before there were several targets names one", async () => {
  const run = at("seeds");
  const options = [...small.slice(0, 6), "--steps", "1", "--seeds", "2", "--out", run];
  await document("train", ...sides.slice(0, 2), ...sides.slice(4, 6), ...options);
  const file = join(run, "seeds.json");
  const saved = JSON.parse(readFileSync(file, "utf8"));
  const now = (await readSeeds(run))?.config.target;
  expect(now).toMatchObject([{ path: at("c.npy") }]);
  writeFileSync(file, JSON.stringify({ ...saved, config: { ...saved.config, target: saved.config.target[0] } }));
  expect((await readSeeds(run))?.config.target).toEqual(now);
});
