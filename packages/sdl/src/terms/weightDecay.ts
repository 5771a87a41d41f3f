import type { Term } from "./term.js";

/** l_w (|encoder|^2 + |decoder|^2), coupled: its gradient joins the others before Adam. Tied weights count once. */
export function weightDecay(coefficient: number): Term {
  return {
    name: "weightDecay",
    contribute({ backend, spec, parameters }) {
      const rows = { scale: 2 * coefficient };
      return {
        value() {
          const squares = (spec.tied ? [parameters.encoder] : [parameters.encoder, parameters.decoder]).map((p) =>
            backend.sum(backend.unary("square", p.value)),
          );
          return backend.binary(
            "mul",
            squares.reduce((a, b) => backend.binary("add", a, b)),
            coefficient,
          );
        },
        encoder: rows,
        ...(spec.tied ? {} : { decoder: rows }),
      };
    },
  };
}
