// Trains every activation and variant with the defaults of `monosema train` on real activations and prints fvu, L0 and the share of
// dead latents: `npm run check:defaults -- [--data rf-topk,lm-smollm2] [--activations A,A] [--variants V,V] [options of train]`.
// Options that it does not know go to `monosema train`, such as `--latents 1024 --batch 64` where a run with the defaults takes too long.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { activationNames } from "../packages/sdl/dist/index.js";
import { readNpy, readSafetensors, writeNpy } from "../packages/tensor/dist/index.js";

const root = resolve(import.meta.dirname, "..");
const shared = process.env.MONOSEMA_SHARED ?? resolve(root, "../shared");
const own = {
  data: "rf-topk,lm-smollm2",
  activations: activationNames.join(","),
  variants: "sae,transcoder,crosscoder,crosslayer",
};
const passed = [];
for (let i = 2; i < process.argv.length; i++) {
  const name = process.argv[i].slice(2);
  if (Object.hasOwn(own, name)) own[name] = process.argv[++i];
  else passed.push(process.argv[i]);
}
const work = mkdtempSync(join(tmpdir(), "check-defaults-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

/** A matrix as a file of the working folder. */
const write = (name, rows, columns, data) => {
  const file = join(work, `${name}.npy`);
  writeFileSync(file, writeNpy({ shape: [rows, columns], data: Float32Array.from(data) }));
  return file;
};
const tensor = (file, name) =>
  readSafetensors(readFileSync(join(shared, "data/lm-smollm2", file)), file).tensors.get(name);

/** Options of each variant on a data set. */
const sets = {
  /** Penultimate activations of a classifier of radio signals, [1408, 256]; the halves stand in for two places of a network. */
  "rf-topk": () => {
    const { shape, data } = readNpy(readFileSync(join(shared, "data/sae/rf-topk/activations_10dB_f32.npy")));
    const [rows, columns] = shape;
    const half = (at) =>
      Array.from({ length: (rows * columns) / 2 }, (_, i) => data[Math.floor(i / 128) * columns + at + (i % 128)]);
    const [whole, left, right] = [
      write("rf", rows, columns, data),
      write("rf-left", rows, 128, half(0)),
      write("rf-right", rows, 128, half(128)),
    ];
    return {
      sae: ["--data", whole],
      transcoder: ["--data", left, "--target", right],
      crosscoder: ["--variant", "crosscoder", "--data", left, "--data", right],
      crosslayer: ["--source", left, "--source", right, "--target", right, "--target", left],
    };
  },
  /** Layer 14 of SmolLM2-135M: the residual stream [24000, 576] without its massive rows; MLP input and output [8000, 576]. */
  "lm-smollm2": () => {
    const file = (name, { shape, data }) => write(name, shape[0], shape[1], data);
    const stream = file("resid", tensor("resid-24000.safetensors", "blocks.14.hook_resid_post"));
    const input = file("mlp-in", tensor("mlp-8000.safetensors", "blocks.14.ln2.hook_normalized"));
    const output = file("mlp-out", tensor("mlp-8000.safetensors", "blocks.14.hook_mlp_out"));
    return {
      sae: ["--data", stream, "--max-norm", "5"],
      transcoder: ["--data", input, "--target", output],
      crosscoder: ["--variant", "crosscoder", "--data", input, "--data", output],
      crosslayer: ["--source", input, "--source", output, "--target", output, "--target", input],
    };
  },
};

if (!existsSync(shared))
  throw new Error(`check:defaults needs the folder ${shared}, which is not there; set MONOSEMA_SHARED`);
console.log(
  "| data | activation | variant | fvu | L0 | latents | dead | warnings |\n|---|---|---|---|---|---|---|---|",
);
for (const name of own.data.split(",")) {
  const options = sets[name]();
  for (const variant of own.variants.split(",")) {
    for (const activation of own.activations.split(",")) {
      const args = [
        "train",
        ...options[variant],
        "--activation",
        activation,
        "--steps",
        "2000",
        "--json",
        "--quiet",
        ...passed,
      ];
      const out = join(work, `${name}-${variant}-${activation}`);
      const bin = join(root, "apps/cli/bin/monosema.js");
      const ran = spawnSync(process.execPath, [bin, ...args, "--out", out], { encoding: "utf8", maxBuffer: 2 ** 28 });
      if (ran.status !== 0) {
        console.log(`| ${name} | ${activation} | ${variant} | ${ran.stderr.trim().replaceAll("\n", " ")} |`);
        process.exitCode = 1;
        continue;
      }
      const { metrics, spec, warnings } = JSON.parse(ran.stdout);
      const cells = [metrics.fvu.toPrecision(3), metrics.l0.toFixed(1), spec.nQ, metrics.deadFraction.toFixed(3)];
      console.log(
        `| ${[name, activation, variant, ...cells, warnings.map((one) => one.slice(0, 40)).join("; ")].join(" | ")} |`,
      );
    }
  }
}
