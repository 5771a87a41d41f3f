import type { Backend, Entries, RowGradient, Tensor, Update } from "@monosema/tensor";
import { activationRule } from "./activations/activationRule.js";
import type { Weights } from "./model.js";
import { type Parameters, parameterShapes } from "./parameters.js";
import { reconstruct } from "./reconstruction.js";
import type { SdlSpec } from "./spec.js";
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
  const batch = step.input.shape[0] as number;
  const scale = 2 / (spec.reduction === "sum" ? batch : batch * spec.nR);
  const { encoder, decoder, decoderBias, skip } = parameters;
  const subtracted = spec.biases.subtractDecoderBias ? decoderBias : undefined;
  const input = subtracted ? backend.binary("sub", step.input, subtracted.value) : step.input;

  const rule = activationRule(spec, step.k);
  const { matryoshka, auxK } = spec.terms;
  const bias = rule.bias(parameters);
  const { codes, auxiliary, smallest } = backend.select(input, encoder.value, rule.selection(parameters), {
    ...(bias ? { bias } : {}),
    ...(matryoshka?.kind === "prefix" ? { prefixes: matryoshka.widths } : {}),
    ...(auxK && step.dead
      ? { auxiliary: { among: step.dead, k: Math.min(spec.nQ, auxK.k ?? Math.max(1, Math.floor(spec.nP / 2))) } }
      : {}),
  });
  const activated = rule.activate(backend, parameters, codes);

  const skipped = skip ? backend.matMul(step.input, skip.value, { transposeB: true }) : undefined;
  const base =
    skipped && decoderBias ? backend.binary("add", skipped, decoderBias.value) : (skipped ?? decoderBias?.value);
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
  const delta = contributions.reduce((sum, { activations: a }) => (a ? backend.binary("add", sum, a) : sum), fromError);
  const { preActivations, vectors } = activated.backward(delta);
  const paths = preActivationPaths(backend, preActivations, contributions);

  const gradients = new Map<keyof Weights, Tensor | RowGradient>();
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
  const add = (name: keyof Weights, tensor: Tensor | undefined): void => {
    const before = gradients.get(name) as Tensor | undefined;
    if (tensor) gradients.set(name, before ? backend.binary("add", before, tensor) : tensor);
  };
  for (const [name, tensor] of Object.entries(vectors)) add(name as keyof Weights, tensor);
  for (const { theta } of contributions) add("theta", theta);
  if (bias || subtracted) {
    const perLatent = paths.map((path) => backend.sum(path, 0)).reduce((a, b) => backend.binary("add", a, b)); // [Q]
    if (bias) {
      // Gated: only the gate penalties reach b_gate, the path through f has been summed into b_mag.
      const gate = spec.activation.kind === "gated";
      const own = gate ? penaltySum(backend, contributions) : perLatent;
      add(gate ? "gateBias" : "encoderBias", own ?? backend.tensor(new Float32Array(spec.nQ), [spec.nQ]));
    }
    if (subtracted) {
      const row = backend.matMul(backend.reshape(perLatent, [1, spec.nQ]), encoder.value);
      add("decoderBias", backend.binary("mul", backend.reshape(row, [spec.nP]), -1));
    }
  }
  const whole = fit.gradients[0] as Tensor; // all levels contain b_dec and skip
  if (decoderBias) add("decoderBias", backend.sum(whole, 0));
  if (skip) add("skip", backend.matMul(whole, step.input, { transposeA: true }));

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
  const paths: Entries[] = [main];
  for (const { preActivations } of contributions) {
    if (preActivations === undefined) continue;
    const same = paths.findIndex((path) => path.of === preActivations.of);
    if (same < 0) paths.push(preActivations);
    else paths[same] = backend.binary("add", paths[same] as Entries, preActivations);
  }
  return paths;
}

function penaltySum(backend: Backend, contributions: readonly Contribution[]): Tensor | undefined {
  const sums = contributions.flatMap(({ preActivations: p }) => (p ? [backend.sum(p, 0)] : []));
  return sums.length > 0 ? sums.reduce((a, b) => backend.binary("add", a, b)) : undefined;
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
  if (typeof a === "number") return typeof b === "number" ? a + b : backend.binary("add", b, a);
  return backend.binary("add", a, b);
}

function updatesOf(
  backend: Backend,
  spec: SdlSpec,
  parameters: Parameters,
  gradients: ReadonlyMap<keyof Weights, Tensor | RowGradient>,
): readonly Update[] {
  const rows = (name: "encoder" | "decoder"): RowGradient => gradients.get(name) as RowGradient;
  return [...parameterShapes(spec).keys()].flatMap((name) => {
    const parameter = parameters[name];
    const tied = spec.tied && name === "encoder";
    const gradient = tied ? tiedGradient(backend, rows("encoder"), rows("decoder")) : gradients.get(name);
    if (parameter === undefined || gradient === undefined) return [];
    const unitRows = spec.unitNormDecoder && (name === "decoder" || tied);
    return [{ parameter, gradient, ...(name === "theta" ? { minimum: 0 } : {}), ...(unitRows ? { unitRows } : {}) }];
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
