import {
  gaussianSurrogate,
  type LinearRepresentationBench,
  linearRepresentationBench,
  permutedSurrogate,
} from "@monosema/bench";
import {
  arrayRows,
  columnMeans,
  fit,
  type Model,
  rowBatches,
  type SdlSpec,
  sae,
  type Terms,
  transcoder,
} from "@monosema/sdl";
import { type Backend, random } from "@monosema/tensor";
import type { CalibrationSetting } from "./setting.js";

/** Samples of a setting and dictionaries that were trained on them with different seeds. */
export interface TrainedSetting {
  /** Features and coefficients. */
  readonly lrb: LinearRepresentationBench;
  /** The first one is scored, the others are its replicas. */
  readonly models: readonly Model[];
  /** Samples that scores are computed from, `[S, P]`. */
  readonly inputs: Float32Array;
  /** Their targets, `[S, R]`; the inputs but for transcoders. */
  readonly targets: Float32Array;
}

/** Makes the samples and trains the dictionaries. */
export async function trainedSetting(
  backend: Backend,
  setting: CalibrationSetting,
  dictionaries: number,
): Promise<TrainedSetting> {
  const { seed, n, nP, samples, batchSize, steps, lr, control, method, data, noise, biasNorm } = setting;
  const view = method === "transcoder" ? "transcoder" : "sae";
  const lrb = linearRepresentationBench({
    ...{ n, nP, seed, samples, view, maxInterference: 0.5, biasNorm },
    ...(noise > 0 ? { noise } : {}),
    ...data,
  });
  const made = trainingSamples(lrb);
  const surrogate = control === "gaussian" ? gaussianSurrogate : control === "permuted" ? permutedSurrogate : undefined;
  const input = surrogate ? surrogate(made.input, nP, seed) : made.input;
  const target = made.target ?? input;
  const source = (of: number) =>
    rowBatches(arrayRows(input, nP), {
      batchSize: Math.min(batchSize, samples),
      seed: of,
      ...(made.target ? { target: arrayRows(target, lrb.nR) } : {}),
    });
  const ramp = method === "relu" || method === "jumprelu" || method === "gated" ? { sparsityRamp: 0.3 } : {};
  const models: Model[] = [];
  for (let replica = 0; replica < dictionaries; replica++) {
    const own = 16 * seed + replica;
    const { model } = await fit(backend, specOf(setting, lrb.nR), source(own), {
      ...{ steps, seed: own, optimizer: { lr }, schedule: { decay: 0.2, ...ramp } },
      ...(setting.biases ? { init: { decoderBias: "mean" }, mean: columnMeans(target, lrb.nR) } : {}),
    });
    models.push(controlled(model, setting, own));
  }
  return { lrb, models, ...auditedSamples(setting, lrb, input, target, surrogate !== undefined) };
}

function trainingSamples(lrb: LinearRepresentationBench): {
  readonly input: Float32Array;
  readonly target?: Float32Array;
} {
  const { samples, nP, nR, view } = lrb;
  const input = new Float32Array(samples * nP);
  const target = view === "transcoder" ? new Float32Array(samples * nR) : undefined;
  for (let start = 0; start < samples; start += BLOCK) {
    const batch = lrb.batchOf(Array.from({ length: Math.min(BLOCK, samples - start) }, (_, i) => start + i));
    input.set(batch.input, start * nP);
    if (target && batch.target) target.set(batch.target, start * nR);
  }
  return target ? { input, target } : { input };
}

const BLOCK = 2000;

/** The first training samples, or as many that training never saw; of surrogates always the former. */
function auditedSamples(
  { audited, auditsTraining, nP, samples }: CalibrationSetting,
  lrb: LinearRepresentationBench,
  input: Float32Array,
  target: Float32Array,
  isSurrogate: boolean,
): Pick<TrainedSetting, "inputs" | "targets"> {
  if (auditsTraining || isSurrogate) {
    const count = Math.min(audited, samples);
    return { inputs: input.subarray(0, count * nP), targets: target.subarray(0, count * lrb.nR) };
  }
  const inputs = new Float32Array(audited * nP);
  const targets = new Float32Array(audited * lrb.nR);
  let row = 0;
  for (const batch of lrb.heldOut({ samples: audited })) {
    inputs.set(batch.input, row * nP);
    targets.set(batch.target ?? batch.input, row * lrb.nR);
    row += batch.size;
  }
  return { inputs, targets };
}

function specOf({ method, nP, nQ, k, sparsity, biases, auxK }: CalibrationSetting, nR: number): SdlSpec {
  const shared = { nP, nQ, biases };
  const terms: Terms = auxK ? { auxK: {} } : {};
  const l1 = { coefficient: 0.7 * sparsity, weighting: "decoderNorm" } as const;
  switch (method) {
    case "topk":
    case "batchtopk":
      return sae({ ...shared, activation: { kind: method, k }, terms });
    case "transcoder":
      return transcoder({ ...shared, nR, activation: { kind: "topk", k }, terms });
    case "matryoshka": {
      const widths = [1 / 16, 1 / 4, 1].map((share) => Math.round(share * nQ));
      return sae({
        ...shared,
        activation: { kind: "topk", k },
        terms: { matryoshka: { kind: "prefix", widths }, ...terms },
      });
    }
    case "jumprelu": {
      const activation = { kind: "jumprelu", theta: 0.5, bandwidth: 0.5 } as const;
      return sae({ ...shared, activation, terms: { l0: { coefficient: 0.3 * sparsity } } });
    }
    case "relu":
      return sae({ ...shared, activation: { kind: "relu" }, terms: { l1 } });
    case "gated":
      return sae({ ...shared, activation: { kind: "gated" }, terms: { l1: { coefficient: l1.coefficient } } });
  }
}

/** The dictionary, with other decoder rows where it is a control by those. */
function controlled(model: Model, { control, nQ }: CalibrationSetting, seed: number): Model {
  if (control !== "random" && control !== "shuffled") return model;
  const { decoder } = model.weights;
  const width = decoder.length / nQ;
  const stream = random(seed, "control");
  const order = stream.permutation(nQ);
  const changed = new Float32Array(decoder.length);
  for (let q = 0; q < nQ; q++) {
    const from = (control === "shuffled" ? (order[q] as number) : q) * width;
    const own = decoder.subarray(from, from + width);
    if (control === "shuffled") changed.set(own, q * width);
    else {
      const drawn = Float64Array.from({ length: width }, stream.normal);
      const scale = Math.sqrt(own.reduce((sum, v) => sum + v * v, 0) / drawn.reduce((sum, v) => sum + v * v, 0));
      changed.set(
        drawn.map((value) => value * scale),
        q * width,
      );
    }
  }
  return { ...model, weights: { ...model.weights, decoder: changed } };
}
