import type { Backend, Entries, Tensor } from "@monosema/tensor";
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
      const slope = signed ? backend.binary("div", values, penalised) : ones(backend, values);
      if (weighting === "none") {
        const gradient = backend.binary("mul", slope, each);
        return {
          value: () => backend.binary("mul", backend.sum(penalised), each),
          ...(gated ? { preActivations: gradient } : { activations: gradient }),
        };
      }
      const norms = weightsByNorm(context, weighting === "sumOfSources");
      const perPair = backend.atLatents(codes, norms.weight);
      const gradient = backend.binary("mul", backend.binary("mul", slope, perPair), each);
      const total = backend.binary("mul", backend.sum(penalised, 0), each); // [Q]
      return {
        value: () => backend.binary("mul", backend.sum(backend.binary("mul", penalised, perPair)), each),
        ...(gated ? { preActivations: gradient } : { activations: gradient }),
        decoder: norms.rowPart(total),
      };
    },
  };
}

/** f is never negative, so its slope is 1 at every stored pair, also in JumpReLU's window below theta, where f = 0. */
const ones = (backend: Backend, values: Entries): Entries => backend.binary("add", backend.binary("mul", values, 0), 1);

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
      const spread = backend.matMul(column, onesMatrix(backend, [1, blocks.length])); // [Q, m]
      return { scale: backend.binary("div", spread, norms), blocks };
    },
  };
}

const sourcesOf = (spec: SdlSpec): readonly number[] => spec.sources ?? [spec.nR];

const onesMatrix = (backend: Backend, shape: readonly [number, number]): Tensor =>
  backend.tensor(new Float32Array(shape[0] * shape[1]).fill(1), shape);

function rowSums(backend: Backend, matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape as readonly [number, number];
  return backend.reshape(backend.matMul(matrix, onesMatrix(backend, [columns, 1])), [rows]);
}
