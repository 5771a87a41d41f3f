import { anchorTerm, truthAnchors } from "@monosema/anchoring";
import { generateFeatures, matchFeatures } from "@monosema/bench";
import type { Mat } from "@monosema/numerics";
import { type Activation, fit, type SdlSpec, sae, type Weights } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { activationPattern, escapeMinimum, partialMinimumCheck, type Sigma } from "@monosema/theory";
import type { RowContext, RowResult } from "./table.js";

/** What is done against getting stuck. */
export type Remedy = "none" | "resampling" | "escape" | "anchors";

/** One training of a small dictionary on features alone. */
export interface MinimaRecipe {
  /** ReLU or TopK. */
  readonly activation: Activation;
  /** What is done in the first half. */
  readonly remedy: Remedy;
  /** Features N. */
  readonly n: number;
  /** Width P. */
  readonly nP: number;
  /** Latents Q. */
  readonly nQ: number;
  /** Steps of each half. */
  readonly steps: number;
  /** Learning rate of Adam. */
  readonly lr: number;
}

/** Loss, as a share of that of the zero output, from which a partial minimum counts as spurious: well above a run that converges. */
const STUCK = 0.005;

/** Trains with a remedy, then without it, and lets the theory's detector say where that has ended. */
export async function minimaRun(backend: Backend, recipe: MinimaRecipe, context: RowContext): Promise<RowResult> {
  const { activation, remedy, n, nP, nQ, steps, lr } = recipe;
  const { seed, signal, onProgress } = context;
  const { features } = generateFeatures({ n, nP, maxInterference: 0.6, seed, matrix: 0 });
  const spec = sae({ nP, nQ, activation });
  const featuresP = matOf(features, nP);
  const problem = {
    featuresP,
    featuresR: featuresP,
    weights: new Float64Array(n).fill(1 / n),
    sigma: sigmaOf(activation),
  };
  const held = remedy === "anchors" ? truthAnchors({ n, features }, Math.round(n / 4), seed) : undefined;
  const common = { steps, seed, optimizer: { lr }, reportEvery: steps, ...(signal ? { signal } : {}) };
  const first = await trained(backend, spec, features, {
    ...common,
    ...(held ? { terms: [anchorTerm(held, { strength: 1 })] } : {}),
    ...(remedy === "resampling"
      ? { deadWindow: (n * steps) / 10, resampling: { every: steps / 10, until: steps / 2 } }
      : {}),
  });
  onProgress(0.5, "");
  const escaped =
    remedy === "escape" ? escapeMinimum({ ...problem, ...matrices(first, nP), latents: nQ, seed }) : undefined;
  const from = escaped ? weightsOf(escaped) : first;
  const last = matrices(
    await trained(backend, spec, features, { ...common, weights: from, schedule: { decay: 0.5 } }),
    nP,
  );
  // Trained in float32: gaps below 1e-4 count as none.
  const check = partialMinimumCheck({ ...problem, ...last, eps: 1e-4 });
  const stuck = check.isPartial && check.relativeLoss > check.globalUpperBound + STUCK;
  const { cosine } = matchFeatures({ learned: last.decoder, truth: featuresP });
  const scored = Array.from(cosine).filter((_, feature) => held?.features?.includes(feature) !== true);
  return {
    ours: {
      spurious: Number(stuck),
      partial: Number(check.isPartial),
      loss: check.relativeLoss,
      found: scored.filter((value) => value > 0.95).length / scored.length,
      dead: activationPattern({ ...problem, encoder: last.encoder }).dead.length,
      escapes: escaped?.escapes.length ?? 0,
    },
  };
}

/** Every batch has each feature once, at size 1: the loss of features alone. */
async function trained(
  backend: Backend,
  spec: SdlSpec,
  features: Float64Array,
  options: Parameters<typeof fit>[3],
): Promise<Weights> {
  const size = features.length / spec.nP;
  const input = Float32Array.from(features);
  const { model } = await fit(backend, spec, { batchSize: size, batch: () => ({ size, input }) }, options);
  return model.weights;
}

const matOf = (values: ArrayLike<number>, cols: number): Mat => ({
  rows: values.length / cols,
  cols,
  data: Float64Array.from(values),
});

const matrices = ({ encoder, decoder }: Weights, nP: number): { readonly encoder: Mat; readonly decoder: Mat } => ({
  encoder: matOf(encoder, nP),
  decoder: matOf(decoder, nP),
});

const weightsOf = ({ encoder, decoder }: { readonly encoder: Mat; readonly decoder: Mat }): Weights => ({
  encoder: Float32Array.from(encoder.data),
  decoder: Float32Array.from(decoder.data),
});

function sigmaOf(activation: Activation): Sigma {
  if (activation.kind === "topk") return { kind: "topk-relu", k: activation.k };
  if (activation.kind === "relu") return { kind: "relu" };
  throw new Error(`internal: ${activation.kind} has no row of partial minima`);
}
