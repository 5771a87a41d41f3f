import * as z from "zod/mini";
import { activationSchema, kindOf } from "./activations/table.js";
import type { Requirement } from "./requirement.js";
import { type Keys, parse, size } from "./schema.js";
import type { Biases, SdlSpec } from "./spec.js";
import { termsSchema } from "./terms/table.js";
import { termRequirements } from "./terms/termsOf.js";

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

const shape = {
  variant: z.enum(["sae", "transcoder", "crosscoder"]),
  nP: size,
  nR: size,
  nQ: size,
  sources: z.exactOptional(z.array(size).check(z.minLength(1))),
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
  yield* termRequirements(spec);
}
