import type { Backend } from "@monosema/tensor";
import type { Method } from "../bench/methods.js";
import type { AnchorKind } from "../bench/preset.js";
import { runBench } from "../bench/runBench.js";
import { configured, type Settings } from "../bench/settings.js";
import type { BenchRow } from "../records.js";
import { heldOutColumns } from "./columns.js";
import type { RowContext, RowResult, Scores, TableColumn, TableRow } from "./table.js";

/** A row that is one run of the benchmark. */
export interface BenchRecipe {
  /** Preset whose data and training it has. */
  readonly preset: string;
  /** Changes to it. */
  readonly settings?: Settings;
  /** What is trained. */
  readonly method: Method;
  /** How it is anchored. */
  readonly anchors: AnchorKind;
}

/** The paper's two metrics. */
export type PaperScores = readonly [mgt95: number, mip: number];

/**
 * A row of a table that trains one method on the benchmark and is compared with M_GT(.95) and M_IP of the paper.
 *
 * @param paper - the paper's numbers, where it has the row
 * @param reason - what is known of the cause where ours fall below them
 */
function benchTableRow(name: string, recipe: BenchRecipe, paper?: PaperScores, reason?: string): TableRow {
  return {
    name,
    recipe,
    ...(paper ? { paper: { mgt95: paper[0], mip: paper[1] }, why: (ours) => shortfall(ours, paper, reason) } : {}),
    run: (backend, context) => scoreBench(backend, recipe, context),
  };
}

/** Two rows: without anchors, and with true ones; the reason is that of the anchored row. */
export function plainAndAnchored(
  name: string,
  recipe: Omit<BenchRecipe, "anchors">,
  [plain, anchored]: readonly [plain?: PaperScores, anchored?: PaperScores],
  reason?: string,
): readonly TableRow[] {
  return [
    benchTableRow(name, { ...recipe, anchors: "none" }, plain),
    benchTableRow(`${name}-anchored`, { ...recipe, anchors: "truth" }, anchored, reason),
  ];
}

async function scoreBench(backend: Backend, recipe: BenchRecipe, context: RowContext): Promise<RowResult> {
  const { preset, settings = [], method, anchors } = recipe;
  const { seed, signal, dataOf, onProgress, onWarning } = context;
  let planned = 1;
  const { rows } = await runBench(backend, {
    preset: configured(preset, settings),
    methods: [method],
    anchors: [anchors],
    seeds: [seed],
    dataOf,
    ...(signal ? { signal } : {}),
    onPlan: (steps) => {
      planned = steps;
    },
    onProgress: (done, label) => onProgress(done / planned, label),
    onWarning,
  });
  return { ours: scoresOf(rows[0] as BenchRow) };
}

function scoresOf({ metrics, scoredFeatures, randomMip, steps, seconds }: BenchRow): Scores {
  const { decoder, encoder, raw, mcc, fvu, l0, trueL0, deadFraction } = metrics;
  return {
    mgt95: decoder.mgt95,
    mip: decoder.mip,
    encoderMgt95: encoder.mgt95,
    encoderMip: encoder.mip,
    rawMgt95: raw.mgt95,
    rawMip: raw.mip,
    mcc,
    fvu,
    l0,
    trueL0,
    deadFraction,
    scoredFeatures,
    randomMip,
    steps,
    trainingSeconds: seconds,
  };
}

/** Scores of the benchmark that a table shows. */
export const benchColumns: readonly TableColumn[] = [
  { key: "mgt95", title: "M_GT", meaning: "share of the scored features with a decoder row of |cosine| above .95" },
  { key: "mip", title: "M_IP", meaning: "mean best |cosine| with a decoder row" },
  { key: "encoderMip", title: "encoder", meaning: "mean best |cosine| with an encoder row" },
  { key: "rawMgt95", title: "raw M_GT", meaning: "share of features with a raw score above .95, the paper's measure" },
  { key: "rawMip", title: "raw M_IP", meaning: "mean best |inner product| with an encoder row that is not normalised" },
  heldOutColumns.fvu,
  heldOutColumns.l0,
  heldOutColumns.dead,
];

/** Digits to which the paper prints its numbers. */
const PRINTED = 5e-4;

function shortfall(ours: Scores, [mgt95, mip]: PaperScores, reason: string | undefined): string | undefined {
  const short = [...below("M_GT", ours.mgt95, mgt95), ...below("M_IP", ours.mip, mip)];
  if (short.length === 0) return undefined;
  return `${short.join(" and ")}${reason === undefined ? "" : `: ${reason}`}.`;
}

function below(name: string, ours: number | null | undefined, paper: number): readonly string[] {
  if (ours == null || ours >= paper - PRINTED) return [];
  return [`our decoder ${name} ${ours.toFixed(3)} is below the paper's ${paper.toFixed(3)}`];
}
