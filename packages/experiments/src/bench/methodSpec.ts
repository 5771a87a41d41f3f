import { type Activation, crosscoder, type Schedule, type SdlSpec, sae, type Terms, transcoder } from "@monosema/sdl";
import type { Method, Preset } from "./presets.js";

/** What a method trains, and on which view of the data. */
export interface MethodSpec {
  /** View of the benchmark. */
  readonly view: "sae" | "transcoder" | "crosscoder";
  /** The objective. */
  readonly spec: SdlSpec;
  /** Schedules. */
  readonly schedule: Schedule;
}

/** The objective of a method in a preset: no biases, as in the paper; two sources for the crosscoder. */
export function methodSpec(method: Method, preset: Preset): MethodSpec {
  const recipe = preset.recipes[method];
  const { nP, nQ } = preset;
  const decay: Terms = recipe.weightDecay > 0 ? { weightDecay: recipe.weightDecay } : {};
  const schedule: Schedule = {
    ...(recipe.warmup > 0 ? { warmup: recipe.warmup } : {}),
    ...(method === "relu" && recipe.l1Ramp > 0 ? { sparsityRamp: recipe.l1Ramp } : {}),
  };
  const topk: Activation = { kind: "topk", k: recipe.k };
  switch (method) {
    case "relu": {
      const l1 = { coefficient: recipe.l1, weighting: recipe.l1ByNorm ? "decoderNorm" : "none" } as const;
      const activation = { kind: "relu" } as const;
      const { unitNormDecoder } = recipe;
      return { view: "sae", schedule, spec: sae({ nP, nQ, activation, unitNormDecoder, terms: { l1, ...decay } }) };
    }
    case "jumprelu": {
      const activation = { kind: "jumprelu", theta: recipe.theta, bandwidth: recipe.bandwidth } as const;
      return {
        view: "sae",
        schedule,
        spec: sae({ nP, nQ, activation, terms: { l0: { coefficient: recipe.l0 }, ...decay } }),
      };
    }
    case "topk":
      return { view: "sae", schedule, spec: sae({ nP, nQ, activation: topk, terms: decay }) };
    case "batchtopk":
      return {
        view: "sae",
        schedule,
        spec: sae({ nP, nQ, activation: { kind: "batchtopk", k: recipe.k }, terms: decay }),
      };
    case "matryoshka": {
      const { ks } = recipe;
      const activation = { kind: "topk", k: ks.at(-1) as number } as const;
      return {
        view: "sae",
        schedule,
        spec: sae({ nP, nQ, activation, terms: { matryoshka: { kind: "multiK", ks }, ...decay } }),
      };
    }
    case "transcoder":
      return { view: "transcoder", schedule, spec: transcoder({ nP, nR: nP, nQ, activation: topk, terms: decay }) };
    case "crosscoder":
      return {
        view: "crosscoder",
        schedule,
        spec: crosscoder({ sources: [nP, nP], nQ, activation: topk, terms: decay }),
      };
  }
}
