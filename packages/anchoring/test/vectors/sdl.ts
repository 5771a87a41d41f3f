import {
  crosscoder,
  type Evaluated,
  objective,
  openParameters,
  type Parameters,
  parameterShapes,
  readParameters,
  type SdlSpec,
  sae,
  type Term,
  type Terms,
  termsOf,
  transcoder,
} from "@monosema/sdl";
import type { AdamState, Backend, Tensor } from "@monosema/tensor";
import { anchorTerm } from "../../src/index.js";

type Rows = number[][];

/** One training case of sdl.json, in the paper's layout. */
export interface SdlCase {
  readonly name: string;
  readonly activation: "relu" | "jumprelu" | "topk" | "batchtopk" | "matryoshka";
  readonly target: "sae" | "transcoder" | "crosscoder";
  readonly bias: boolean;
  readonly anchor: boolean;
  readonly reduction: "sum" | "mean";
  readonly decoder_unit_norm: boolean;
  readonly hyper: Hyper;
  readonly init: Values;
  readonly anchors_p?: Rows;
  readonly anchors_r?: Rows;
  readonly z: Rows;
  readonly latents: Rows;
  readonly x_hat: Rows;
  readonly loss: number;
  readonly loss_parts: Readonly<Record<string, number>>;
  readonly grads: Values;
  readonly adam3: Adam3;
}

interface Hyper {
  readonly l1?: number;
  readonly l1_dec_norm?: boolean;
  readonly l0?: number;
  readonly bandwidth?: number;
  readonly k?: number;
  readonly ks?: number[];
  readonly lambdas?: number[];
  readonly pre_bias?: boolean;
  readonly aux_k?: number;
  readonly aux_coef?: number;
  readonly dead_mask?: boolean[];
  readonly lambda_anchor?: number;
}

interface Values {
  readonly W_E: Rows;
  readonly W_D: Rows;
  readonly b_E?: number[];
  readonly b_D?: number[];
  readonly log_theta?: number[];
}

interface Adam3 {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly losses_before_steps: number[];
  readonly loss_after: number;
  readonly params: Values;
}

/** sdl.json. */
export interface SdlVectors {
  readonly x_p: Rows;
  readonly x_r_transcoder: Rows;
  readonly cases: readonly SdlCase[];
}

/** What a case gives on a backend, by name: arrays beside the expected ones. */
export interface Compared {
  readonly name: string;
  readonly kind: "value" | "loss" | "gradient" | "parameter" | "support";
  readonly got: readonly number[];
  readonly expected: readonly number[];
  /** Entries that the tolerances do not cover: within 1e-6 of a window edge. */
  readonly skip?: ReadonlySet<number>;
}

const transpose = (m: Rows): Rows => (m[0] as number[]).map((_, j) => m.map((row) => row[j] as number));
const known = new Set([
  "l1",
  "l1_dec_norm",
  "l0",
  "bandwidth",
  "k",
  "ks",
  "lambdas",
  "pre_bias",
  "aux_k",
  "aux_coef",
  "dead_mask",
  "lambda_anchor",
]);

/** Runs one case: forward pass, loss, gradients, three Adam steps. */
export async function runSdlCase(backend: Backend, all: SdlVectors, c: SdlCase): Promise<Compared[]> {
  const unknown = Object.keys(c.hyper).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`unknown hyper ${unknown} in ${c.name}`);
  const input =
    c.target === "crosscoder" ? all.x_p.map((row, b) => [...row, ...(all.x_r_transcoder[b] as number[])]) : all.x_p;
  const target = c.target === "transcoder" ? all.x_r_transcoder : input;
  const widths = [all.x_p, all.x_r_transcoder].map((rows) => (rows[0] as number[]).length);
  const spec = specOf(c, (input[0] as number[]).length, (target[0] as number[]).length, widths);
  const extra = c.anchor ? [openAnchors(backend, spec, c)] : [];
  const terms = [...termsOf(spec), ...extra];
  const dead = c.hyper.dead_mask && backend.tensor(c.hyper.dead_mask.map(Number), [spec.nQ]);
  const x = backend.tensor(input.flat(), [input.length, spec.nP]);
  const y = backend.tensor(target.flat(), [target.length, spec.nR]);
  const evaluate = (parameters: Parameters): Evaluated =>
    objective(backend, spec, parameters, terms, {
      input: x,
      target: y,
      ...(dead ? { dead } : {}),
      step: 1,
      steps: 1,
      ramp: 1,
    });

  const start = statesOf(spec, c.init);
  const first = await evaluated(backend, spec, start, evaluate);
  const edges = c.hyper.bandwidth === undefined ? undefined : edgeLatents(c);
  const skip = edges ? { skip: edges } : {};
  const results: Compared[] = [
    { name: "latents", kind: "value", got: first.latents, expected: c.latents.flat() },
    {
      name: "support",
      kind: "support",
      got: first.latents.map((v) => Number(v !== 0)),
      expected: c.latents.flat().map((v) => Number(v !== 0)),
    },
    { name: "x_hat", kind: "value", got: first.reconstruction, expected: c.x_hat.flat() },
    { name: "loss", kind: "loss", got: [sum(first.parts.values())], expected: [c.loss] },
    ...lossParts(c, first.parts),
    ...compareValues("gradient", first.gradients, c.grads, c.init, skip),
  ];

  const { adam3 } = c;
  const losses: number[] = [];
  let states: ReadonlyMap<string, AdamState> = start;
  let logTheta = c.init.log_theta && adamOf(c.init.log_theta);
  for (let t = 1; t <= adam3.losses_before_steps.length; t++) {
    const now = await evaluated(backend, spec, states, evaluate, { ...adam3, epsilon: adam3.eps, t });
    losses.push(sum(now.parts.values()));
    const next = new Map(now.after);
    // The file trains log theta, the library theta: this parameter is stepped here.
    if (logTheta) {
      const theta = (states.get("theta") as AdamState).value;
      const gradient = (now.gradients.get("theta") as number[]).map((g, i) => g * (theta[i] as number));
      logTheta = adamStep(logTheta, gradient, adam3, t);
      next.set("theta", adamOf(Array.from(logTheta.value, Math.exp)));
    }
    states = next;
  }
  losses.push(sum((await evaluated(backend, spec, states, evaluate)).parts.values()));
  const after = new Map([...states].map(([name, state]) => [name, Array.from(state.value)]));
  const found = logTheta ? after.set("theta", Array.from(logTheta.value)) : after;
  results.push({
    name: "adam3.losses",
    kind: "loss",
    got: losses,
    expected: [...adam3.losses_before_steps, adam3.loss_after],
  });
  results.push(...compareValues("parameter", found, adam3.params, undefined, skip));
  backend.dispose(x, y);
  if (dead) backend.dispose(dead);
  for (const term of extra) term.dispose?.();
  return results;
}

function specOf(c: SdlCase, nP: number, nR: number, sources: readonly number[]): SdlSpec {
  const { hyper: h, activation } = c;
  const nQ = c.init.W_E.length;
  const terms: Terms = {
    ...(h.l1 === undefined ? {} : { l1: { coefficient: h.l1, weighting: h.l1_dec_norm ? "decoderNorm" : "none" } }),
    ...(h.l0 === undefined ? {} : { l0: { coefficient: h.l0 } }),
    ...(h.aux_k === undefined ? {} : { auxK: { k: h.aux_k, coefficient: h.aux_coef ?? 1 / 32 } }),
    ...(h.ks
      ? { matryoshka: { kind: "multiK", ks: h.ks, ...(h.lambdas ? { weights: h.lambdas } : {}) } as const }
      : {}),
  };
  const rule = {
    relu: () => ({ kind: "relu" }) as const,
    jumprelu: () => ({ kind: "jumprelu", theta: 0, bandwidth: h.bandwidth as number }) as const,
    topk: () => ({ kind: "topk", k: h.k as number }) as const,
    batchtopk: () => ({ kind: "batchtopk", k: h.k as number }) as const,
    matryoshka: () => ({ kind: "topk", k: (h.ks as number[]).at(-1) as number }) as const,
  }[activation]();
  const biases = { encoder: c.bias, decoder: c.bias, subtractDecoderBias: h.pre_bias ?? false };
  const common = { nQ, activation: rule, biases, unitNormDecoder: c.decoder_unit_norm, reduction: c.reduction, terms };
  if (c.target === "sae") return sae({ nP, ...common });
  if (c.target === "transcoder") return transcoder({ nP, nR, ...common });
  return crosscoder({ sources, ...common });
}

function openAnchors(backend: Backend, spec: SdlSpec, c: SdlCase): Term {
  const rows = (columns: Rows | undefined): Float64Array => Float64Array.from(transpose(columns as Rows).flat());
  const [input, target] = [rows(c.anchors_p), rows(c.anchors_r)];
  const anchors = { kind: "truth", count: input.length / spec.nP, input, target } as const;
  return anchorTerm(anchors, { strength: c.hyper.lambda_anchor as number }).open(backend, spec);
}

const adamOf = (value: readonly number[]): AdamState & { readonly value: Float64Array } => ({
  value: Float64Array.from(value),
  first: new Float64Array(value.length),
  second: new Float64Array(value.length),
});

function statesOf(spec: SdlSpec, v: Values): Map<string, AdamState> {
  const arrays: Record<string, readonly number[] | undefined> = {
    encoder: v.W_E.flat(),
    decoder: transpose(v.W_D).flat(),
    encoderBias: v.b_E,
    decoderBias: v.b_D,
    theta: v.log_theta?.map(Math.exp),
  };
  return new Map([...parameterShapes(spec).keys()].map((name) => [name, adamOf(arrays[name] as number[])]));
}

interface EvaluatedOnHost {
  readonly latents: number[];
  readonly reconstruction: number[];
  readonly parts: ReadonlyMap<string, number>;
  readonly gradients: ReadonlyMap<string, number[]>;
  /** Parameters after one Adam step, where a step was asked for. */
  readonly after: ReadonlyMap<string, AdamState>;
}

async function evaluated(
  backend: Backend,
  spec: SdlSpec,
  states: ReadonlyMap<string, AdamState>,
  evaluate: (parameters: Parameters) => Evaluated,
  adam?: { t: number; lr: number; beta1: number; beta2: number; epsilon: number },
): Promise<EvaluatedOnHost> {
  // With beta1 = 0 the first moment is the gradient (before projection: unitRows off).
  const probe = openParameters(backend, spec, states);
  const made = backend.scope(() => {
    const done = evaluate(probe);
    const parts = Object.fromEntries(done.values());
    backend.update(
      done.updates.map(({ parameter, gradient }) => ({ parameter, gradient })),
      { t: 1, lr: 0, beta1: 0, beta2: 0.999, epsilon: 1e-8 },
    );
    return { activations: done.activations, reconstruction: done.reconstruction, parts };
  });
  const gradients = new Map(
    [...(await readParameters(backend, spec, probe))].map(([name, s]) => [name, Array.from(s.first)]),
  );
  const { offsets, latents, values } = await backend.readEntries(made.activations);
  const dense = new Array<number>((offsets.length - 1) * spec.nQ).fill(0);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++)
      dense[b * spec.nQ + (latents[e] as number)] = values[e] as number;
  }
  const reconstruction = Array.from(await backend.read(made.reconstruction));
  const parts = new Map<string, number>();
  for (const [name, tensor] of Object.entries(made.parts))
    parts.set(name, (await backend.read(tensor as Tensor))[0] as number);
  backend.dispose(
    made.activations.of,
    made.activations,
    made.reconstruction,
    ...(Object.values(made.parts) as Tensor[]),
  );
  for (const parameter of Object.values(probe)) backend.dispose(parameter);

  let after: ReadonlyMap<string, AdamState> = new Map();
  if (adam) {
    const stepped = openParameters(backend, spec, states);
    backend.scope(() => {
      backend.update(evaluate(stepped).updates, adam);
    });
    after = await readParameters(backend, spec, stepped);
    for (const parameter of Object.values(stepped)) backend.dispose(parameter);
  }
  return { latents: dense, reconstruction, parts, gradients, after };
}

function adamStep(
  state: AdamState,
  gradient: readonly number[],
  { lr, beta1, beta2, eps }: Adam3,
  t: number,
): AdamState & { value: Float64Array } {
  const next = adamOf(Array.from(state.value));
  gradient.forEach((g, i) => {
    const m = beta1 * (state.first[i] as number) + (1 - beta1) * g;
    const v = beta2 * (state.second[i] as number) + (1 - beta2) * g * g;
    next.first[i] = m;
    next.second[i] = v;
    next.value[i] =
      (state.value[i] as number) - (lr * (m / (1 - beta1 ** t))) / (Math.sqrt(v / (1 - beta2 ** t)) + eps);
  });
  return next;
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

const partNames: Readonly<Record<string, string>> = { recon: "reconstruction", aux: "auxK", anchor: "anchoring" };

function lossParts(c: SdlCase, parts: ReadonlyMap<string, number>): Compared[] {
  return Object.entries(c.loss_parts).map(([name, expected]) => {
    const got = parts.get(partNames[name] ?? name) ?? Number.NaN;
    return { name: `loss_parts.${name}`, kind: "loss", got: [got], expected: [expected] };
  });
}

/** Latents with a pair within 1e-6 of the edge of their window. */
function edgeLatents({ z, init, hyper }: SdlCase): ReadonlySet<number> {
  const theta = (init.log_theta as number[]).map(Math.exp);
  const near = (row: number[], i: number): boolean =>
    Math.abs(Math.abs((row[i] as number) - (theta[i] as number)) - (hyper.bandwidth as number) / 2) < 1e-6;
  return new Set([...theta.keys()].filter((i) => z.some((row) => near(row, i))));
}

function compareValues(
  kind: "gradient" | "parameter",
  found: ReadonlyMap<string, readonly number[]>,
  expected: Values,
  init: Values | undefined,
  skip: { readonly skip?: ReadonlySet<number> },
): Compared[] {
  const theta = init?.log_theta?.map(Math.exp);
  const rows: [string, readonly number[] | undefined, readonly number[] | undefined][] = [
    ["W_E", found.get("encoder"), expected.W_E.flat()],
    ["W_D", found.get("decoder"), transpose(expected.W_D).flat()],
    ["b_E", found.get("encoderBias"), expected.b_E],
    ["b_D", found.get("decoderBias"), expected.b_D],
  ];
  const results: Compared[] = rows.flatMap(([name, got, want]) =>
    want ? [{ name: `${kind} ${name}`, kind, got: got ?? [], expected: want }] : [],
  );
  if (expected.log_theta) {
    const raw = found.get("theta") ?? [];
    // Gradients: d/d log theta = theta d/d theta.
    const got = theta ? raw.map((g, i) => g * (theta[i] as number)) : raw;
    results.push({ name: `${kind} log_theta`, kind, got, expected: expected.log_theta, ...skip });
  }
  return results;
}
