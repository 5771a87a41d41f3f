// Writes dictionaries in the layouts of dictionary_learning and sparsify and compares what these programs compute from them with what this
// library computes: `npm run check:peers -- --python PATH`, where PATH is a Python that has both. Passes when all differ by at most 1e-5.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { exampleModel, expectedOf } from "./lib/exampleDictionary.mjs";
import { prepare } from "./lib/prepare.mjs";
import { root } from "./lib/workspace.mjs";

const tolerance = 1e-5;
const unsubtracted = { encoder: true, decoder: true, subtractDecoderBias: false };
const { python } = parseArgs({ options: { python: { type: "string", default: "python3" } } }).values;

process.exitCode = (await prepare("@monosema/formats")) === 0 ? await check() : 1;

async function check() {
  const folder = await mkdtemp(join(tmpdir(), "monosema-peers-"));
  try {
    await writeDictionaries(folder);
    const { stdout } = await promisify(execFile)(python, [join(root, "scripts/check-peers.py"), folder]);
    return report(JSON.parse(stdout.trimEnd().split("\n").at(-1)));
  } catch (error) {
    process.stderr.write(`check-peers: ${(error.stderr || error.message).trimEnd()}\n`);
    return 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeDictionaries(folder) {
  const sdl = await import("../packages/sdl/dist/index.js");
  const tensor = await import("../packages/tensor/dist/index.js");
  const { dictionaryLearning, sparsify } = await import("../packages/formats/dist/index.js");
  for (const [program, specs] of [
    [dictionaryLearning, learned(sdl)],
    [sparsify, sparse(sdl)],
  ]) {
    for (const [name, spec] of specs) {
      const model = exampleModel(sdl, tensor.random, spec, "none");
      const out = join(folder, `${program.name}-${name}`);
      await mkdir(out);
      for (const [file, parts] of program.write(model).files) await writeFile(join(out, file), [...parts]);
      await writeFile(join(out, "expected.json"), await expectedOf(sdl, tensor, name, model));
    }
  }
}

function learned({ sae }) {
  const one = (activation, biases = true) => sae({ nP: 24, nQ: 96, activation, biases });
  return [
    ["relu", one({ kind: "relu" })],
    ["relu-unsubtracted", one({ kind: "relu" }, unsubtracted)],
    ["topk", one({ kind: "topk", k: 8 })],
    ["topk-unsubtracted", one({ kind: "topk", k: 8 }, unsubtracted)],
    ["batchtopk", one({ kind: "batchtopk", k: 8 })],
    ["jumprelu", one({ kind: "jumprelu", theta: 0.5, bandwidth: 0.1 })],
    ["gated", one({ kind: "gated" })],
    ["gated-unsubtracted", one({ kind: "gated" }, unsubtracted)],
  ];
}

function sparse({ sae, transcoder }) {
  const common = { nQ: 96, biases: true };
  const topk = { kind: "topk", k: 8 };
  return [
    ["topk", sae({ nP: 24, activation: topk, ...common })],
    ["groupmax", sae({ nP: 24, activation: { kind: "groupmax", k: 8 }, ...common })],
    ["transcoder", transcoder({ nP: 24, nR: 24, activation: topk, ...common })],
    ["skip-transcoder", transcoder({ nP: 24, nR: 24, skip: true, activation: topk, ...common })],
  ];
}

function report(results) {
  const failed = results.filter(({ codes, reconstruction }) => !(codes <= tolerance && reconstruction <= tolerance));
  for (const one of results) {
    const numbers = `codes ${one.codes.toExponential(1)}, reconstruction ${one.reconstruction.toExponential(1)}`;
    process.stdout.write(`${failed.includes(one) ? "FAILED" : "passed"} ${one.name.padEnd(40)} ${numbers}\n`);
  }
  process.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}
