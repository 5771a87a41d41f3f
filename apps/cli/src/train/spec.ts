import {
  type Activation,
  type ActivationDefaults,
  activationDefaults,
  activationNames,
  crosscoder,
  crosslayer,
  type SdlSpec,
  sae,
  type Terms,
  transcoder,
  transcodes,
} from "@monosema/sdl";
import type { Given } from "../options.js";
import { UsageError } from "../usageError.js";
import { activationsWith, having } from "./activationsWith.js";
import { type DataShape, defaultsOfLayers, layersFrom } from "./layers.js";
import { sourceWidths } from "./sourceWidths.js";

const onOff = ["on", "off"] as const;

/**
 * The objective that the options ask for. What they do not say comes from the dictionary that the run starts from, else from the
 * defaults of the activation.
 *
 * @param start - objective of `--init`
 * @throws UsageError for combinations that cannot work
 */
export function specFrom(given: Given, data: DataShape, start?: SdlSpec): SdlSpec {
  const [nP, nR] = [data.widths, data.targetWidths].map((widths) => widths.reduce((a, b) => a + b, 0)) as [
    number,
    number,
  ];
  const variant = variantFrom(given, start);
  const kind = given.choice("activation", activationNames) ?? start?.activation.kind ?? "topk";
  if (nR === 0 && transcodes({ variant }))
    throw new UsageError(`--variant ${variant} needs --target FILE; give the targets`);
  const sides = variant === "crosslayer" ? layersFrom(given, data, start) : undefined;
  const layers = sides?.sources.length ?? 1;
  const nQ = given.whole("latents", 1) ?? start?.nQ ?? Math.ceil((8 * nP) / layers) * layers;
  if (start && nQ !== start.nQ)
    throw new UsageError(`--latents must be those of the dictionary of --init, ${start.nQ}, got ${nQ}; drop it`);
  // The numbers of another activation mean nothing here.
  const usual = start?.activation.kind === kind ? start : defaultsOfLayers(kind, nQ, layers);
  refuseUnused(given, variant, kind, usual);
  const activation = activationFrom(given, usual.activation, nQ);
  const biases = given.choice("biases", onOff);
  const common = {
    nQ,
    activation,
    terms: termsFrom(given, usual.terms, activation, nQ),
    biases: biases === undefined ? (start?.biases ?? true) : biases === "on",
    unitNormDecoder: given.has("unit-norm") || usual.unitNormDecoder,
    ...(start ? { reduction: start.reduction } : {}),
  };
  const tied = start?.tied ?? false;
  try {
    if (sides) return crosslayer({ ...sides, ...common });
    if (variant === "transcoder")
      return transcoder({ nP, nR, skip: given.has("skip") || (start?.skip ?? false), ...common });
    if (nR > 0)
      throw new UsageError(`--target belongs to --variant transcoder or crosslayer, got ${variant}; drop one of them`);
    if (variant === "sae") return sae({ nP, tied, ...common });
    return crosscoder({
      sources: sourceWidths(given, "sources", variant, data.widths, start?.sources),
      tied,
      ...common,
    });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** What is trained: as asked, else as the dictionary of `--init`, else as the data are given. */
export function variantFrom(given: Given, start?: Pick<SdlSpec, "variant">): SdlSpec["variant"] {
  const asked = given.choice("variant", ["sae", "transcoder", "crosscoder", "crosslayer"]) ?? start?.variant;
  if (asked !== undefined) return asked;
  const hasSources = given.texts("source").length > 0;
  if (given.texts("target").length > 0) return hasSources ? "crosslayer" : "transcoder";
  return hasSources ? "crosscoder" : "sae";
}

function activationFrom(given: Given, usual: Activation, nQ: number): Activation {
  const k = usual.kind === "batchtopk" ? given.positive("k") : given.whole("k", 1);
  if (k !== undefined && k > nQ)
    throw new UsageError(`--k must be at most the number of latents, ${nQ}, got ${k}; lower --k or raise --latents`);
  const [theta, bandwidth] = [given.number("theta", 0), given.positive("bandwidth")];
  return {
    ...usual,
    ...(k === undefined ? {} : { k }),
    ...(theta === undefined ? {} : { theta }),
    ...(bandwidth === undefined ? {} : { bandwidth }),
  } as Activation;
}

function termsFrom(given: Given, usual: Terms, activation: Activation, nQ: number): Terms {
  const { l1, l0, auxK, matryoshka, weightDecay, ...others } = usual;
  const target = given.positive("target-l0");
  if (target !== undefined && target > nQ) {
    throw new UsageError(`--target-l0 must be at most the number of latents, ${nQ}, got ${target}; lower it`);
  }
  const [l1Given, l0Given, decay] = [given.number("l1", 0), given.number("l0", 0), given.number("weight-decay", 0)];
  const nested = matryoshkaFrom(given, activation, nQ) ?? matryoshka;
  const auxKGiven = given.choice("auxk", onOff);
  return {
    ...others,
    ...(l1 ? { l1: { ...l1, coefficient: l1Given ?? l1.coefficient } } : {}),
    ...(l0
      ? {
          l0: {
            ...l0,
            coefficient: l0Given ?? l0.coefficient,
            ...(target === undefined ? {} : { loss: "target" as const, target }),
          },
        }
      : {}),
    ...(auxKGiven === "on" || (auxK && auxKGiven !== "off") ? { auxK: auxK ?? {} } : {}),
    ...(nested ? { matryoshka: nested } : {}),
    ...((decay ?? weightDecay ?? 0) > 0 ? { weightDecay: decay ?? (weightDecay as number) } : {}),
  };
}

/** `W,W` nests the first W latents, `k:K,K` the K largest; the whole dictionary is the last level, also where it is not named. */
function matryoshkaFrom(given: Given, activation: Activation, nQ: number): Terms["matryoshka"] {
  const text = given.text("matryoshka");
  if (text === undefined) return undefined;
  const byRank = text.startsWith("k:");
  const k = "k" in activation ? activation.k : undefined;
  if (byRank && k === undefined) {
    throw new UsageError(`--matryoshka k:K,K belongs to activations with --k, got ${activation.kind}; name widths`);
  }
  const whole = byRank ? (k as number) : nQ;
  const levels = text
    .slice(byRank ? 2 : 0)
    .split(",")
    .map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const ascends = levels.every((level, i) => level > (i === 0 ? 0 : (levels[i - 1] as number)) && level <= whole);
  if (!ascends || !(levels.every(Number.isInteger) || (byRank && activation.kind === "batchtopk"))) {
    throw new UsageError(
      `--matryoshka must be whole numbers that ascend up to ${byRank ? "--k" : "--latents"}, ${whole}, got ${text}; correct it`,
    );
  }
  const all = levels.at(-1) === whole ? levels : [...levels, whole];
  return byRank ? { kind: "multiK", ks: all } : { kind: "prefix", widths: all };
}

/** Options that the chosen model would ignore are refused rather than dropped. */
function refuseUnused(given: Given, variant: string, kind: Activation["kind"], usual: ActivationDefaults): void {
  const owners = (has: (defaults: ActivationDefaults) => boolean): readonly [boolean, string] => [
    has(usual) || has(activationDefaults(kind, 1)),
    activationsWith(has),
  ];
  const [l0, l1] = [owners(having.l0), owners(having.l1)];
  const uses: readonly (readonly [name: string, used: boolean, owner: string])[] = [
    ["k", ...owners(having.k)],
    ["auxk", ...owners(having.auxK)],
    ["l1", ...l1],
    ["l0", ...l0],
    ["target-l0", ...l0],
    ["sparsity-warmup", l0[0] || l1[0], `${l1[1]} and ${l0[1]}`],
    ["theta", ...owners(having.theta)],
    ["bandwidth", ...owners(having.theta)],
    ["skip", variant === "transcoder", "transcoders of one layer"],
    ["sources", variant.startsWith("cross"), "crosscoders and cross-layer transcoders"],
    ["source", variant.startsWith("cross"), "crosscoders and cross-layer transcoders"],
    ["targets", variant === "crosslayer", "cross-layer transcoders"],
    ["anchor-strength", given.text("anchors") !== undefined, "--anchors"],
  ];
  for (const [name, used, owner] of uses) {
    if (!used && (given.texts(name).length > 0 || given.has(name))) {
      throw new UsageError(
        `--${name} belongs to ${owner}, got it with --variant ${variant} --activation ${kind}; drop it`,
      );
    }
  }
}
