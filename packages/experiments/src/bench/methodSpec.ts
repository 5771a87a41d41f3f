import {
  type Activation,
  crosscoder,
  type Schedule,
  type SdlSpec,
  sae,
  type Terms,
  transcoder,
  type VariantOptions,
} from "@monosema/sdl";
import type { Method } from "./methods.js";
import type { Preset } from "./preset.js";
import type { Recipe } from "./recipe.js";

/** What a method trains, and on which view of the data. */
export interface MethodSpec {
  /** View of the benchmark. */
  readonly view: "sae" | "transcoder" | "crosscoder";
  /** The objective. */
  readonly spec: SdlSpec;
  /** Schedules. */
  readonly schedule: Schedule;
}

/** The objective of a method in a preset; two sources for the crosscoder. */
export function methodSpec(method: Method, preset: Preset): MethodSpec {
  const recipe = preset.recipes[method];
  const { nP, nQ } = preset;
  const { biases } = recipe;
  const schedule = scheduleOf(method, recipe);
  const decay: Terms = recipe.weightDecay > 0 ? { weightDecay: recipe.weightDecay } : {};
  const selected: Terms = { ...decay, ...(recipe.auxK ? { auxK: {} } : {}) };
  const ofSae = (options: VariantOptions): MethodSpec => ({
    view: "sae",
    schedule,
    spec: sae({ nP, ...options }),
  });
  const shared = { nQ, biases };
  const topk: Activation = { kind: "topk", k: recipe.k };
  switch (method) {
    case "relu": {
      const l1 = { coefficient: recipe.l1, weighting: recipe.l1ByNorm ? "decoderNorm" : "none" } as const;
      const { unitNormDecoder } = recipe;
      return ofSae({ ...shared, activation: { kind: "relu" }, unitNormDecoder, terms: { l1, ...decay } });
    }
    case "jumprelu": {
      const activation = { kind: "jumprelu", theta: recipe.theta, bandwidth: recipe.bandwidth } as const;
      return ofSae({ ...shared, activation, terms: { l0: { coefficient: recipe.l0 }, ...decay } });
    }
    case "topk":
      return ofSae({ ...shared, activation: topk, terms: selected });
    case "batchtopk":
      return ofSae({ ...shared, activation: { kind: "batchtopk", k: recipe.k }, terms: selected });
    case "matryoshka":
      return ofSae({ ...shared, ...matryoshka(recipe, nQ, selected) });
    case "transcoder": {
      const spec = transcoder({ nP, nR: nP, ...shared, activation: topk, terms: selected });
      return { view: "transcoder", schedule, spec };
    }
    case "crosscoder": {
      const spec = crosscoder({ sources: [nP, nP], ...shared, activation: topk, terms: selected });
      return { view: "crosscoder", schedule, spec };
    }
  }
}

function scheduleOf(method: Method, recipe: Recipe): Schedule {
  const { warmup, decay, kFrom, kOver } = recipe;
  const ramp = method === "relu" ? recipe.l1Ramp : method === "jumprelu" ? recipe.l0Ramp : 0;
  const anneals = kFrom > 0 && method !== "relu" && method !== "jumprelu";
  return {
    ...(warmup > 0 ? { warmup } : {}),
    ...(decay > 0 ? { decay } : {}),
    ...(ramp > 0 ? { sparsityRamp: ramp } : {}),
    ...(anneals ? { kAnneal: { from: kFrom, over: kOver } } : {}),
  };
}

/** Levels by the first latents where there are prefixes, else by k. */
function matryoshka(
  { ks, prefixes, batched, k }: Recipe,
  nQ: number,
  terms: Terms,
): Pick<VariantOptions, "activation" | "terms"> {
  if (prefixes.length === 0) {
    const activation = { kind: "topk", k: ks.at(-1) as number } as const;
    return { activation, terms: { matryoshka: { kind: "multiK", ks }, ...terms } };
  }
  const widths = prefixes.map((share) => Math.round(share * nQ));
  return {
    activation: { kind: batched ? "batchtopk" : "topk", k },
    terms: { matryoshka: { kind: "prefix", widths }, ...terms },
  };
}
