import type { Backend, Tensor } from "@monosema/tensor";
import type { L1Term, SdlSpec } from "../spec.js";
import type { Contribution, Term, TermContext } from "./term.js";

/**
 * Sparsity by the sum of activations, plain (paper eq. 5) or weighted by decoder norms; pure TopK penalises |f|, gated models max(pi, 0).
 */
export function l1({ coefficient, weighting = "none" }: L1Term): Term {
  return {
    name: "l1",
    contribute(context) {
      const { backend, spec, codes, batch, ramp } = context;
      const each = (coefficient * ramp) / batch;
      // Gated codes store exactly the pairs with pi > 0.
      const gated = spec.activation.kind === "gated";
      const signed = spec.activation.kind === "topk" && spec.activation.signed === true;
      const values = gated ? codes.pre : context.activations;
      const penalised = signed ? backend.unary("abs", values) : values;
      const norms = weighting === "none" ? undefined : weightsByNorm(context, weighting === "sumOfSources");
      const perPair = backend.atLatents(codes, norms?.weight ?? ones(backend, [spec.nQ]));
      // f is never negative but for pure TopK, so its slope is 1 at every stored pair, also in JumpReLU's window below theta.
      const slope = signed ? backend.binary("mul", perPair, backend.binary("div", values, penalised)) : perPair;
      const gradient = backend.binary("mul", slope, each);
      return {
        value: () => backend.binary("mul", backend.sum(backend.binary("mul", penalised, perPair)), each),
        ...(gated ? { preActivations: gradient } : { activations: gradient }),
        ...(norms ? { decoder: norms.rowPart(backend.binary("mul", backend.sum(penalised, 0), each)) } : {}),
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
  if (!bySource) {
    const weight = backend.rowNorms(parameters.decoder.value);
    return { weight, rowPart: (total) => ({ scale: backend.binary("div", total, weight) }) };
  }
  const blocks = sourcesOf(spec);
  const norms = backend.rowNorms(parameters.decoder.value, blocks); // [Q, m]
  const weight = rowSums(backend, norms);
  return {
    weight,
    rowPart(total) {
      const column = backend.reshape(total, [spec.nQ, 1]);
      const spread = backend.matMul(column, ones(backend, [1, blocks.length])); // [Q, m]
      return { scale: backend.binary("div", spread, norms), blocks };
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
