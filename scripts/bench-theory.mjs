// npm run bench:theory -- [--features 1000 --dim 768 --latents 16000 --k 32 --only NAME --json]
// Times theory and numerics on one core: random unit-variance features, encoder and decoder. --only takes the beginning of a name.
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { matchFeatures } from "../packages/bench/dist/index.js";
import {
  gram,
  highsSolver,
  leastSquares,
  multiply,
  singularValues,
  svd,
  symmetricEigen,
  transpose,
} from "../packages/numerics/dist/index.js";
import * as theory from "../packages/theory/dist/index.js";

const { values } = parseArgs({
  options: {
    features: { type: "string", default: "1000" },
    dim: { type: "string", default: "768" },
    latents: { type: "string", default: "16000" },
    k: { type: "string", default: "32" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
const whole = (name) => {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  console.error(`bench:theory: --${name} must be a whole number of at least 1, got ${values[name]}`);
  process.exit(2);
};
const [n, nP, nQ, k] = [whole("features"), whole("dim"), whole("latents"), whole("k")];

let state = 7;
const uniform = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
};
const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
const random = (rows, cols) => ({ rows, cols, data: Float64Array.from({ length: rows * cols }, normal) });

const featuresP = random(n, nP);
const model = { featuresP, featuresR: featuresP, encoder: random(nQ, nP), decoder: random(nQ, nP) };
const weights = new Float64Array(n).fill(1);
const patternAndLoss = (sigma, gradients) => {
  const isolated = theory.isolatedCodes({ ...model, sigma });
  theory.activationPattern({ ...model, sigma, isolated });
  theory.approximateLoss({ ...model, weights, sigma, isolated, gradients });
};
const topk = { kind: "topk-relu", k };
const relu = { kind: "relu" };
const lp = async () => {
  const { default: load } = createRequire(new URL("../packages/numerics/package.json", import.meta.url))("highs");
  return highsSolver(await load());
};

const benchmarks = {
  "product featuresP encoder^T": () => multiply(featuresP, model.encoder, { transposeB: true }),
  [`pattern + loss, topk-relu k ${k}`]: () => patternAndLoss(topk, false),
  [`pattern + loss + gradients, topk-relu k ${k}`]: () => patternAndLoss(topk, true),
  "pattern + loss, relu (half of all codes active)": () => patternAndLoss(relu, false),
  "pattern + loss + gradients, relu (half of all codes active)": () => patternAndLoss(relu, true),
  "conic independence of one feature": () => theory.conicIndependence({ featuresP, features: [0] }),
  "conic independence of all features": () => theory.conicIndependence({ featuresP }),
  "realize a singleton, nnls": () => theory.realizePattern({ featuresP, pattern: [[0]], sigma: relu }),
  "realize a singleton, lp (HiGHS, WebAssembly)": async () =>
    theory.realizePattern({ featuresP, pattern: [[0]], sigma: relu, method: "lp", lp: await lp() }),
  "match features, one to one": () => matchFeatures({ learned: model.decoder, truth: featuresP }),
  "singular values": () => singularValues(featuresP),
  "singular value decomposition": () => svd(featuresP),
  "least squares by it, 1 right-hand side": () => leastSquares(featuresP, random(n, 1)),
  "symmetric eigenvalues and vectors, n = dim": () => symmetricEigen(gram(transpose(featuresP))),
};

const results = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (!name.startsWith(values.only)) continue;
  globalThis.gc?.();
  const before = process.cpuUsage();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  results.push({ name, seconds, cpuSeconds: (user + system) / 1e6 });
  if (!values.json)
    console.log(`${seconds.toFixed(2).padStart(8)} s  (cpu ${((user + system) / 1e6).toFixed(2)})  ${name}`);
}
if (values.json)
  console.log(JSON.stringify({ node: process.version, features: n, dim: nP, latents: nQ, k, results }, null, 2));
