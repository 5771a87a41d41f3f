import { algebra } from "@monosema/tensor";
import { coefficient } from "../schema.js";
import type { TermKind } from "./kind.js";
import type { Term } from "./term.js";

/** l_w (|encoder|^2 + |decoder|^2), coupled: its gradient joins the others before Adam. Tied weights count once. */
export const weightDecay: TermKind<number> = {
  schema: coefficient,
  open: (weight) => (weight > 0 ? decay(weight) : undefined),
};

function decay(weight: number): Term {
  return {
    name: "weightDecay",
    contribute({ backend, spec, parameters }) {
      const { add, mul, square, sum } = algebra(backend);
      const rows = { scale: 2 * weight };
      return {
        value() {
          const all = spec.tied ? [parameters.encoder] : [parameters.encoder, parameters.decoder];
          return mul(
            all.map(({ value }) => sum(square(value))).reduce((a, b) => add(a, b)),
            weight,
          );
        },
        encoder: rows,
        ...(spec.tied ? {} : { decoder: rows }),
      };
    },
  };
}
