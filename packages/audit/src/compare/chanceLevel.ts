import { nearestRows, randomBaseline } from "@monosema/bench";
import { normaliseRows } from "@monosema/numerics";
import { type Backend, random } from "@monosema/tensor";
import { latentSums } from "./latentSums.js";

/** What a comparison with a dictionary of random rows gives. */
export interface ChanceLevel {
  /** Expected largest cosine of a row with those of the other. */
  readonly meanCosine: number;
  /** Upper bound on the expected MCC: the expected largest cosine of a row of the smaller dictionary with those of the larger. */
  readonly mcc: number;
  /** Share of rows whose largest cosine is above the threshold, of 256 random ones. */
  readonly replicated: number;
  /** Share of rows that are a sum of two to four rows, of the same. */
  readonly sums: number;
}

/** Random rows that are looked at. */
const PROBES = 256;

/** Sizes and settings of a chance level. */
interface ChanceInput {
  /** Rows of the dictionary that is compared. */
  readonly rows: number;
  /** Rows of the other. */
  readonly others: number;
  /** Width of both. */
  readonly width: number;
  /** Nearest rows among which sums are searched for. */
  readonly nearest: number;
  /** Threshold of the comparison. */
  readonly tau: number;
  /** Seed of the random rows. */
  readonly seed: number;
}

/** Chance levels by the number of rows of the other dictionary, each computed once. */
export function rememberedChance(
  backend: Backend,
  settings: Omit<ChanceInput, "others">,
): (others: number) => Promise<ChanceLevel> {
  const known = new Map<number, ChanceLevel>();
  return async (others) => {
    const level = known.get(others) ?? (await chanceLevel(backend, { ...settings, others }));
    known.set(others, level);
    return level;
  };
}

/** The chance level of a comparison: random directions beside as many random directions as the other dictionary has. */
async function chanceLevel(backend: Backend, input: ChanceInput): Promise<ChanceLevel> {
  const { width, nearest, tau, seed, others: count } = input;
  const rows = (size: number, name: string): Float64Array => {
    const { normal } = random(seed, "chance", name);
    const values = Float64Array.from({ length: size * width }, normal);
    normaliseRows(values, width);
    return values;
  };
  const [probes, others] = [rows(PROBES, "probes"), rows(count, "dictionary")];
  const found = await nearestRows(backend, { values: probes, count: PROBES }, { values: others, count }, width, {
    count: nearest,
  });
  const above = Array.from({ length: PROBES }, (_, row) => found.cosines[row * nearest] as number).filter(
    (cosine) => cosine > tau,
  ).length;
  const sums = latentSums(found, { rows: count, cols: width, data: others }, tau);
  return {
    meanCosine: randomBaseline(count, width).signed,
    mcc: randomBaseline(Math.max(input.rows, count), width).signed,
    replicated: above / PROBES,
    sums: sums.length / PROBES,
  };
}
