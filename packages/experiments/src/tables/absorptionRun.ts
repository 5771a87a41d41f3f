import { absorption, type HierarchyAbsorption, linearRepresentationBench, recovery } from "@monosema/bench";
import { type Activation, evaluateModel, fit, sae, type Terms } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { mean } from "../report/statistics.js";
import { preference } from "./absorptionPreference.js";
import type { RowContext, RowResult } from "./table.js";

/** One dictionary on data with parents and children. */
export interface AbsorptionRecipe {
  /** Activation. */
  readonly activation: Activation;
  /** Sparsity and nesting. */
  readonly terms: Terms;
  /** Parents; each has four children that exclude each other. */
  readonly parents: number;
  /** Width P, at least the number of features. */
  readonly nP: number;
  /** Latents Q, at least the number of features. */
  readonly nQ: number;
  /** Steps. */
  readonly steps: number;
  /** Learning rate. */
  readonly lr: number;
}

/** Children of a parent. */
const CHILDREN = 4;

/**
 * Trains on trees of one level whose features all have size 1, measures the absorption of parents into children, and asks which of two
 * known dictionaries the objective prefers: one latent per feature, or all parents absorbed.
 */
export async function runAbsorption(
  backend: Backend,
  recipe: AbsorptionRecipe,
  { seed, signal, onProgress, onWarning }: RowContext,
): Promise<RowResult> {
  const { activation, terms, parents, nP, nQ, steps, lr } = recipe;
  const n = parents * (1 + CHILDREN);
  const data = linearRepresentationBench({
    n,
    nP,
    seed,
    maxInterference: 0.5,
    // Parents have the first ranks: .1 to .01, and their children a quarter of that or less each.
    firing: { kind: "zipfian", exponent: 1, max: 0.1, min: 0.002 },
    magnitudes: { kind: "gaussian" },
    hierarchy: { roots: parents, branching: CHILDREN, depth: 1, exclusivePortion: 1, compensate: true },
  });
  const parentOf = data.coefficientModel.hierarchy?.parentOf;
  if (parentOf === undefined) throw new Error("internal: the data have no hierarchy");
  const spec = sae({ nP, nQ, activation, terms });
  const { model, reports } = await fit(backend, spec, data.batchSource({ batchSize: 512 }), {
    steps,
    seed,
    schedule: { sparsityRamp: 0.3, decay: 0.3 },
    optimizer: { lr },
    reportEvery: Math.max(1, Math.round(steps / 20)),
    ...(signal ? { signal } : {}),
  });
  for (const { warnings } of reports) warnings.forEach(onWarning);
  onProgress(0.8, "measuring");
  const { encoder, decoder } = model.weights;
  const found = await recovery(backend, { encoder, decoder, nQ, nP, nR: nP }, data, { signed: true });
  const counter = absorption({
    parentOf,
    latentOf: found.latentOf,
    decoder,
    targetFeatures: data.targetFeatures,
    nR: nP,
  });
  const heldOut = [...data.heldOut({ samples: 10_000 })];
  const truth = new Map<unknown, SparseRows>(heldOut.map(({ input, coefficients }) => [input, coefficients]));
  const { fvu, l0 } = await evaluateModel(backend, model, heldOut, {
    onBatch: ({ input }, { codes }) => counter.add(codes, truth.get(input) as SparseRows),
  });
  const report = counter.report();
  const gain = await preference(backend, spec, { features: data.features, nP, parentOf }, heldOut);
  return {
    ours: { ...figures(report), gain, predicted: predictionOf(gain), found: found.decoder.mgt90, fvu, l0 },
    series: seriesOf(report),
  };
}

/** 1 where the objective is lower with all parents absorbed, 0 where it is higher, null where it does not tell them apart. */
const predictionOf = (gain: number): number | null => (Math.abs(gain) < 1e-3 ? null : Number(gain > 0));

function figures({ entries, rate }: HierarchyAbsorption): Readonly<Record<string, number | null>> {
  const meanOr = (values: readonly number[]): number | null => (values.length === 0 ? null : mean(values));
  return {
    rate,
    silent: meanOr(entries.flatMap(({ falseNegative }) => falseNegative ?? [])),
    carried: meanOr(entries.flatMap(({ kappa }) => (kappa === null ? [] : Math.max(-1, Math.min(2, kappa))))),
    shared: entries.filter(({ mainLatent, childLatent }) => mainLatent === childLatent).length / entries.length,
  };
}

function seriesOf({ entries }: HierarchyAbsorption): Readonly<Record<string, readonly number[]>> {
  const judged = entries.filter(({ falseNegative, kappa }) => falseNegative !== null && kappa !== null);
  return {
    carried: judged.map(({ kappa }) => kappa as number),
    silent: judged.map(({ falseNegative }) => falseNegative as number),
  };
}
