import { z } from "zod";
import type { SdlSpec } from "./spec.js";

/**
 * Checks plain data against {@link SdlSpec}: kinds, ranges, unknown keys, and combinations that cannot work.
 *
 * @param value - parsed JSON or an object literal
 * @returns the same data
 * @throws RangeError that names the key, what it must be and what came
 */
export function validateSpec(value: unknown): SdlSpec {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const at = issue?.path.join(".") || "the spec";
    throw new RangeError(
      `SdlSpec: ${at}: ${issue?.message ?? "not valid"}, got ${shown(issue?.input ?? value)}; correct this key`,
    );
  }
  const spec = parsed.data as SdlSpec;
  for (const [holds, requirement, got, remedy] of combinations(spec)) {
    if (!holds) throw new RangeError(`SdlSpec: ${requirement}, got ${shown(got)}; ${remedy}`);
  }
  return spec;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};

const size = z.int().min(1);
const coefficient = z.number().min(0);
const weights = z.array(z.number().min(0)).min(1).optional();
const schema = z.strictObject({
  variant: z.enum(["sae", "transcoder", "crosscoder"]),
  nP: size,
  nR: size,
  nQ: size,
  sources: z.array(size).min(1).optional(),
  activation: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("relu") }),
    z.strictObject({ kind: z.literal("jumprelu"), theta: z.number().min(0), bandwidth: z.number().gt(0) }),
    z.strictObject({ kind: z.literal("topk"), k: size, signed: z.boolean().optional() }),
    z.strictObject({
      kind: z.literal("batchtopk"),
      k: z.number().gt(0),
      thresholdRate: z.number().gt(0).max(1).optional(),
    }),
    z.strictObject({ kind: z.literal("gated") }),
  ]),
  biases: z.strictObject({ encoder: z.boolean(), decoder: z.boolean(), subtractDecoderBias: z.boolean() }),
  skip: z.boolean(),
  tied: z.boolean(),
  unitNormDecoder: z.boolean(),
  reduction: z.enum(["sum", "mean"]),
  terms: z.strictObject({
    l1: z
      .strictObject({ coefficient, weighting: z.enum(["none", "decoderNorm", "sumOfSources"]).optional() })
      .optional(),
    l0: z
      .strictObject({
        coefficient,
        loss: z.enum(["step", "tanh", "target"]).optional(),
        target: z.number().gt(0).optional(),
        scale: z.number().gt(0).optional(),
      })
      .optional(),
    auxK: z.strictObject({ coefficient: coefficient.optional(), k: size.optional() }).optional(),
    matryoshka: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("multiK"), ks: z.array(z.number().gt(0)).min(1), weights }),
        z.strictObject({ kind: z.literal("prefix"), widths: z.array(size).min(1), weights }),
      ])
      .optional(),
    weightDecay: coefficient.optional(),
  }),
});

const ascending = (values: readonly number[]): boolean =>
  values.every((v, i) => i === 0 || v > (values[i - 1] as number));

type Combination = readonly [holds: boolean, requirement: string, got: unknown, remedy: string];

function* combinations(spec: SdlSpec): Generator<Combination> {
  const { variant, nP, nR, nQ, sources, activation, biases, terms } = spec;
  const selects = activation.kind === "topk" || activation.kind === "batchtopk";
  const transcodes = variant === "transcoder";
  yield [
    transcodes || nP === nR,
    `nR must equal nP for a ${variant}`,
    { nP, nR },
    "use a transcoder for other targets",
  ];
  yield [
    (variant === "crosscoder") === (sources !== undefined),
    "sources belong to a crosscoder, which needs them",
    { variant, sources },
    "give the width of each stacked source",
  ];
  if (sources) {
    const total = sources.reduce((a, b) => a + b, 0);
    yield [total === nP, `the sources must sum to nP = ${nP}`, total, "give the width of each stacked source"];
  }
  if (selects) yield [activation.k <= nQ, `k must be at most nQ = ${nQ}`, activation.k, "lower k or add latents"];
  yield [
    !biases.subtractDecoderBias || biases.decoder,
    "subtractDecoderBias needs biases.decoder",
    biases,
    "train b_dec",
  ];
  yield [
    !biases.subtractDecoderBias || !transcodes,
    "subtractDecoderBias is for models whose target is their input",
    variant,
    "turn it off",
  ];
  yield [!spec.skip || transcodes, "skip belongs to a transcoder", variant, "turn it off"];
  yield [
    !spec.tied || (nP === nR && !transcodes),
    "tied weights need nP = nR and one space",
    { variant, nP, nR },
    "untie",
  ];
  yield [!terms.auxK || selects, "auxK needs the topk or batchtopk activation", activation.kind, "drop auxK"];
  yield [
    !terms.l0 || activation.kind === "jumprelu",
    "l0 needs the jumprelu activation",
    activation.kind,
    "use l1 or jumprelu",
  ];
  if (terms.l0) {
    const wants = terms.l0.loss === "target";
    yield [
      wants === (terms.l0.target !== undefined),
      "target belongs to the l0 loss `target`, which needs it",
      terms.l0,
      "give the wanted L0 with loss `target`",
    ];
  }
  yield [
    terms.l1?.weighting !== "sumOfSources" || sources !== undefined,
    "the l1 weighting sumOfSources needs a crosscoder",
    variant,
    "use decoderNorm",
  ];
  yield [
    terms.l1?.weighting !== "sumOfSources" || terms.l0?.loss !== "tanh",
    "the tanh l0 loss and the l1 weighting sumOfSources exclude each other",
    terms,
    "use decoderNorm",
  ];
  if (terms.matryoshka) {
    const { matryoshka } = terms;
    const levels = matryoshka.kind === "multiK" ? matryoshka.ks : matryoshka.widths;
    const key = matryoshka.kind === "multiK" ? "ks" : "widths";
    yield [ascending(levels), `matryoshka.${key} must ascend`, levels, "sort them, without repetition"];
    if (matryoshka.kind === "multiK") {
      yield [selects, "multiK needs the topk or batchtopk activation", activation.kind, "use prefix"];
      const k = selects ? activation.k : Number.NaN;
      yield [
        levels.at(-1) === k,
        `the last of matryoshka.ks must be the activation's k = ${k}`,
        levels,
        "make them equal",
      ];
      yield [
        activation.kind !== "topk" || levels.every(Number.isInteger),
        "matryoshka.ks must be integers for topk",
        levels,
        "round them",
      ];
    } else {
      yield [levels.at(-1) === nQ, `the last of matryoshka.widths must be nQ = ${nQ}`, levels, "end with nQ"];
    }
    yield [
      matryoshka.weights === undefined || matryoshka.weights.length === levels.length,
      `matryoshka.weights must hold one weight per level, ${levels.length}`,
      matryoshka.weights?.length,
      "leave them out for 1/m each",
    ];
  }
}
