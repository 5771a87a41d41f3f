import { type Model, scaleSamples, transcodes } from "@monosema/sdl";

/** Numbers of samples or directions, row-major. */
type Numbers = Float32Array | Float64Array;

/** Samples as a dictionary takes them. */
export interface AuditedSamples {
  /** Inputs `[B, P]` as the encoder sees them. */
  readonly inputs: (rows: Numbers) => Numbers;
  /** Targets `[B, R]` of these inputs as the decoder is to give them: scaled alike, without what a skip connection gives. */
  readonly targets: (rows: Numbers, inputs: Numbers) => Numbers;
}

/** Samples as a model takes them at inference. */
export function auditedSamples({ spec, weights: { skip }, inputScaling }: Model): AuditedSamples {
  const { nP, nR } = spec;
  return {
    inputs: (rows) => scaleSamples(inputScaling, rows, nP).scaled,
    targets: (rows, inputs) => {
      const scaled = transcodes(spec) ? rows : scaleSamples(inputScaling, rows, nR).scaled;
      return skip ? withoutSkip(scaled, inputs, skip, nP, nR) : scaled;
    },
  };
}

/** targets - inputs skip^T. */
function withoutSkip(targets: Numbers, inputs: Numbers, skip: Float32Array, nP: number, nR: number): Float64Array {
  return Float64Array.from(targets).map((value, at) => {
    const [b, r] = [Math.floor(at / nR), at % nR];
    let sum = value;
    for (let p = 0; p < nP; p++) sum -= (inputs[b * nP + p] as number) * (skip[r * nP + p] as number);
    return sum;
  });
}
