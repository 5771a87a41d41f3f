// A sparse autoencoder stuck in a spurious minimum, and the exact way out (paper Figure 7):
//   node docs/examples/leaveSpuriousMinimum.mjs [SEEDS]
// First two features under one latent, which training cannot part. Then, for each seed (default 3), 64 features with as many latents:
// dead ones cost features, until escape sets them to the rows that lower the loss most.
import { linearRepresentationBench, matchFeatures } from "@monosema/bench";
import { matFrom } from "@monosema/numerics";
import { fit, sae } from "@monosema/sdl";
import { openSimd } from "@monosema/simd";
import { random } from "@monosema/tensor";
import { approximateLoss, constructPartialMinimum, escapeMinimum, partialMinimumCheck } from "@monosema/theory";

/** @typedef {import("@monosema/numerics").Mat} Mat */

const seeds = Number(process.argv[2] ?? 3);
if (!(Number.isInteger(seeds) && seeds >= 0)) {
  throw new TypeError(`leaveSpuriousMinimum: seeds must be a whole number, got ${process.argv[2]}; leave it out`);
}
const backend = await openSimd();
await twoFeatures();
if (seeds > 0) await manyFeatures();
await backend.close();

/** Two features 60 degrees apart: one latent has both, the other is dead. */
async function twoFeatures() {
  const features = [
    [1, 0],
    [0.5, Math.sqrt(0.75)],
  ];
  const featuresP = matFrom(features);
  /** @type {{ featuresP: Mat, featuresR: Mat, weights: number[], sigma: import("@monosema/theory").Sigma }} */
  const problem = { featuresP, featuresR: featuresP, weights: [1, 1], sigma: { kind: "relu" } };
  const { encoder, decoder } = constructPartialMinimum({ ...problem, pattern: [[0, 1], []] });
  if (encoder === null || decoder === null) throw new Error("internal: this pair has a partial minimum");
  encoder.data.set([-1, -1], 2); // far from firing

  // Samples have one feature each, so that training sees the loss of features alone.
  const stream = random(0, "pair");
  const input = new Float32Array(2 * 512);
  for (let b = 0; b < 512; b += 2) {
    const size = 1 + stream.exponential();
    features.forEach((feature, d) => {
      input.set(
        feature.map((value) => size * value),
        2 * (b + d),
      );
    });
  }
  const spec = sae({ nP: 2, nQ: 2, activation: { kind: "relu" }, biases: false });
  const source = { batchSize: 512, batch: () => ({ size: 512, input }) };
  let model = { encoder, decoder };
  const { isPartial, spurious } = partialMinimumCheck({ ...problem, ...model });
  console.log(`two features at 60 degrees under one latent: partial minimum ${isPartial}, spurious ${spurious}`);
  say("start");
  for (const steps of [2000, 2000]) await train(steps);
  const { escapes, ...free } = escapeMinimum({ ...problem, ...model });
  model = free;
  say(`escape sets latent ${escapes.map(({ neuron }) => neuron)}`);
  for (const steps of [500, 500, 1000, 2000]) await train(steps);

  /** @param {number} steps */
  async function train(steps) {
    const weights = { encoder: Float32Array.from(model.encoder.data), decoder: Float32Array.from(model.decoder.data) };
    const { model: learned } = await fit(backend, spec, source, { steps, weights, optimizer: { lr: 1e-3 } });
    model = { encoder: mat(learned.weights.encoder, 2), decoder: mat(learned.weights.decoder, 2) };
    say(`${steps} steps of Adam`);
  }

  /** @param {string} what */
  function say(what) {
    const { relative } = approximateLoss({ ...problem, encoder: model.encoder, decoder: model.decoder });
    console.log(`  ${what.padEnd(24)} loss ${relative.toFixed(4)} of that of the zero output`);
  }
}

/** As many latents as features. */
async function manyFeatures() {
  const [n, nP, k, steps] = [64, 32, 4, 1000];
  console.log(`\n${n} features in ${nP} dimensions, ${n} latents, TopK ${k}: features recovered (cosine above .95)`);
  console.log("seed  after 1000 steps  then 1000 more: as it is  resampled 5 times  escaped once");
  for (let seed = 0; seed < seeds; seed++) {
    const firing = /** @type {const} */ ({ kind: "constant", rate: 0.03 });
    const lrb = linearRepresentationBench({ n, nP, seed, firing, maxInterference: 0.3 });
    const spec = sae({ nP, nQ: n, activation: { kind: "topk", k }, biases: false });
    const source = lrb.batchSource({ batchSize: 256 });
    /** @param {Partial<import("@monosema/sdl").TrainOptions>} options */
    const train = async (options) => (await fit(backend, spec, source, { steps, ...options })).model.weights;
    const stuck = await train({ seed });
    const deadWindow = 256 * 100;
    const resampled = await train({ weights: stuck, deadWindow, resampling: { every: 100, until: 500 } });

    // The rows of the empirical loss are samples.
    const samples = mat(source.batch(1).input, nP);
    const { encoder, decoder } = escapeMinimum({
      encoder: mat(stuck.encoder, nP),
      decoder: mat(stuck.decoder, nP),
      featuresP: samples,
      featuresR: samples,
      weights: new Float64Array(samples.rows).fill(1 / samples.rows),
      sigma: { kind: "topk-relu", k },
      latents: n,
    });
    const weights = { encoder: Float32Array.from(encoder.data), decoder: Float32Array.from(decoder.data) };
    const all = [stuck, await train({ weights: stuck }), resampled, await train({ weights })];
    const counts = all.map((found) => {
      const { cosine } = matchFeatures({ learned: mat(found.decoder, nP), truth: mat(lrb.features, nP) });
      return cosine.filter((value) => value > 0.95).length;
    });
    const [first, ...rest] = counts.map(String);
    console.log(`${String(seed).padStart(4)}${first?.padStart(18)}${rest.map((count) => count.padStart(19)).join("")}`);
  }
}

/** @param {ArrayLike<number>} values @param {number} cols */
function mat(values, cols) {
  return { rows: values.length / cols, cols, data: Float64Array.from(values) };
}
