import * as z from "zod/mini";
import { activationSchema, kindOf } from "./activations/table.js";
import type { Requirement } from "./requirement.js";
import { type Keys, parse, size } from "./schema.js";
import type { Biases, LayerWidths, SdlSpec } from "./spec.js";
import { termsSchema } from "./terms/table.js";
import { termRequirements } from "./terms/termsOf.js";
import { transcodes } from "./transcodes.js";

/**
 * Checks plain data against {@link SdlSpec}: kinds, ranges, unknown keys, and combinations that cannot work.
 *
 * @param value - parsed JSON or an object literal
 * @returns the same data
 * @throws RangeError that names the key, what it must be and what came
 */
export function validateSpec(value: unknown): SdlSpec {
  const spec = parse(schema, value, ({ at, message, got }) => {
    return new RangeError(`SdlSpec: ${at || "the spec"}: ${message}, got ${shown(got)}; correct this key`);
  });
  for (const [holds, requirement, got, remedy] of requirements(spec)) {
    if (!holds) throw new RangeError(`SdlSpec: ${requirement}, got ${shown(got)}; ${remedy}`);
  }
  return spec;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};

const biases = {
  encoder: z.boolean(),
  decoder: z.boolean(),
  subtractDecoderBias: z.boolean(),
} satisfies Keys<Biases>;

const layer = { nP: size, nR: size, nQ: size } satisfies Keys<LayerWidths>;

const shape = {
  variant: z.enum(["sae", "transcoder", "crosscoder", "crosslayer"]),
  nP: size,
  nR: size,
  nQ: size,
  sources: z.exactOptional(z.array(size).check(z.minLength(1))),
  layers: z.exactOptional(z.array(z.strictObject(layer)).check(z.minLength(1))),
  activation: activationSchema,
  biases: z.strictObject(biases),
  skip: z.boolean(),
  tied: z.boolean(),
  unitNormDecoder: z.boolean(),
  reduction: z.enum(["sum", "mean"]),
  terms: termsSchema,
} satisfies Keys<SdlSpec>;

const schema: z.ZodMiniType<SdlSpec> = z.strictObject(shape);

function* requirements(spec: SdlSpec): Generator<Requirement> {
  const { variant, nP, nR, nQ, sources, activation, biases } = spec;
  const isTranscoder = transcodes(spec);
  yield [
    isTranscoder || nP === nR,
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
  yield* layerRequirements(spec);
  const kind = kindOf(activation);
  const k = kind.count?.(activation) ?? 0;
  yield [k <= nQ, `k must be at most nQ = ${nQ}`, k, "lower k or add latents"];
  yield* kind.requirements?.(activation, spec) ?? [];
  yield [
    !biases.subtractDecoderBias || biases.decoder,
    "subtractDecoderBias needs biases.decoder",
    biases,
    "train b_dec",
  ];
  yield [
    !biases.subtractDecoderBias || !isTranscoder,
    "subtractDecoderBias is for models whose target is their input",
    variant,
    "turn it off",
  ];
  yield [!spec.skip || variant === "transcoder", "skip belongs to a transcoder of one layer", variant, "turn it off"];
  yield [
    !spec.tied || (nP === nR && !isTranscoder),
    "tied weights need nP = nR and one space",
    { variant, nP, nR },
    "untie",
  ];
  yield* termRequirements(spec);
}

function* layerRequirements({ variant, nP, nR, nQ, layers, terms }: SdlSpec): Generator<Requirement> {
  yield [
    (variant === "crosslayer") === (layers !== undefined),
    "layers belong to a cross-layer transcoder, which needs them",
    { variant, layers },
    "give the widths of each layer",
  ];
  if (layers === undefined) return;
  for (const [width, total] of Object.entries({ nP, nR, nQ }) as [keyof LayerWidths, number][]) {
    const sum = layers.reduce((all, one) => all + one[width], 0);
    yield [sum === total, `the ${width} of the layers must sum to ${width} = ${total}`, sum, "give every layer"];
  }
  yield [
    terms.matryoshka?.kind !== "prefix",
    "prefix Matryoshka nests the first latents, which are those of the first layers here",
    terms.matryoshka,
    "use multiK, or leave it out",
  ];
}
