import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCodes } from "@monosema/sdl";
import { bytesSource, random, readNpy, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const head = ["command", "version", "backend", "seconds", "warnings", "out"];
const small = ["--latents", "48", "--k", "4", "--batch", "64", "--steps", "150"];

describe("monosema train, encode, evaluate, info", { timeout: 60_000 }, () => {
  it("trains a dictionary that encode, evaluate and info read", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 500, 16);
    const out = join(folder, "run");
    const trained = document("train", "--data", data, ...small, "--out", out);
    expect(Object.keys(trained)).toEqual(
      expect.arrayContaining([...head, "spec", "steps", "samplesSeen", "samplesPerSecond", "checkpoint", "metrics"]),
    );
    const metrics = trained.metrics as Record<string, number>;
    expect(Object.keys(metrics)).toEqual(
      expect.arrayContaining(["loss", "fvu", "explainedVariance", "l0", "deadFraction"]),
    );
    expect(metrics.fvu).toBeLessThan(0.5);
    expect(trained.samplesSeen).toBe(150 * 64);
    expect(existsSync(join(out, "report.html"))).toBe(true);

    const encoded = document("encode", out, "--data", data, "--out", join(folder, "codes"));
    expect(encoded.codes).toBe(join(folder, "codes/codes.safetensors"));
    const sparse = await openCodes(bytesSource(readFileSync(encoded.codes as string)));
    const dense = ["--codes", join(folder, "codes.npy"), "--reconstruction", join(folder, "again.npy")];
    const codes = readNpy(readFileSync(document("encode", out, "--data", data, ...dense).codes as string));
    expect(sparse).toMatchObject({ rows: 500, latents: 48, entries: 2000 });
    const { offsets, latents, values } = await sparse.readRows(0, 500);
    const filled = new Float32Array(500 * 48);
    for (let row = 0; row < 500; row++) {
      for (let at = offsets[row] as number; at < (offsets[row + 1] as number); at++)
        filled[48 * row + (latents[at] as number)] = values[at] as number;
    }
    expect(filled).toEqual(codes.data);
    expect(readdirSync(join(folder, "codes"))).toEqual(["codes.safetensors", "reconstruction.npy"]);
    const reconstruction = readNpy(readFileSync(encoded.reconstruction as string));
    expect([codes.shape, reconstruction.shape]).toEqual([
      [500, 48],
      [500, 16],
    ]);
    const l0 = Array.from(codes.data as Float32Array).filter((value) => value !== 0).length / 500;
    expect((encoded.metrics as Record<string, number>).l0).toBeCloseTo(l0, 6);
    expect((encoded.metrics as Record<string, number>).fvu).toBeCloseTo(metrics.fvu as number, 5);

    const evaluated = document("evaluate", out, "--data", data, "--out", join(folder, "e")).metrics as Record<
      string,
      number
    >;
    expect(evaluated.fvu).toBeCloseTo(metrics.fvu as number, 5);
    expect(evaluated).not.toHaveProperty("decoder");

    const described = document("info", out);
    expect(described).toMatchObject({
      variant: "sae",
      dimensions: { nP: 16, nR: 16, nQ: 48 },
      activation: { kind: "topk", k: 4 },
    });
  });

  it("evaluates codes that other inferences find on the same decoder, and audits the encoder beside them", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "run");
    document("train", "--data", data, ...small, "--out", out);
    const measured = (...more: string[]) => document("evaluate", out, "--data", data, ...more);
    const encoder = measured();
    expect(encoder.inference).toBe("encoder");
    const audited = document("audit", out, "--data", data, "--limit", "samples=40", "--out", join(folder, "audit"));
    const { quality } = audited.inference as { quality: { rows: number; fvuInference: Record<string, number> } };
    expect(quality.rows).toBe(300);
    for (const method of ["omp", "nnls"]) {
      const { metrics, inference } = measured("--inference", method) as {
        metrics: Record<string, number>;
        inference: string;
      };
      expect(inference).toBe(method);
      expect(metrics.l0).toBeLessThanOrEqual((encoder.metrics as Record<string, number>).l0 as number);
      expect(quality.fvuInference[method]).toBeCloseTo(metrics.fvu as number, 5);
      expect(metrics.fvu).not.toBeCloseTo((encoder.metrics as Record<string, number>).fvu as number, 5);
    }
    const refused = monosema("evaluate", out, "--data", data, "--inference", "opm");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain("--inference must be one of encoder, omp, nnls, got opm; did you mean omp?");
  });

  it("trains on the simd backend, on the tier that was asked for, whose name the document has", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 12);
    const at = (name: string) => join(folder, name);
    const backendOf = (...more: string[]) => document("train", "--data", data, ...small, ...more).backend;
    expect(backendOf("--tier", "int16", "--threads", "1", "--out", at("a"))).toMatchObject({
      name: "simd",
      tier: "int16",
      threads: 1,
    });
    expect(backendOf("--out", at("b"))).toMatchObject({ name: "simd", tier: expect.stringMatching(/^int(8|16)$/) });
    expect(backendOf("--backend", "reference", "--out", at("c"))).not.toHaveProperty("tier");
  });

  it("uses the tier int8, or says why it cannot", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 12);
    const out = join(folder, "run");
    const ran = monosema("train", "--data", data, ...small, "--tier", "int8", "--out", out, "--json");
    if (ran.status === 0) expect(JSON.parse(ran.stdout).backend.tier).toBe("int8");
    else expect(ran.stderr).toMatch(/tier int8 needs exact byte products.*use int16/);
  });

  it("the same seed gives the same bytes, another seed others", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 12);
    const bytes = (seed: string, out: string): Buffer => {
      document("train", "--data", data, ...small, "--seed", seed, "--out", join(folder, out));
      return readFileSync(join(folder, out, "sae_weights.safetensors"));
    };
    const first = bytes("3", "a");
    expect(bytes("3", "b").equals(first)).toBe(true);
    expect(bytes("4", "c").equals(first)).toBe(false);
  });

  it.each([
    ["batchtopk", ["--activation", "batchtopk", "--k", "3.5"]],
    ["relu", ["--activation", "relu", "--l1", "0.1"]],
    ["jumprelu", ["--activation", "jumprelu", "--target-l0", "4"]],
    ["gated", ["--activation", "gated", "--l1", "0.1"]],
  ])("trains %s and encodes with what it saved", (_name, own) => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 12);
    const out = join(folder, "run");
    const trained = document(
      "train",
      "--data",
      data,
      "--latents",
      "48",
      "--batch",
      "64",
      "--steps",
      "120",
      ...own,
      "--out",
      out,
    );
    const encoded = document("encode", out, "--data", data, "--out", join(folder, "codes"));
    const fvu = (d: Record<string, unknown>): number => (d.metrics as { fvu: number }).fvu;
    expect(fvu(encoded)).toBeCloseTo(fvu(trained), 5);
  });

  it("trains a skip transcoder and a crosscoder from several files", () => {
    const folder = temporaryFolder();
    const [a, b] = [writeSamples(folder, "a.npy", 300, 12), writeSamples(folder, "b.npy", 300, 8)];
    const transcoder = document("train", "--data", a, "--target", b, "--skip", ...small, "--out", join(folder, "t"));
    expect(transcoder.spec).toMatchObject({ variant: "transcoder", nP: 12, nR: 8, skip: true });
    const evaluated = document("evaluate", join(folder, "t"), "--data", a, "--target", b, "--out", join(folder, "e"));
    expect((evaluated.metrics as { fvu: number }).fvu).toBeCloseTo((transcoder.metrics as { fvu: number }).fvu, 5);
    const crosscoder = document(
      "train",
      "--data",
      a,
      "--data",
      b,
      "--variant",
      "crosscoder",
      ...small,
      "--out",
      join(folder, "c"),
    );
    expect(crosscoder.spec).toMatchObject({ variant: "crosscoder", nP: 20, sources: [12, 8] });
  });
});

describe("monosema anchors", { timeout: 60_000 }, () => {
  it("makes class means that training can be held to", () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 200, 12);
    const labels = join(folder, "labels.json");
    writeFileSync(
      labels,
      JSON.stringify(Array.from({ length: 200 }, (_, i) => (i % 5 === 4 ? null : `class ${i % 5}`))),
    );
    const made = document("anchors", "--data", data, "--labels", labels, "--out", join(folder, "anchors"));
    expect(made).toMatchObject({ kind: "classMeans", count: 4, classes: ["class 0", "class 1", "class 2", "class 3"] });
    expect(readNpy(readFileSync(made.file as string)).shape).toEqual([4, 12]);
    const trained = document(
      "train",
      "--data",
      data,
      ...small,
      "--anchors",
      made.file as string,
      "--out",
      join(folder, "run"),
    );
    expect((trained.curve as unknown[]).length).toBeGreaterThan(0);
  });

  it("discovers directions and scores them against true ones", () => {
    const folder = temporaryFolder();
    const stream = random(1, "directions");
    const [n, width, rows] = [12, 16, 3000];
    const truth = Float32Array.from({ length: n * width }, () => stream.normal() / 4);
    const samples = new Float32Array(rows * width);
    for (let b = 0; b < rows; b++) {
      for (let i = 0; i < n; i++) {
        if (!stream.bernoulli(0.08)) continue;
        const size = 1 + stream.exponential();
        for (let d = 0; d < width; d++)
          samples[b * width + d] = (samples[b * width + d] as number) + size * (truth[i * width + d] as number);
      }
    }
    const [data, features] = [join(folder, "data.npy"), join(folder, "features.npy")];
    writeFileSync(data, writeNpy({ shape: [rows, width], data: samples }));
    writeFileSync(features, writeNpy({ shape: [n, width], data: truth }));
    const made = document(
      "anchors",
      "--data",
      data,
      "--count",
      "12",
      "--k",
      "3",
      "--steps",
      "1000",
      "--features",
      features,
      "--out",
      join(folder, "out"),
    );
    expect(made.kind).toBe("discovered");
    expect(made.recall).toBeGreaterThan(0.9);
    expect(made.precision).toBeGreaterThan(0.7);
  });
});

describe("monosema bench", { timeout: 120_000 }, () => {
  it("prints one JSON document with every row that was asked for", () => {
    const folder = temporaryFolder();
    const sizes = [
      "n=24",
      "nP=18",
      "nQ=96",
      "sparsity=0.93",
      "samples=20000",
      "heldOut=500",
      "anchors=3",
      "k=4",
      "batchSize=128",
    ];
    const made = document(
      "bench",
      "--preset",
      "reduced",
      "--methods",
      "topk,crosscoder",
      "--anchors",
      "none,truth",
      "--steps",
      "400",
      ...sizes.flatMap((set) => ["--set", set]),
      "--out",
      folder,
    );
    expect(Object.keys(made)).toEqual(expect.arrayContaining([...head, "preset", "data", "rows", "conclusion"]));
    const rows = made.rows as {
      method: string;
      anchors: { kind: string; count: number };
      scoredFeatures: number;
      metrics: { decoder: { mgt95: number } };
    }[];
    expect(rows.map((row) => `${row.method} ${row.anchors.kind} ${row.anchors.count} ${row.scoredFeatures}`)).toEqual([
      "topk none 0 24",
      "topk truth 3 21",
      "crosscoder none 0 24",
      "crosscoder truth 3 21",
    ]);
    for (const row of rows) expect(row.metrics.decoder.mgt95).toBeGreaterThan(0.8);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("<svg");
  });

  it("holds the most frequent features by default, scores the others and ends with a conclusion", () => {
    const sizes = ["samples=3000", "heldOut=500", "batchSize=256"].flatMap((set) => ["--set", set]);
    const args = ["bench", "--methods", "topk", "--steps", "20", "--anchor-count", "40", ...sizes];
    const made = document(...args, "--out", temporaryFolder());
    expect(made.preset).toBe("hard-small");
    expect(made.settings).toContain("anchors=40");
    const rows = made.rows as {
      anchors: object;
      scoredFeatures: number;
      metrics: { latents: Record<string, number> };
    }[];
    expect(rows.map(({ anchors, scoredFeatures }) => [anchors, scoredFeatures])).toEqual([
      [{ kind: "none", count: 0 }, 500],
      [{ kind: "frequent", count: 40 }, 460],
    ]);
    for (const { metrics } of rows)
      expect(Object.values(metrics.latents).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect((made.data as { meanL0: number }).meanL0).toBeGreaterThan(0.5);
    expect(made.data).not.toHaveProperty("sparsity");
    const shown = monosema(...args, "--quiet", "--out", temporaryFolder()).stdout.split("\n");
    expect(shown[0]?.split(/ {2,}/).slice(0, 4)).toEqual(["method", "anchors", "found", "+composite"]);
    const conclusion = shown.indexOf("Conclusion");
    expect(
      shown
        .slice(conclusion + 1)
        .join(" ")
        .replace(/ report: .*/, ""),
    ).toBe((made.conclusion as string[]).join(" "));
  });
});

describe("the command line", () => {
  it("prints version and help", () => {
    expect(monosema("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(monosema("--help").stdout).toContain("bench");
    expect(monosema("train", "--help").stdout).toContain("--target-l0 N");
  });
});
