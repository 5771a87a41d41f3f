// Trains an SAE, a transcoder and a crosscoder on the activations of stories260K:
//   node docs/examples/trainOnLm.mjs FOLDER [TOKENS]
// Model, tokenizer and stories are read from ../shared/data, or from the folder named by MONOSEMA_SHARED.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  arrayRows,
  columnMeans,
  crosscoder,
  evaluateModel,
  fit,
  normStatistics,
  rowBatches,
  sae,
  scaleFactor,
  sequentialBatches,
  transcoder,
} from "@monosema/sdl";
import { openSimd } from "@monosema/simd";
import { writeNpy } from "@monosema/tensor";
import { bpeTokenizer } from "./bpeTokenizer.mjs";
import { lmActivations, sideBySide } from "./lmActivations.mjs";
import { storiesLm } from "./storiesLm.mjs";

const [out, count = "20000"] = process.argv.slice(2);
const training = Number(count);
if (out === undefined || !(Number.isInteger(training) && training > 0)) {
  throw new TypeError(
    `trainOnLm: needs a folder and at most a whole number of tokens, got ${process.argv.slice(2).join(" ") || "nothing"}; call it like \`node trainOnLm.mjs runs/lm 20000\``,
  );
}
const data = join(resolve(process.env.MONOSEMA_SHARED ?? join(import.meta.dirname, "../../../shared")), "data");
const layer = 2;
const sources = [1, 2, 3];
const heldOut = 4000;

const model = storiesLm(await readFile(join(data, "lm/stories260K.bin")));
const tokenizer = bpeTokenizer(await readFile(join(data, "lm/tok512.bin")));
/** @type {string[]} */
const stories = JSON.parse(await readFile(join(data, "text/tinystories_1000.json"), "utf8"));
const texts = stories.map((story) => story.replaceAll("\n\n", "\n").trim());
const { width } = model;
const began = performance.now();
const seen = lmActivations(model, tokenizer, texts, training + heldOut);
console.log(`${seen.tokens} tokens in ${seconds(began)} s, the last ${heldOut} held out`);

const matrices = {
  residual: seen.residual[layer],
  mlpInput: seen.mlpInput[layer],
  mlpOutput: seen.mlpOutput[layer],
  // A source with larger activations would outweigh the others in the loss of a crosscoder.
  stack: sideBySide(
    sources.map((source) => scaled(seen.residual[source], factorOf(seen.residual[source], width))),
    width,
  ),
};
await mkdir(out, { recursive: true });
for (const [name, values] of Object.entries(matrices)) {
  const shape = [seen.tokens, values.length / seen.tokens];
  await writeFile(join(out, `${name}.npy`), writeNpy({ shape, data: values }));
}

const backend = await openSimd();
console.log(`backend ${backend.name}: ${backend.detail}\n`);
console.log("dictionary           fvu held out  fvu trained    L0   dead  seconds");
const options = { nQ: 512, activation: /** @type {const} */ ({ kind: "topk", k: 16 }), biases: true };
const { residual, mlpInput, mlpOutput, stack } = matrices;
await learn("SAE, residual", sae({ nP: width, ...options }), residual);
await learn("transcoder, MLP", transcoder({ nP: width, nR: width, ...options }), mlpInput, mlpOutput);
await learn("crosscoder, 3 layers", crosscoder({ sources: sources.map(() => width), ...options }), stack);
await backend.close();

/**
 * Trains on the first tokens and evaluates on the held-out ones, in original units.
 *
 * @param {string} name
 * @param {import("@monosema/sdl").SdlSpec} spec
 * @param {Float32Array} input
 * @param {Float32Array} target
 */
async function learn(name, spec, input, target = input) {
  const started = performance.now();
  const { nP, nR } = spec;
  const [inputs, targets] = [parts(input, nP), parts(target, nR)];
  const { model: dictionary } = await fit(
    backend,
    spec,
    rowBatches(inputs.trained, { batchSize: 512, target: targets.trained }),
    {
      steps: 1000,
      scale: { input: factorOf(input, nP), target: factorOf(target, nR) },
      init: { decoderBias: "mean" },
      mean: columnMeans(target.subarray(0, training * nR), nR),
      schedule: { warmup: 50, decay: 0.2 },
    },
  );
  const time = seconds(started);
  /** @param {"trained" | "heldOut"} part */
  const evaluate = (part) => evaluateModel(backend, dictionary, sequentialBatches(inputs[part], 512, targets[part]));
  const test = await evaluate("heldOut");
  const train = await evaluate("trained");
  const figures = [test.fvu.toFixed(4), train.fvu.toFixed(4), test.l0.toFixed(1), test.deadFraction.toFixed(3), time];
  const widths = [12, 13, 6, 7, 9];
  console.log(`${name.padEnd(21)}${figures.map((figure, i) => figure.padStart(widths[i])).join("")}`);
}

/** @param {Float32Array} rows @param {number} columns */
function parts(rows, columns) {
  const split = training * columns;
  return { trained: arrayRows(rows.subarray(0, split), columns), heldOut: arrayRows(rows.subarray(split), columns) };
}

/** The factor that brings the training rows to a mean norm of sqrt(columns). @param {Float32Array} rows @param {number} columns */
function factorOf(rows, columns) {
  return scaleFactor("meanNorm", normStatistics(rows.subarray(0, training * columns), columns), columns);
}

/** @param {Float32Array} rows @param {number} factor */
function scaled(rows, factor) {
  return rows.map((value) => value * factor);
}

/** @param {number} since */
function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
