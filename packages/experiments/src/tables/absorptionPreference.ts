import type { HeldOutBatch } from "@monosema/bench";
import { addScaled, type Mat, row } from "@monosema/numerics";
import { evaluateModel, type Model, type SdlSpec } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { absorptionPath } from "@monosema/theory";

/** Features with their parents. */
export interface Forest {
  /** `[n, nP]`, independent rows. */
  readonly features: Float64Array;
  /** Width. */
  readonly nP: number;
  /** Parent of each feature, -1 for none, `[n]`. */
  readonly parentOf: Int32Array;
}

/**
 * By how much the objective falls from the dictionary with one latent per feature to the one in which every child has absorbed its parent
 * (kappa = 1 on the path of `absorptionPath`), as a share of the energy of the samples: above 0 the objective prefers absorption.
 */
export async function preference(
  backend: Backend,
  spec: SdlSpec,
  forest: Forest,
  samples: readonly HeldOutBatch[],
): Promise<number> {
  const [clean, absorbed] = [0, 1].map((kappa) => dictionary(spec, forest, kappa)) as [Model, Model];
  let energy = 0;
  let count = 0;
  for (const { input, size } of samples) {
    for (const value of input) energy += value * value;
    count += size;
  }
  const fall = (await objectiveOf(backend, clean, samples)) - (await objectiveOf(backend, absorbed, samples));
  return fall / (energy / count);
}

/** The mean objective of a sample: squared error, at each level of a nested dictionary, and the sparsity term. */
async function objectiveOf(backend: Backend, model: Model, samples: readonly HeldOutBatch[]): Promise<number> {
  const { l1, l0, matryoshka } = model.spec.terms;
  const { nQ, nR } = model.spec;
  const widths = matryoshka?.kind === "prefix" ? matryoshka.widths : [nQ];
  let [error, sparsity] = [0, 0];
  for (const width of widths) {
    const { mse } = await evaluateModel(backend, firstLatents(model, width), samples);
    error += (mse * nR) / widths.length;
  }
  const norms = Array.from({ length: nQ }, (_, i) =>
    Math.hypot(...model.weights.decoder.subarray(i * nR, (i + 1) * nR)),
  );
  let count = 0;
  await evaluateModel(backend, model, samples, {
    onBatch: ({ size }, { codes }) => {
      count += size;
      codes.latents.forEach((latent, at) => {
        sparsity +=
          (l1?.coefficient ?? 0) * (norms[latent] as number) * (codes.values[at] as number) + (l0?.coefficient ?? 0);
      });
    },
  });
  return error + sparsity / count;
}

/** The same selection of latents; only the first ones write. */
function firstLatents(model: Model, width: number): Model {
  const decoder = model.weights.decoder.slice().fill(0, width * model.spec.nR);
  return { ...model, weights: { ...model.weights, decoder } };
}

/** Dual encoder rows, decoder rows of the features; spare latents are zero. */
function dictionary(spec: SdlSpec, { features, nP, parentOf }: Forest, kappa: number): Model {
  const { nQ, activation } = spec;
  const featuresP: Mat = { rows: features.length / nP, cols: nP, data: features };
  const clean = absorptionPath({ featuresP, parent: 0, child: 1, kappa: 0 });
  const [encoder, decoder] = [clean.encoder, clean.decoder];
  parentOf.forEach((parent, child) => {
    if (parent < 0) return;
    addScaled(row(decoder, child), row(featuresP, parent), kappa);
    addScaled(row(encoder, parent), row(encoder, child), -kappa);
  });
  const rowsOf = ({ data }: Mat): Float32Array => {
    const rows = new Float32Array(nQ * nP);
    rows.set(data);
    return rows;
  };
  const theta = activation.kind === "jumprelu" ? { theta: new Float32Array(nQ).fill(0.5) } : {};
  // All codes of clean latents are 0 or 1: a threshold between them keeps the batch's largest.
  const threshold = activation.kind === "batchtopk" ? { threshold: 0.5 } : {};
  return {
    spec,
    weights: { encoder: rowsOf(encoder), decoder: rowsOf(decoder), ...theta },
    inputScaling: "none",
    ...threshold,
  };
}
