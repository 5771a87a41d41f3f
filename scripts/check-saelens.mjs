// Writes checkpoints and compares what SAELens computes from them with what this library computes:
// `npm run check:saelens -- --python PATH`, where PATH is a Python that has sae-lens. Passes when all differ by at most 1e-5.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { exampleModel, expectedOf } from "./lib/exampleDictionary.mjs";
import { prepare } from "./lib/prepare.mjs";
import { root } from "./lib/workspace.mjs";

const tolerance = 1e-5;
const { python } = parseArgs({ options: { python: { type: "string", default: "python3" } } }).values;

process.exitCode = (await prepare("@monosema/sdl")) === 0 ? await check() : 1;

async function check() {
  const folder = await mkdtemp(join(tmpdir(), "monosema-saelens-"));
  try {
    await writeCheckpoints(folder);
    return report(await runPython(folder));
  } catch (error) {
    process.stderr.write(`check-saelens: ${error.message}\n`);
    return 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeCheckpoints(folder) {
  const sdl = await import("../packages/sdl/dist/index.js");
  const { saveCheckpoint } = await import("../packages/sdl/dist/node.js");
  const tensor = await import("../packages/tensor/dist/index.js");
  for (const [name, spec, inputScaling = "none"] of examples(sdl)) {
    const model = exampleModel(sdl, tensor.random, spec, inputScaling);
    await saveCheckpoint(join(folder, name), model);
    await writeFile(join(folder, name, "expected.json"), await expectedOf(sdl, tensor, name, model));
  }
}

function examples({ sae, transcoder, crosscoder }) {
  const common = { nQ: 96, biases: true };
  const jumprelu = { kind: "jumprelu", theta: 0.5, bandwidth: 0.1 };
  return [
    ["standard", sae({ nP: 24, activation: { kind: "relu" }, ...common })],
    ["topk", sae({ nP: 24, activation: { kind: "topk", k: 8 }, ...common })],
    ["abstopk", sae({ nP: 24, activation: { kind: "abstopk", k: 8 }, ...common })],
    ["jumprelu", sae({ nP: 24, activation: jumprelu, ...common })],
    ["gated", sae({ nP: 24, activation: { kind: "gated" }, ...common })],
    ["batchtopk", sae({ nP: 24, activation: { kind: "batchtopk", k: 8 }, ...common })],
    ["crosscoder", crosscoder({ sources: [12, 10], activation: { kind: "topk", k: 8 }, ...common })],
    ["transcoder", transcoder({ nP: 24, nR: 18, activation: { kind: "relu" }, ...common })],
    ["skip_transcoder", transcoder({ nP: 24, nR: 18, skip: true, activation: { kind: "relu" }, ...common })],
    ["jumprelu_skip_transcoder", transcoder({ nP: 24, nR: 18, skip: true, activation: jumprelu, ...common })],
    ["constant_norm_rescale", sae({ nP: 24, activation: { kind: "relu" }, ...common }), "constantNorm"],
    ["layer_norm", sae({ nP: 24, activation: { kind: "gated" }, ...common }), "layerNorm"],
  ];
}

async function runPython(folder) {
  try {
    const { stdout } = await promisify(execFile)(python, [join(root, "scripts/check-saelens.py"), folder]);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1));
  } catch (error) {
    if (error.code === "ENOENT")
      throw new Error(`--python must name a Python program, got ${python}; install Python 3`);
    throw new Error((error.stderr || error.message).trimEnd());
  }
}

function report({ saeLens, torch, rows: results }) {
  process.stdout.write(`SAELens ${saeLens}, torch ${torch}: largest absolute difference from Monosema\n`);
  let failed = 0;
  for (const { name, class: loadedAs, codes, reconstruction } of results) {
    const passes = codes <= tolerance && reconstruction <= tolerance;
    if (!passes) failed++;
    const numbers = `codes ${codes.toExponential(1)}, reconstruction ${reconstruction.toExponential(1)}`;
    process.stdout.write(`${passes ? "passed" : "FAILED"} ${name.padEnd(25)} ${loadedAs.padEnd(23)} ${numbers}\n`);
  }
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}
