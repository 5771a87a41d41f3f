import { algebra } from "@monosema/tensor";
import * as z from "zod/mini";
import { kindOf, kindsThat } from "../activations/table.js";
import { coefficient, type Keys, size } from "../schema.js";
import type { SdlSpec } from "../spec.js";
import type { TermKind } from "./kind.js";
import type { Term } from "./term.js";

/** AuxK (Gao et al. 2024): coefficient R(residual - decode(f_aux)), the residual held constant. */
export interface AuxKTerm {
  /** Default 1/32. */
  readonly coefficient?: number;
  /** Dead latents per sample at most. Default floor(P / 2). */
  readonly k?: number;
}

const shape = { coefficient: z.exactOptional(coefficient), k: z.exactOptional(size) } satisfies Keys<AuxKTerm>;

/** AuxK. */
export const auxK: TermKind<AuxKTerm> = {
  schema: z.strictObject(shape),
  *requirements(_options, { activation }) {
    const counts = kindsThat(({ count }) => count !== undefined);
    const holds = kindOf(activation).count !== undefined;
    yield [holds, `auxK needs the ${counts} activation`, activation.kind, "drop auxK"];
  },
  open: ({ coefficient: weight = 1 / 32 }) => auxiliaryReconstruction(weight),
};

/** Dead latents per sample that AuxK takes at most. */
export const auxiliaryCount = ({ k }: AuxKTerm, { nP, nQ }: SdlSpec): number =>
  Math.min(nQ, k ?? Math.max(1, Math.floor(nP / 2)));

/**
 * Per sample the largest positive pre-activations of dead latents reconstruct the residual, which is held constant; decoded without
 * b_dec. The gradient reaches decoder, encoder and b_enc of the chosen latents. Without a dead latent the term is 0.
 */
function auxiliaryReconstruction(weight: number): Term {
  return {
    name: "auxK",
    contribute({ backend, parameters, auxiliary, dead, target, reconstruction, scale }) {
      if (auxiliary === undefined || dead === undefined)
        throw new Error("internal: auxK needs the auxiliary selection");
      const { mul, square, step, sub, sum } = algebra(backend);
      const residual = sub(target, reconstruction);
      const decoded = backend.decode(auxiliary.pre, parameters.decoder.value)[0];
      if (decoded === undefined) throw new Error("internal: decode gave no level");
      const error = sub(decoded, residual); // [B, R]
      const gradient = mul(error, weight * scale);
      return {
        value: () => mul(mul(sum(square(error)), (weight * scale) / 2), step(sum(dead))),
        preActivations: backend.dot(auxiliary, [gradient], parameters.decoder.value),
        decoder: { from: { coefficients: auxiliary.pre, rows: gradient } },
      };
    },
  };
}
