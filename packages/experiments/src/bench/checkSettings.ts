import { methodSpec } from "./methodSpec.js";
import type { Method } from "./methods.js";
import type { AnchorKind, Preset } from "./preset.js";
import type { Recipe } from "./recipe.js";

/** Settings of the benchmark that cannot work. */
export class SettingsError extends RangeError {
  /** `SettingsError`. */
  override readonly name = "SettingsError";

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(`set: ${message}`, options);
  }
}

/** Numbers that one matrix may have: 2 GiB of float32. */
const MOST = 2 ** 29;

/**
 * Refuses a benchmark that cannot work, before any of it is made. Whether features of a low interference are found is seen only when
 * they are made; `runBench` throws the same error then.
 *
 * @throws SettingsError that names the setting
 */
export function checkSettings(preset: Preset, methods: readonly Method[], anchors: readonly AnchorKind[]): void {
  const { n, nP, nQ, sparsity, maxInterference } = preset;
  for (const key of ["n", "nP", "nQ", "samples", "heldOut"] as const) whole(key, preset[key], 1);
  if (sparsity !== undefined)
    within("sparsity", sparsity, "a share of at least 0 and below 1", sparsity >= 0 && sparsity < 1);
  within("nP", nP, "at least 2 where n is above 1", n === 1 || nP >= 2);
  // More than nP + 1 unit vectors cannot all have products below 0 (Rankin 1955), and 0 itself is not reached by steps.
  const bound = n === 1 ? Number.NEGATIVE_INFINITY : n <= nP + 1 ? -1 / (n - 1) : 0;
  within(
    "maxInterference",
    maxInterference,
    `above ${Number(bound.toPrecision(4))} and below 1 for ${n} features in ${nP} dimensions`,
    maxInterference > bound && maxInterference < 1,
  );
  within("n", n, `at most ${Math.floor(MOST / nP)} at nP ${nP}`, n * nP <= MOST);
  within("nQ", nQ, `at most ${Math.floor(MOST / nP)} at nP ${nP}`, nQ * nP <= MOST);
  within("heldOut", preset.heldOut, `at most ${Math.floor(MOST / nP)} at nP ${nP}`, preset.heldOut * nP <= MOST);
  // At least one feature must be left to score.
  const most = Math.min(n - 1, nQ);
  for (const [kind, key] of [
    ["truth", "anchors"],
    ["frequent", "frequentAnchors"],
  ] as const) {
    if (!anchors.includes(kind)) continue;
    whole("anchors", preset[key], 1);
    within("anchors", preset[key], `below n and at most nQ, ${most}`, preset[key] <= most);
  }
  for (const key of ["strength", "frequentStrength", "discoveredStrength"] as const)
    within(key, preset[key], "at least 0", preset[key] >= 0);
  for (const method of methods) checkRecipe(method, preset);
  if (anchors.includes("discovered")) checkK("topk.k", preset.recipes.topk.k, nQ);
}

function checkRecipe(method: Method, preset: Preset): void {
  const recipe = preset.recipes[method];
  const at = (key: keyof Recipe): string => `${method}.${key}`;
  for (const key of ["steps", "batchSize"] as const) whole(at(key), recipe[key], 1);
  whole(at("warmup"), recipe.warmup, 0);
  within(at("lr"), recipe.lr, "above 0", recipe.lr > 0);
  for (const key of ["theta", "l0", "l1", "weightDecay"] as const)
    within(at(key), recipe[key], "at least 0", recipe[key] >= 0);
  within(at("bandwidth"), recipe.bandwidth, "above 0", recipe.bandwidth > 0);
  for (const key of ["decay", "l0Ramp", "l1Ramp"] as const)
    within(at(key), recipe[key], "a share from 0 to 1", recipe[key] >= 0 && recipe[key] <= 1);
  within(at("kFrom"), recipe.kFrom, "0, or at least k", recipe.kFrom === 0 || recipe.kFrom >= recipe.k);
  within(at("kOver"), recipe.kOver, "a share above 0, up to 1", recipe.kOver > 0 && recipe.kOver <= 1);
  if (method === "topk" || method === "transcoder" || method === "crosscoder") checkK(at("k"), recipe.k, preset.nQ);
  if (method === "batchtopk")
    within(at("k"), recipe.k, `above 0 and at most nQ, ${preset.nQ}`, recipe.k > 0 && recipe.k <= preset.nQ);
  if (method === "matryoshka") {
    if (recipe.prefixes.length === 0) for (const k of recipe.ks) checkK(at("ks"), k, preset.nQ);
    else checkK(at("k"), recipe.k, preset.nQ);
    for (const share of recipe.prefixes)
      within(at("prefixes"), share, "shares of the latents", share > 0 && share <= 1);
  }
  try {
    methodSpec(method, preset);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SettingsError(`${method}: ${error.message}`, { cause: error });
  }
}

function checkK(key: string, k: number, nQ: number): void {
  whole(key, k, 1);
  within(key, k, `at most nQ, ${nQ}`, k <= nQ);
}

function whole(key: string, value: number, least: number): void {
  within(key, value, `a whole number of at least ${least}`, Number.isSafeInteger(value) && value >= least);
}

function within(key: string, value: number, rule: string, holds: boolean): void {
  if (!holds) throw new SettingsError(`${key} must be ${rule}, got ${value}; correct it`);
}
