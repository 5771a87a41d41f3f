import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { activationNames } from "@monosema/sdl";
import { random, readNpy, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder, writeSamples } from "./support/cli.js";

const [rows, columns, latents] = [1000, 16, 48];

/** What each variant is trained on: 24 features in 16 dimensions, and for a transcoder a rotation of them far from zero. */
function variants(folder: string): Readonly<Record<string, readonly string[]>> {
  const data = writeSamples(folder, "data.npy", rows, columns);
  const target = mixed(folder, data);
  return {
    sae: ["--data", data],
    transcoder: ["--data", data, "--target", target],
    crosslayer: ["--source", data, "--source", data, "--target", target, "--target", data],
    crosscoder: ["--data", data, "--variant", "crosscoder", "--sources", "6,10"],
  };
}

function mixed(folder: string, data: string): string {
  const stream = random(3, "mix");
  const matrix = Array.from({ length: 12 * columns }, () => stream.normal() / 4);
  const x = readNpy(readFileSync(data)).data as Float32Array;
  const values = Float32Array.from({ length: rows * 12 }, (_, j) => {
    const [b, r] = [Math.floor(j / 12), j % 12];
    let sum = 5;
    for (let d = 0; d < columns; d++) sum += (matrix[r * columns + d] as number) * (x[b * columns + d] as number);
    return sum;
  });
  const file = join(folder, "target.npy");
  writeFileSync(file, writeNpy({ shape: [rows, 12], data: values }));
  return file;
}

describe("the defaults of train learn", { timeout: 120_000 }, () => {
  for (const activation of activationNames) {
    it.each(["sae", "transcoder", "crosscoder", "crosslayer"])(`${activation} %s`, async (variant) => {
      const folder = temporaryFolder();
      const ran = await inProcess(
        ...["train", ...(variants(folder)[variant] as readonly string[]), "--activation", activation],
        ...[
          "--latents",
          String(latents),
          "--batch",
          "128",
          "--steps",
          "800",
          "--out",
          join(folder, "run"),
          "--json",
          "--quiet",
        ],
      );
      expect(ran.status, ran.stderr).toBe(0);
      const { metrics, warnings } = JSON.parse(ran.stdout) as {
        metrics: { fvu: number; l0: number };
        warnings: string[];
      };
      // 24 features that are on a tenth of the time.
      expect(metrics.fvu).toBeLessThan(0.15);
      expect(metrics.l0).toBeGreaterThan(1.2);
      expect(metrics.l0).toBeLessThan(latents / 2);
      // Of data so few and so dense there is more to say, but not that a default is wrong.
      expect(warnings.join()).not.toMatch(/no learning|nothing is active|vacuous|diverges|weigh nR/);
    });
  }
});
