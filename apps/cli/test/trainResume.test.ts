import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { document, interrupted, monosema, temporaryFolder, writeSamples } from "./support/cli.js";

const options = ["--latents", "64", "--k", "4", "--batch", "64", "--steps", "300", "--save-every", "20", "--quiet"];
const weights = (folder: string): Buffer => readFileSync(join(folder, "sae_weights.safetensors"));

describe("monosema train --resume", () => {
  it("ends with the bytes of an uninterrupted run after each of 20 kills at random moments", {
    timeout: 240_000,
  }, async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 600, 16);
    const whole = join(folder, "whole");
    const started = performance.now();
    expect(monosema("train", "--data", data, ...options, "--out", whole).status).toBe(0);
    const duration = performance.now() - started;

    const out = join(folder, "killed");
    let kills = 0;
    let fresh = true;
    for (let attempt = 0; kills < 20; attempt++) {
      const after = duration * (0.2 + 0.7 * Math.random());
      const args = fresh ? ["--data", data, ...options, "--out", out, "--force"] : ["--resume", out, "--quiet"];
      const { status } = await interrupted("SIGKILL", after, "train", ...args);
      if (status === null) {
        kills++;
        fresh = !existsSync(join(out, "states"));
        continue;
      }
      // Before the first state there is nothing to resume, which is said so; else the run has come to its end.
      if (status === 0) expect(weights(out).equals(weights(whole)), `after ${kills} kills`).toBe(true);
      else expect(status).toBe(2);
      fresh = true;
      expect(attempt).toBeLessThan(200);
    }
    if (!fresh) {
      const last = monosema("train", "--resume", out, "--quiet");
      if (last.status === 2)
        expect(monosema("train", "--data", data, ...options, "--out", out, "--force").status).toBe(0);
      else expect(last.status, last.stderr).toBe(0);
      expect(weights(out).equals(weights(whole))).toBe(true);
    }
  });

  it("keeps its state on SIGINT, says how to go on, and goes on to the same bytes", { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 600, 16);
    const [whole, out] = [join(folder, "whole"), join(folder, "stopped")];
    const long = options.map((value) => (value === "300" ? "2000" : value));
    const shown = long.filter((option) => option !== "--quiet");
    expect(monosema("train", "--data", data, ...long, "--out", whole).status).toBe(0);
    let ran = await interrupted("SIGINT", /steps\/s/, "train", "--data", data, ...shown, "--out", out);
    expect(ran.status, ran.stderr).toBe(130);
    expect(ran.stderr).toContain(`--resume ${out}`);
    ran = monosema("train", "--resume", out, "--quiet");
    expect(ran.status, ran.stderr).toBe(0);
    expect(weights(out).equals(weights(whole))).toBe(true);
  });

  it("goes on with the tier of the run", { timeout: 60_000 }, () => {
    const folder = temporaryFolder();
    const data = writeSamples(folder, "data.npy", 600, 16);
    const out = join(folder, "run");
    expect(monosema("train", "--data", data, ...options, "--tier", "float32", "--out", out).status).toBe(0);
    expect(document("train", "--resume", out, "--quiet").backend).toMatchObject({ tier: "float32" });
    const ran = monosema("train", "--resume", out, "--tier", "int16");
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain("got --tier; drop it");
  });

  it("refuses a folder with nothing saved, and options beside it, with status 2", { timeout: 60_000 }, () => {
    const folder = temporaryFolder();
    const ran = monosema("train", "--resume", folder);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain("nothing saved");
    expect(monosema("train", "--resume", folder, "--k", "4").stderr).toContain("drop it");
  });
});
