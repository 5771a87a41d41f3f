import { algebra, type Backend, type Tensor } from "@monosema/tensor";
import * as z from "zod/mini";
import { kindOf } from "../activations/table.js";
import { coefficient, type Keys } from "../schema.js";
import type { SdlSpec } from "../spec.js";
import type { TermKind } from "./kind.js";
import type { Contribution, Term, TermContext } from "./term.js";

/** coefficient times the batch mean of sum_i f_i (paper eq. 5; pure TopK: |f_i|), optionally weighted. */
export interface L1Term {
  /** l1. */
  readonly coefficient: number;
  /** `decoderNorm` multiplies f_i by the norm of its decoder row, `sumOfSources` by the sum of a crosscoder's per-source norms. Default `none`. */
  readonly weighting?: "none" | "decoderNorm" | "sumOfSources";
}

const shape = {
  coefficient,
  weighting: z.exactOptional(z.enum(["none", "decoderNorm", "sumOfSources"])),
} satisfies Keys<L1Term>;

/** L1. */
export const l1: TermKind<L1Term> = {
  schema: z.strictObject(shape),
  *requirements({ weighting }, { sources, variant }) {
    const holds = weighting !== "sumOfSources" || sources !== undefined;
    yield [holds, "the l1 weighting sumOfSources needs a crosscoder", variant, "use decoderNorm"];
  },
  open: l1Term,
};

/** Sparsity by the sum of what the activation has penalised, plain (paper eq. 5) or weighted by decoder norms. */
function l1Term({ coefficient: strength, weighting = "none" }: L1Term): Term {
  return {
    name: "l1",
    contribute(context) {
      const { backend, spec, codes, batch, ramp } = context;
      const { abs, div, mul, sum } = algebra(backend);
      const each = (strength * ramp) / batch;
      const what = kindOf(spec.activation).penalised?.(spec.activation) ?? "codes";
      const values = what === "preActivations" ? codes.pre : context.activations;
      const penalised = what === "magnitudes" ? abs(values) : values;
      const norms = weighting === "none" ? undefined : weightsByNorm(context, weighting === "sumOfSources");
      const perPair = backend.atLatents(codes, norms?.weight ?? ones(backend, [spec.nQ]));
      // What is no magnitude is never negative, so its slope is 1 at every stored pair, also in JumpReLU's window below theta.
      const slope = what === "magnitudes" ? mul(perPair, div(values, penalised)) : perPair;
      const gradient = mul(slope, each);
      return {
        value: () => mul(sum(mul(penalised, perPair)), each),
        ...(what === "preActivations" ? { preActivations: gradient } : { activations: gradient }),
        ...(norms ? { decoder: norms.rowPart(mul(sum(penalised, 0), each)) } : {}),
      };
    },
  };
}

interface NormWeights {
  readonly weight: Tensor; // [Q]
  /** Row factor total_i / norm_i, 0 where the norm is 0. */
  rowPart(total: Tensor): NonNullable<Contribution["decoder"]>;
}

function weightsByNorm({ backend, spec, parameters }: TermContext, bySource: boolean): NormWeights {
  const { div } = algebra(backend);
  if (!bySource) {
    const weight = backend.rowNorms(parameters.decoder.value);
    return { weight, rowPart: (total) => ({ scale: div(total, weight) }) };
  }
  const blocks = sourcesOf(spec);
  const norms = backend.rowNorms(parameters.decoder.value, blocks); // [Q, m]
  const weight = rowSums(backend, norms);
  return {
    weight,
    rowPart(total) {
      const column = backend.reshape(total, [spec.nQ, 1]);
      const spread = backend.matMul(column, ones(backend, [1, blocks.length])); // [Q, m]
      return { scale: div(spread, norms), blocks };
    },
  };
}

const sourcesOf = (spec: SdlSpec): readonly number[] => spec.sources ?? [spec.nR];

const ones = (backend: Backend, shape: readonly number[]): Tensor =>
  backend.tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);

function rowSums(backend: Backend, matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape as readonly [number, number];
  return backend.reshape(backend.matMul(matrix, ones(backend, [columns, 1])), [rows]);
}
