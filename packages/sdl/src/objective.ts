import { algebra, type Backend, type Entries, type RowGradient, type Tensor, type Update } from "@monosema/tensor";
import { kindOf } from "./activations/table.js";
import { trainingRule } from "./activations/trainingRule.js";
import type { ArrayName, LatentVector } from "./arrays.js";
import { supportOf } from "./layers.js";
import { type Parameters, parameterShapes } from "./parameters.js";
import { reconstruct } from "./reconstruction.js";
import type { SdlSpec } from "./spec.js";
import { auxiliaryCount } from "./terms/auxK.js";
import type { Contribution, Term, TermContext } from "./terms/term.js";

/** One evaluation of the objective on a batch; tensors live in the caller's scope. */
export interface Evaluated {
  /** Gradients of every parameter, ready for `backend.update`. */
  readonly updates: readonly Update[];
  /** f at the stored pairs. */
  readonly activations: Entries;
  /** z at the stored pairs. */
  readonly preActivations: Entries;
  /** x_hat `[B, R]` of the last level. */
  readonly reconstruction: Tensor;
  /** x_hat minus target `[B, R]`. */
  readonly error: Tensor;
  /** BatchTopK: smallest active value of the batch, 0 without one. */
  readonly smallest?: Tensor;
  /** Value of each loss term, scalars; their sum is the loss. */
  values(): ReadonlyMap<string, Tensor>;
}

/** Tensors and numbers of one step. */
export interface StepInput {
  /** x_p `[B, P]`. */
  readonly input: Tensor;
  /** x_r `[B, R]`. */
  readonly target: Tensor;
  /** 1 for latents that AuxK may use, `[Q]`; needed with AuxK only. */
  readonly dead?: Tensor;
  /** Step t, from 1. */
  readonly step: number;
  /** Planned steps T. */
  readonly steps: number;
  /** Factor of sparsity coefficients, 0 to 1. */
  readonly ramp: number;
  /** Active latents per sample in this step, where k is annealed. */
  readonly k?: number;
}

/**
 * Forward pass, loss terms and explicit gradients of one step (paper eq. 3), in terms of the backend's kernels.
 */
export function objective(
  backend: Backend,
  spec: SdlSpec,
  parameters: Parameters,
  terms: readonly Term[],
  step: StepInput,
): Evaluated {
  const { add, mul, sub, sum } = algebra(backend);
  const batch = step.input.shape[0] as number;
  const scale = 2 / (spec.reduction === "sum" ? batch : batch * spec.nR);
  const { encoder, decoder, decoderBias, skip } = parameters;
  const subtracted = spec.biases.subtractDecoderBias ? decoderBias : undefined;
  const input = subtracted ? sub(step.input, subtracted.value) : step.input;

  const { matryoshka, auxK } = spec.terms;
  const rule = trainingRule(spec.activation, matryoshka?.kind === "multiK" ? matryoshka.ks : step.k);
  const bias = parameters[rule.bias]?.value;
  const { codes, auxiliary, smallest } = backend.select(input, encoder.value, rule.selection(parameters), {
    ...(bias ? { bias } : {}),
    ...(matryoshka?.kind === "prefix" ? { prefixes: matryoshka.widths } : {}),
    ...(auxK && step.dead ? { auxiliary: { among: step.dead, k: auxiliaryCount(auxK, spec) } } : {}),
  });
  const activated = rule.activate(backend, parameters, codes);

  const skipped = skip ? backend.matMul(step.input, skip.value, { transposeB: true }) : undefined;
  const base = skipped && decoderBias ? add(skipped, decoderBias.value) : (skipped ?? decoderBias?.value);
  const fit = reconstruct(backend, spec, activated.values, decoder.value, base, step.target, scale);

  const context: TermContext = {
    backend,
    spec,
    parameters,
    batch,
    scale,
    codes,
    activations: activated.values,
    ...(auxiliary ? { auxiliary } : {}),
    ...(step.dead ? { dead: step.dead } : {}),
    input,
    target: step.target,
    reconstruction: fit.output,
    ...(base ? { base } : {}),
    step: step.step,
    steps: step.steps,
    ramp: step.ramp,
  };
  const contributions = terms.map((term) => term.contribute(context));

  const fromError = backend.dot(codes, fit.gradients, decoder.value);
  const delta = contributions.reduce((total, { activations: a }) => (a ? add(total, a) : total), fromError);
  const { preActivations, vectors } = activated.backward(delta);
  const paths = preActivationPaths(backend, preActivations, contributions);

  const gradients = new Map<ArrayName, Tensor | RowGradient>();
  gradients.set(
    "encoder",
    rowGradient(
      backend,
      contributions,
      "encoder",
      paths.map((coefficients) => ({ coefficients, rows: input })),
    ),
  );
  gradients.set(
    "decoder",
    rowGradient(backend, contributions, "decoder", [{ coefficients: activated.values, rows: fit.gradients }]),
  );
  const collect = (name: ArrayName, tensor: Tensor | undefined): void => {
    const before = gradients.get(name) as Tensor | undefined;
    if (tensor) gradients.set(name, before ? add(before, tensor) : tensor);
  };
  for (const [name, tensor] of Object.entries(vectors)) collect(name as ArrayName, tensor);
  for (const { theta } of contributions) collect("theta", theta);
  if (bias || subtracted) {
    const perLatent = paths.map((path) => sum(path, 0)).reduce((a, b) => add(a, b)); // [Q]
    if (bias) {
      const own = rule.isGate ? penaltySum(backend, contributions) : perLatent;
      collect(rule.bias, own ?? backend.tensor(new Float32Array(spec.nQ), [spec.nQ]));
    }
    if (subtracted) {
      const row = backend.matMul(backend.reshape(perLatent, [1, spec.nQ]), encoder.value);
      collect("decoderBias", mul(backend.reshape(row, [spec.nP]), -1));
    }
  }
  const whole = fit.gradients[0] as Tensor; // all levels contain b_dec and skip
  if (decoderBias) collect("decoderBias", sum(whole, 0));
  if (skip) collect("skip", backend.matMul(whole, step.input, { transposeA: true }));

  return {
    updates: updatesOf(backend, spec, parameters, gradients),
    activations: activated.values,
    preActivations: codes.pre,
    reconstruction: fit.output,
    error: fit.error,
    ...(smallest ? { smallest } : {}),
    values: () =>
      new Map([
        ["reconstruction", fit.value()],
        ...terms.map((term, i) => [term.name, (contributions[i] as Contribution).value()] as const),
      ]),
  };
}

/** Gradients dL/dz, one per set of codes: that of the main codes first. */
function preActivationPaths(
  backend: Backend,
  main: Entries,
  contributions: readonly Contribution[],
): readonly Entries[] {
  const { add } = algebra(backend);
  const paths: Entries[] = [main];
  for (const { preActivations } of contributions) {
    if (preActivations === undefined) continue;
    const same = paths.findIndex((path) => path.of === preActivations.of);
    if (same < 0) paths.push(preActivations);
    else paths[same] = add(paths[same] as Entries, preActivations);
  }
  return paths;
}

function penaltySum(backend: Backend, contributions: readonly Contribution[]): Tensor | undefined {
  const { add, sum } = algebra(backend);
  const sums = contributions.flatMap(({ preActivations: p }) => (p ? [sum(p, 0)] : []));
  return sums.length > 0 ? sums.reduce((a, b) => add(a, b)) : undefined;
}

function rowGradient(
  backend: Backend,
  contributions: readonly Contribution[],
  side: "encoder" | "decoder",
  main: RowGradient["from"],
): RowGradient {
  const parts = contributions.flatMap((contribution) => contribution[side] ?? []);
  const scales = parts.flatMap((part) => (part.scale === undefined ? [] : [part.scale]));
  const blocks = parts.find((part) => part.blocks)?.blocks;
  const anchored = parts.flatMap((part) => part.anchors ?? []);
  if (anchored.length > 1) {
    throw new RangeError(
      `objective: at most one term may anchor ${side} rows, got ${anchored.length}; join the anchors into one term`,
    );
  }
  const [anchors] = anchored;
  return {
    from: [...main, ...parts.flatMap((part) => part.from ?? [])],
    ...(scales.length > 0 ? { scale: scales.reduce((a, b) => addScales(backend, a, b)) } : {}),
    ...(blocks ? { blocks } : {}),
    ...(anchors ? { anchors } : {}),
  };
}

function addScales(backend: Backend, a: number | Tensor, b: number | Tensor): number | Tensor {
  const { add } = algebra(backend);
  if (typeof a === "number") return typeof b === "number" ? a + b : add(b, a);
  return add(a, b);
}

function updatesOf(
  backend: Backend,
  spec: SdlSpec,
  parameters: Parameters,
  gradients: ReadonlyMap<ArrayName, Tensor | RowGradient>,
): readonly Update[] {
  const rows = (name: "encoder" | "decoder"): RowGradient => gradients.get(name) as RowGradient;
  const { vectors } = kindOf(spec.activation);
  return [...parameterShapes(spec).keys()].flatMap((name) => {
    const parameter = parameters[name];
    const tied = spec.tied && name === "encoder";
    const gradient = tied ? tiedGradient(backend, rows("encoder"), rows("decoder")) : gradients.get(name);
    if (parameter === undefined || gradient === undefined) return [];
    const unitRows = spec.unitNormDecoder && (name === "decoder" || tied);
    const minimum = vectors[name as LatentVector]?.minimum;
    const support = supportOf(spec, name);
    return [
      {
        parameter,
        gradient,
        ...(minimum === undefined ? {} : { minimum }),
        ...(unitRows ? { unitRows } : {}),
        ...(support ? { support } : {}),
      },
    ];
  });
}

/** One matrix, both gradients. */
function tiedGradient(backend: Backend, encoder: RowGradient, decoder: RowGradient): RowGradient {
  const scales = [encoder.scale, decoder.scale].flatMap((scale) => (scale === undefined ? [] : [scale]));
  const blocks = encoder.blocks ?? decoder.blocks;
  const anchors = encoder.anchors ?? decoder.anchors;
  return {
    from: [...encoder.from, ...decoder.from],
    ...(scales.length > 0 ? { scale: scales.reduce((a, b) => addScales(backend, a, b)) } : {}),
    ...(blocks ? { blocks } : {}),
    ...(anchors ? { anchors } : {}),
  };
}
