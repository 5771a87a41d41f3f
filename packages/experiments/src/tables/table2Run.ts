import { type AnchorSet, anchorTerm, clusterMeanAnchors } from "@monosema/anchoring";
import { gatherRows } from "@monosema/numerics";
import {
  arrayRows,
  evaluateModel,
  type Model,
  normalisation,
  rowBatches,
  type SdlSpec,
  sae,
  sequentialBatches,
  type Terms,
} from "@monosema/sdl";
import { type Backend, random } from "@monosema/tensor";
import { trainOn } from "../bench/trainOn.js";
import { formatShare } from "../report/format.js";
import {
  type ClassDirections,
  type ClassScores,
  classDirections,
  dictionaryScores,
  projectionScores,
} from "./classScores.js";
import type { LabelledData } from "./labelledData.js";
import { type LabelledSplit, labelledSplit } from "./labelledSplit.js";
import type { RowContext, RowResult, Scores } from "./table.js";

/** Dictionaries that are trained on real representations. */
export type RealMethod = "topk" | "batchtopk" | "matryoshka";

/** A row of the table. */
export interface RealRecipe {
  /** What is trained; `projection`: nothing, the anchors are the directions. */
  readonly method: RealMethod | "projection";
  /** What is anchored. */
  readonly anchors: "none" | "classMeans" | "clusters" | "classMeansAndClusters";
  /** Classes whose means are anchors, drawn by the seed; default all. */
  readonly anchoredClasses?: number;
  /** Latents. */
  readonly nQ: number;
  /** Active latents per sample. */
  readonly k: number;
  /** Steps. */
  readonly steps: number;
  /** Samples per step. */
  readonly batchSize: number;
  /** Learning rate. */
  readonly lr: number;
  /** lambda. */
  readonly strength: number;
}

/** Splits the samples, trains on one side and scores on the other. */
export async function runReal(
  backend: Backend,
  recipe: RealRecipe,
  data: LabelledData,
  context: RowContext,
): Promise<RowResult> {
  const split = labelledSplit(data, context.seed);
  const directions = classDirections(split);
  const chosen = anchoredOf(split, recipe, context.seed);
  const anchors = await anchorsOf(backend, recipe, split, directions, chosen, context.seed);
  if (recipe.method === "projection") {
    const rows = (anchors as AnchorSet).input as Float32Array;
    const own = recipe.anchors === "classMeans" && chosen.length === split.classes.length;
    const scores = projectionScores(split, directions, rows, own ? (index) => index : undefined);
    return { ours: summary(split, scores, chosen) };
  }
  const model = await trained(backend, recipe, split, anchors, context);
  const scores = await dictionaryScores(backend, model, split, directions);
  const held = sequentialBatches(arrayRows(split.test.input, split.columns), 500);
  const { fvu, l0, deadFraction } = await evaluateModel(backend, model, held);
  return { ours: { ...summary(split, scores, chosen), fvu, l0, deadFraction } };
}

/** Indices of the classes whose means may be used. */
function anchoredOf(
  { classes }: LabelledSplit,
  { anchoredClasses = classes.length }: RealRecipe,
  seed: number,
): number[] {
  const order = random(seed, "anchoredClasses").permutation(classes.length);
  return Array.from(order.slice(0, anchoredClasses)).sort((a, b) => a - b);
}

async function anchorsOf(
  backend: Backend,
  { anchors, nQ }: RealRecipe,
  { train: { input, labels }, columns }: LabelledSplit,
  directions: ClassDirections,
  chosen: readonly number[],
  seed: number,
): Promise<AnchorSet | undefined> {
  if (anchors === "none") return undefined;
  const fixed = gatherRows(directions.train, columns, anchors === "clusters" ? [] : chosen);
  if (anchors === "classMeans") return given(fixed, columns);
  // Half of the latents stay free.
  const room = Math.max(1, Math.floor(nQ / 2) - fixed.length / columns);
  const clusters = Math.min(Math.round(2 * Math.sqrt(labels.length)), room);
  const { input: found } = await clusterMeanAnchors(backend, input, columns, { clusters, fixed, seed });
  const both = new Float32Array(fixed.length + found.length);
  both.set(fixed);
  both.set(found, fixed.length);
  return given(both, columns);
}

const given = (rows: Float32Array, columns: number): AnchorSet => ({
  kind: "given",
  count: rows.length / columns,
  input: rows,
  target: rows,
});

async function trained(
  backend: Backend,
  recipe: RealRecipe,
  { train: { input }, columns }: LabelledSplit,
  anchors: AnchorSet | undefined,
  { seed, signal, onProgress, onWarning }: RowContext,
): Promise<Model> {
  const { steps, batchSize, lr, strength } = recipe;
  const spec = specOf(recipe, columns);
  const source = rowBatches(arrayRows(input, columns), {
    batchSize: Math.min(batchSize, input.length / columns),
    seed,
  });
  const options = {
    steps,
    seed,
    optimizer: { lr },
    init: { decoderBias: "mean" } as const,
    ...normalisation("meanNorm", spec, input),
    ...(anchors ? { terms: [anchorTerm(anchors, { strength, start: true })] } : {}),
    ...(signal ? { signal } : {}),
  };
  return await trainOn(backend, spec, source, options, (report) => {
    onProgress(report.step / steps, `fvu ${formatShare(report.fvu ?? Number.NaN)}`);
    report.warnings.forEach(onWarning);
  });
}

function specOf({ method, k, nQ }: RealRecipe, nP: number): SdlSpec {
  const prefix: Terms =
    method === "matryoshka"
      ? { matryoshka: { kind: "prefix", widths: [16, 4, 1].map((part) => Math.round(nQ / part)) } }
      : {};
  const activation = { kind: method === "batchtopk" ? "batchtopk" : "topk", k } as const;
  return sae({ nP, nQ, biases: true, activation, terms: { auxK: {}, ...prefix } });
}

const above = (cosines: readonly number[]): number => cosines.filter((value) => value > 0.95).length / cosines.length;

function summary({ classes }: LabelledSplit, scores: ClassScores, anchored: readonly number[]): Scores {
  const all = classes.map((_, c) => c);
  const others = all.filter((c) => !anchored.includes(c));
  const mean = (values: readonly number[], of: readonly number[]): number =>
    of.reduce((sum, c) => sum + (values[c] as number), 0) / of.length;
  const { mip, ceiling, f1, auroc } = scores;
  return {
    mip: mean(mip, all),
    ceiling: mean(ceiling, all),
    f1: mean(f1, all),
    auroc: mean(auroc, all),
    mgt95: above(mip),
    ceilingMgt95: above(ceiling),
    ...(others.length === 0
      ? {}
      : {
          mipAnchored: mean(mip, anchored),
          mipOthers: mean(mip, others),
          f1Anchored: mean(f1, anchored),
          f1Others: mean(f1, others),
          aurocAnchored: mean(auroc, anchored),
          aurocOthers: mean(auroc, others),
        }),
  };
}
