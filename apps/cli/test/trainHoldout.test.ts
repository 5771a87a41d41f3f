import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arrayRows, splitRows } from "@monosema/sdl";
import { readNpy, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

async function done(...args: readonly string[]): Promise<Readonly<Record<string, unknown>> & { warnings: string[] }> {
  const ran = await inProcess(...args, "--json", "--quiet");
  expect(ran.status, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
}

const small = ["--latents", "32", "--k", "4", "--batch", "64", "--steps", "40"];
const weights = (folder: string): Buffer => readFileSync(join(folder, "sae_weights.safetensors"));
/** The arrays: what the folder says of its files differs. */
const arrays = (folder: string): Buffer => {
  const bytes = weights(folder);
  return bytes.subarray(8 + Number(bytes.readBigUInt64LE(0)));
};

/** The rows of a file that a seed holds out, and the others, as files of their own. */
async function splitFile(file: string, count: number, seed: number) {
  const { shape, data } = readNpy(readFileSync(file));
  const columns = shape[1] as number;
  const split = splitRows(arrayRows(data as Float32Array, columns), count, seed);
  const written = async (part: "training" | "heldOut"): Promise<string> => {
    const name = file.replace(/\.npy$/, `-${part}.npy`);
    const { rows, readRows } = split[part];
    writeFileSync(name, writeNpy({ shape: [rows, columns], data: (await readRows(0, rows)).slice() }));
    return name;
  };
  return { training: await written("training"), heldOut: await written("heldOut") };
}

describe("monosema train --holdout", { timeout: 240_000 }, () => {
  it("trains as if the held-out rows were not there, and measures them", async () => {
    const folder = temporaryFolder();
    const [data, target] = [writeSamples(folder, "data.npy", 300, 16), writeSamples(folder, "target.npy", 300, 12)];
    for (const targets of [false, true]) {
      const [out, alone] = [join(folder, `whole-${targets}`), join(folder, `alone-${targets}`)];
      const with_ = (files: { data: string; target: string }): string[] => [
        "--data",
        files.data,
        ...(targets ? ["--target", files.target] : []),
      ];
      const options = [...small, "--seed", "5"];
      const document = await done("train", ...with_({ data, target }), ...options, "--holdout", ".21", "--out", out);
      const [inputs, outputs] = [await splitFile(data, 63, 5), await splitFile(target, 63, 5)];
      const training = with_({ data: inputs.training, target: outputs.training });
      await done("train", ...training, ...options, "--holdout", "0", "--out", alone);
      expect(arrays(out).equals(arrays(alone))).toBe(true);
      const { metrics } = (await done(
        "evaluate",
        out,
        ...with_({ data: inputs.heldOut, target: outputs.heldOut }),
      )) as unknown as { metrics: { fvu: number; l0: number; deadFraction: number } };
      expect(document).toMatchObject({
        rows: 300,
        holdout: { fraction: 0.21, seed: 5 },
        heldOut: { rows: 63, l0: metrics.l0, deadFraction: metrics.deadFraction },
        baselines: { pca: { components: expect.any(Number), fvu: expect.any(Number) } },
      });
      expect((document.heldOut as { fvu: number }).fvu).toBeCloseTo(metrics.fvu, 6);
    }
  });

  it("prints both figures beside those of PCA, in the report too, and says which option to change", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "run");
    const wide = small.map((value) => (value === "32" ? "512" : value));
    const ran = await inProcess("train", "--data", data, ...wide, "--out", out);
    expect(ran.stdout).toMatch(
      /all 300 rows: +fvu .*, L0 4\.00, dead .* %\n15 held out: +fvu .*\nto compare: +fvu .* by PCA with 4 numbers a row, 1 by the mean alone/,
    );
    expect(ran.stderr).toContain("the 285 training rows are fewer than the 512 latents");
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("15 held out");
    expect(page).toContain("the 285 training rows are fewer than the 512 latents");
  });

  it("holds nothing out of few rows, and says so", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 19, 16);
    const document = await done("train", "--data", data, ...small, "--out", join(folder, "run"));
    expect(document.heldOut).toBeNull();
    expect(document.warnings.join()).toContain("no rows were held out (--holdout 0.05 of 19)");
    for (const share of ["1", "-.1"]) {
      const ran = await inProcess("train", "--data", data, `--holdout=${share}`);
      expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining("--holdout must be")]);
    }
  });

  it("of a state from before there was one is none", async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 300, 16);
    const out = join(folder, "run");
    await done("train", "--data", data, ...small, "--holdout", "0", "--out", out);
    const state = join(out, "states", readdirSync(join(out, "states"))[0] as string, "training_state.json");
    const text = readFileSync(state, "utf8");
    const older = text.replace(/"holdout":\s*\{[^}]*\},?/, "");
    expect(older).not.toBe(text);
    writeFileSync(state, older);
    expect(await done("train", "--resume", out, "--steps", "50")).toMatchObject({ heldOut: null, steps: 50 });
  });

  it("warns before training of a mean that nothing subtracts", async () => {
    const folder = temporaryFolder();
    const file = writeSamples(folder, "data.npy", 100, 16);
    const { shape, data } = readNpy(readFileSync(file));
    writeFileSync(file, writeNpy({ shape, data: (data as Float32Array).map((value) => value + 9) }));
    const said = async (biases: string): Promise<string> =>
      (
        await done("train", "--data", file, ...small, "--biases", biases, "--out", join(folder, biases))
      ).warnings.join();
    expect(await said("off")).toMatch(/--data: the squared mean is [\d.]+ times the variance.*--biases on/);
    expect(await said("on")).not.toContain("squared mean");
  });
});
