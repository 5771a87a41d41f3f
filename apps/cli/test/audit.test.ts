import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linearRepresentationBench } from "@monosema/bench";
import { writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, inProcess, monosema, temporaryFolder } from "./support/cli.js";

interface Finding {
  readonly kind: string;
  readonly latent?: number;
  readonly evidence: Record<string, unknown>;
  readonly certificate?: { readonly kind: string; readonly id: number };
}

/** Samples of 20 known features in 12 dimensions, the features, and a dictionary trained on the samples. */
function trained(...more: readonly string[]) {
  const folder = temporaryFolder();
  const lrb = linearRepresentationBench({
    ...{ n: 20, nP: 12, seed: 0, maxInterference: 0.4 },
    firing: { kind: "constant", rate: 0.05 },
  });
  const write = (name: string, values: ArrayLike<number>): string => {
    const file = join(folder, name);
    writeFileSync(file, writeNpy({ shape: [values.length / 12, 12], data: Float32Array.from(values) }));
    return file;
  };
  const data = write("data.npy", lrb.batchSource({ batchSize: 2000 }).batch(1).input);
  const features = write("features.npy", lrb.features);
  const model = join(folder, "model");
  const steps = more.includes("--steps") ? [] : ["--steps", "600"];
  document("train", "--data", data, "--latents", "40", "--batch", "128", ...steps, "--out", model, ...more);
  return { folder, data, features, model, out: join(folder, "audit") };
}

describe("monosema audit", { timeout: 120_000 }, () => {
  it("says what samples tell and what they cannot, with certificates that recheck", () => {
    const { data, features, model, out } = trained("--k", "3");
    const blind = document("audit", model, "--data", data, "--limit", "samples=300", "--out", out);
    expect(blind).toMatchObject({ command: "audit", latents: 40, samples: 2000, verdict: { verdict: "undecided" } });
    expect(blind.dead).toBe((blind.deadLatents as number[]).length);
    const kinds = (found: Record<string, unknown>) => new Set((found.findings as Finding[]).map(({ kind }) => kind));
    expect([...kinds(blind)]).toEqual(expect.arrayContaining(["reconstruction", "stationarity", "coherence"]));
    expect(kinds(blind)).not.toContain("polysemantic");
    expect((blind.undecided as string[]).join("\n")).toContain("no true features were given");
    expect(JSON.parse(readFileSync(join(out, "audit.json"), "utf8"))).toEqual(blind);

    const seeing = document("audit", model, "--data", data, "--features", features, "--html", "--out", out, "--force");
    const findings = seeing.findings as Finding[];
    expect([...kinds(seeing)]).toEqual(expect.arrayContaining(["recovery", "solution-dimension", "conic"]));
    const recovery = findings.find(({ kind }) => kind === "recovery");
    expect(recovery?.evidence.recovered).toBeGreaterThan(10);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("Audit of a dictionary");
    expect(page).toContain('aria-label="Firing rates"');

    const proofs = findings.flatMap(({ certificate }) => certificate ?? []);
    expect(proofs.length).toBeGreaterThan(0);
    const checked = document("recheck", seeing.certificates as string);
    expect(checked).toMatchObject({ failed: 0, hold: 1 + Math.max(...proofs.map(({ id }) => id)) });
    const list = checked.certificates as { readonly kind: string }[];
    expect(proofs.every(({ kind, id }) => list[id]?.kind === kind)).toBe(true);
  });

  it("audits every activation as it runs at inference: the loss is that of evaluate", () => {
    for (const activation of ["relu", "jumprelu", "batchtopk", "gated"]) {
      const { data, model, out } = trained(
        "--activation",
        activation,
        ...(activation === "batchtopk" ? ["--k", "3"] : []),
      );
      const found = document("audit", model, "--data", data, "--limit", "samples=100", "--out", out, "--force");
      const measured = (found.findings as Finding[]).find(({ kind }) => kind === "reconstruction")?.evidence;
      const { metrics } = document("evaluate", model, "--data", data, "--out", out) as { metrics: { fvu: number } };
      expect(measured?.fvu as number, activation).toBeCloseTo(metrics.fvu, 5);
    }
  });

  it("opens with an answer that fits a screen: grade, sentences, commands; then latents, codes, what is proved", () => {
    const { data, model, out } = trained("--k", "3");
    const options = ["--limit", "samples=100", "--out", out, "--quiet"];
    const { status, stdout } = monosema("audit", model, "--data", data, ...options);
    expect(status).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^This dictionary (is (good|usable|poor)|has no grade)\.$/);
    const headings = ["What to do next", "Latents by grade", "Given this decoder, are the sparse codes determined?"];
    const places = [...headings, "What is proved, and what was measured", "What is not known"].map((text) =>
      lines.indexOf(text),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[1]).toBeLessThan(24);
    expect(stdout).toContain("is another question than whether this");
    expect(lines.every((line) => line.length <= 100 || line.includes("/"))).toBe(true);
  });

  it("says without samples that there is no grade, and how to get one", () => {
    const { model, out } = trained("--k", "3", "--steps", "5");
    const found = document("audit", model, "--out", out);
    expect(found.summary).toMatchObject({
      grade: null,
      sentences: [expect.stringMatching(/^No grade without data: pass --data/), expect.anything()],
      next: [expect.stringMatching(new RegExp(`^monosema audit ${model} --data FILE {2}# `))],
    });
    expect(found.latentsFile).toBeNull();
    expect(existsSync(join(out, "latents.json"))).toBe(false);
  });

  it("writes what is known of each latent, and with replicas whether it comes back", () => {
    const { data, model, out, folder } = trained("--k", "3");
    const replica = join(folder, "replica");
    document("train", "--data", data, "--latents", "40", "--k", "3", "--steps", "5", "--out", replica);
    const limits = ["--limit", "samples=100", "--out", out];
    const found = document("audit", model, "--data", data, "--replica", model, "--replica", replica, ...limits);
    const latents = JSON.parse(readFileSync(join(out, "latents.json"), "utf8")) as Record<string, unknown>[];
    expect(latents.map(({ latent }) => latent)).toEqual(Array.from({ length: 40 }, (_, latent) => latent));
    expect(latents.filter(({ grade }) => grade === "dead")).toHaveLength(found.dead as number);
    for (const { replication, codeCorrelation, score, rate } of latents) {
      expect(replication).toBeLessThanOrEqual(1); // the mean with itself, 1, and with an untrained one, less
      if (rate !== 0) expect(replication).toBeGreaterThan(0.5);
      expect(Math.abs(codeCorrelation as number)).toBeLessThanOrEqual(1);
      if (score !== null) expect((score as number) >= 0 && (score as number) <= 1).toBe(true);
    }
    expect(found.trust).toMatchObject({ replicas: 2, samples: 2000 });
    const { next } = found.summary as { next: string[] };
    expect(next.join("\n")).toContain(`monosema compare ${model} ${model} ${replica} --data ${data} --html`);
  });

  describe("refuses", () => {
    it.each<[string, (files: { data: string; features: string }) => string[], RegExp]>([
      [
        "features of another width",
        ({ data }) => ["--features", join(data, "../wide.npy")],
        /--features must have 12 columns/,
      ],
      [
        "more anchored latents than there are",
        () => ["--anchored", "41"],
        /--anchored must be at most .* 40 latents, got 41/,
      ],
      [
        "replicas without data",
        ({ data }) => ["--replica", join(data, "../model")],
        /--replica must be given with --data/,
      ],
      ["targets without data", ({ data }) => ["--target", data], /--target must be given with --data/],
      [
        "target features alone",
        ({ features }) => ["--target-features", features],
        /--target-features must be given with/,
      ],
      ["an unknown limit", () => ["--limit", "speed=3"], /--limit must be KEY=N .* got speed=3/],
      ["a limit without a number", () => ["--limit", "conic="], /--limit must be KEY=N .* got conic=/],
    ])("%s, with status 2 and before any work", async (_, options, message) => {
      const made = trained("--k", "3", "--steps", "5");
      const wide = join(made.data, "../wide.npy");
      writeFileSync(wide, writeNpy({ shape: [2, 13], data: new Float32Array(26).fill(1) }));
      const { status, stdout, stderr } = await inProcess("audit", made.model, ...options(made), "--out", made.out);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toMatch(message);
      expect(existsSync(made.out)).toBe(false);
    });

    it("what is no file of certificates", async () => {
      const made = trained("--k", "3", "--steps", "5");
      const { status, stderr } = await inProcess("recheck", join(made.model, "sae_weights.safetensors"));
      expect(status).toBe(2);
      expect(stderr).toMatch(/must hold certificates, got none/);
      expect((await inProcess("recheck", join(made.folder, "nothing"))).status).toBe(2);
    });
  });
});
