import { type AdamState, type Backend, random, type SparseRows, type Tensor } from "@monosema/tensor";
import {
  disposeParameters,
  objective,
  openParameters,
  parameterShapes,
  readParameters,
  type SdlSpec,
  type Term,
  termsOf,
  transcodes,
} from "../../src/index.js";
import { clearOutside, supportOf } from "../../src/layers.js";
import {
  type Detached,
  namesOf,
  type PlainBatch,
  type PlainWeights,
  plainLoss,
  plainObjective,
} from "./plainObjective.js";

/** Weights and a batch on which the objective is smooth. */
export interface Point {
  readonly weights: PlainWeights;
  readonly batch: PlainBatch;
}

/**
 * A seeded point further than 2e-4 from every kink and tie, so that finite differences of smaller steps see one smooth piece.
 *
 * @param dead - latents that AuxK may use
 */
export function smoothPoint(spec: SdlSpec, dead: readonly number[] = [1, 4]): Point {
  const size = 5;
  const margin = 2e-4;
  for (let seed = 0; seed < 200; seed++) {
    const normals = (name: string, count: number, scale: number): Float64Array => {
      const stream = random(seed, name);
      return Float64Array.from({ length: count }, () => scale * stream.normal());
    };
    const weights: { -readonly [name in keyof PlainWeights]?: Float64Array } = {};
    for (const [name, shape] of parameterShapes(spec)) {
      const values = normals(
        name,
        shape.reduce((a, b) => a * b, 1),
        0.5,
      );
      weights[name] = name === "theta" ? values.map((v) => 0.1 + Math.abs(v)) : values;
      clearOutside(values, shape[1] ?? 1, supportOf(spec, name));
    }
    const encoder = weights.encoder as Float64Array;
    const input = normals("input", size * spec.nP, 1);
    const target = transcodes(spec) ? normals("target", size * spec.nR, 1) : input;
    const point: Point = {
      weights: { ...weights, encoder, decoder: weights.decoder ?? encoder },
      batch: { size, input, target, dead },
    };
    if (plainObjective(spec, point.weights, point.batch).margin() > margin) return point;
  }
  throw new Error("no point away from the kinks: widen the search");
}

/** Loss terms and gradients as the objective gives them on a backend. */
export interface Evaluation {
  /** f `[B, Q]`. */
  readonly codes: Float64Array;
  readonly parts: Readonly<Record<string, number>>;
  readonly gradients: ReadonlyMap<string, Float64Array>;
}

/** Evaluates the objective; with lr 0 and beta1 0 the first moment is the gradient. */
export async function evaluate(
  backend: Backend,
  spec: SdlSpec,
  { weights, batch }: Point,
  terms: readonly Term[] = termsOf(spec),
): Promise<Evaluation> {
  const states = new Map(Object.entries(weights).map(([name, value]) => [name, { value }]));
  const parameters = openParameters(backend, spec, states);
  const { values, activations } = backend.scope(() => {
    const input = backend.tensor(batch.input, [batch.size, spec.nP]);
    const target = backend.tensor(batch.target, [batch.size, spec.nR]);
    const mask = Array.from({ length: spec.nQ }, (_, i) => Number(batch.dead?.includes(i) ?? false));
    const done = objective(backend, spec, parameters, terms, {
      input,
      target,
      ...(spec.terms.auxK ? { dead: backend.tensor(mask, [spec.nQ]) } : {}),
      step: 1,
      steps: 1,
      ramp: 1,
    });
    const values: Readonly<Record<string, Tensor>> = Object.fromEntries(done.values());
    const bare = done.updates.map(({ parameter, gradient }) => ({ parameter, gradient }));
    backend.update(bare, { t: 1, lr: 0, beta1: 0, beta2: 0.999, epsilon: 1e-8 });
    return { values, activations: done.activations };
  });
  const codes = denseCodes(await backend.readEntries(activations), spec.nQ);
  const parts: Record<string, number> = {};
  for (const [name, tensor] of Object.entries(values)) parts[name] = (await backend.read(tensor))[0] as number;
  const after: ReadonlyMap<string, AdamState> = await readParameters(backend, spec, parameters);
  backend.dispose(activations.of, ...Object.values(values));
  disposeParameters(backend, spec, parameters);
  return { codes, parts, gradients: new Map([...after].map(([name, { first }]) => [name, Float64Array.from(first)])) };
}

function denseCodes({ offsets, latents, values }: SparseRows, nQ: number): Float64Array {
  const codes = new Float64Array((offsets.length - 1) * nQ);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++) {
      codes[b * nQ + (latents[e] as number)] = values[e] as number;
    }
  }
  return codes;
}

/** Central differences of the plain objective by every number; thresholds by their straight-through formula. */
export function numericalGradients(spec: SdlSpec, { weights, batch }: Point, step = 1e-5): Map<string, Float64Array> {
  const detached: Detached = { residual: plainObjective(spec, weights, batch).residual, weights: copied(weights) };
  return new Map(
    namesOf(spec).map((name) => {
      if (name === "theta") return [name, thresholdGradient(spec, { weights, batch }, detached, step)];
      const values = weights[name] as Float64Array;
      return [
        name,
        values.map((_, i) => central(values, i, step, () => plainLoss(spec, weights, batch, { detached }))),
      ];
    }),
  );
}

function central(values: Float64Array, i: number, step: number, loss: () => number): number {
  const value = values[i] as number;
  values[i] = value + step;
  const above = loss();
  values[i] = value - step;
  const below = loss();
  values[i] = value;
  return (above - below) / (2 * step);
}

/**
 * -(theta/eps) sum over the window of dL/df, plus the own part of the L0 loss; dL/df by central differences.
 */
function thresholdGradient(spec: SdlSpec, { weights, batch }: Point, detached: Detached, step: number): Float64Array {
  if (spec.activation.kind !== "jumprelu") throw new Error("thresholds belong to JumpReLU");
  const { bandwidth } = spec.activation;
  const theta = weights.theta as Float64Array;
  const { z } = plainObjective(spec, weights, batch);
  const gradient = new Float64Array(spec.nQ);
  const { l0 } = spec.terms;
  const count = z.filter((pre, pair) => pre > (theta[pair % spec.nQ] as number)).length / batch.size;
  const perCount = {
    step: l0?.coefficient ?? 0,
    target: (2 * (l0?.coefficient ?? 0) * (count / (l0?.target ?? 1) - 1)) / (l0?.target ?? 1),
    tanh: 0,
  }[l0?.loss ?? "step"];
  z.forEach((pre, pair) => {
    const i = pair % spec.nQ;
    if (Math.abs(pre - (theta[i] as number)) >= bandwidth / 2) return;
    const loss = (by: number): number => plainLoss(spec, weights, batch, { detached, shift: { pair, by } });
    const byCode = (loss(step) - loss(-step)) / (2 * step);
    gradient[i] =
      (gradient[i] as number) - ((theta[i] as number) / bandwidth) * byCode - perCount / (batch.size * bandwidth);
  });
  return gradient;
}

/** The same weights in other arrays; a tied decoder stays the encoder's. */
function copied(weights: PlainWeights): PlainWeights {
  const copies = new Map<Float64Array, Float64Array>();
  const entries = Object.entries(weights).map(([name, values]) => {
    const copy = copies.get(values) ?? values.slice();
    copies.set(values, copy);
    return [name, copy];
  });
  return Object.fromEntries(entries) as PlainWeights;
}

/** Largest |got - expected| / (1 + |expected|); infinite where lengths differ or a number is not finite. */
export function worstError(got: ArrayLike<number> | undefined, expected: ArrayLike<number>): number {
  if (got?.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((got[i] as number) - (expected[i] as number)) / (1 + Math.abs(expected[i] as number));
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
