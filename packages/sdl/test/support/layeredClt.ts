import type { LayerWidths, SdlSpec, Weights } from "../../src/index.js";
import {
  backward,
  inner,
  minus,
  plus,
  positive,
  root,
  type Scalar,
  scalar,
  scaled,
  times,
  total,
} from "./scalarTape.js";

/** A cross-layer transcoder layer by layer: no matrix holds more than one pair of layers. */
export interface LayeredClt {
  /** Encoder of each layer `[Q_l][P_l]`. */
  readonly encoders: number[][][];
  /** b_enc of each layer. */
  readonly encoderBiases?: number[][];
  /** Decoder of each source and target layer `[Q_l][R_m]`, `decoders[l][m - l]`. */
  readonly decoders: number[][][][];
  /** b_dec of each target. */
  readonly decoderBiases?: number[][];
}

/** Takes the blocks out of the arrays of a model. */
export function layered(layers: readonly LayerWidths[], weights: Weights): LayeredClt {
  const [p, r, q] = (["nP", "nR", "nQ"] as const).map((width) => startsOf(layers, width)) as [
    number[],
    number[],
    number[],
  ];
  const [nP, nR] = [p.at(-1) as number, r.at(-1) as number];
  const block = (matrix: Float32Array, width: number, rows: [number, number], columns: [number, number]): number[][] =>
    range(...rows).map((i) => [...matrix.subarray(i * width + columns[0], i * width + columns[1])]);
  const span = (starts: number[], l: number): [number, number] => [starts[l] as number, starts[l + 1] as number];
  const parts = (vector: Float32Array, starts: number[]) =>
    layers.map((_, l) => [...vector.subarray(...span(starts, l))]);
  return {
    encoders: layers.map((_, l) => block(weights.encoder, nP, span(q, l), span(p, l))),
    decoders: layers.map((_, l) =>
      range(l, layers.length).map((m) => block(weights.decoder, nR, span(q, l), span(r, m))),
    ),
    ...(weights.encoderBias ? { encoderBiases: parts(weights.encoderBias, q) } : {}),
    ...(weights.decoderBias ? { decoderBiases: parts(weights.decoderBias, r) } : {}),
  };
}

/** Five (or so) steps of Adam (Kingma & Ba 2015) on the loss of a batch for each step, in float64 throughout. */
export function trainLayered(
  spec: SdlSpec,
  start: LayeredClt,
  batches: readonly { readonly input: Float32Array; readonly target: Float32Array; readonly size: number }[],
  { lr, clip = Number.POSITIVE_INFINITY }: { readonly lr: number; readonly clip?: number },
): LayeredClt {
  const numbers = structuredClone(start) as { [name in keyof LayeredClt]: LayeredClt[name] };
  const moments = new Map<string, { m: number; v: number }>();
  batches.forEach((batch, index) => {
    const t = index + 1;
    const { model, leaves } = onTape(numbers);
    backward(lossOf(spec, model, batch));
    if (spec.unitNormDecoder) for (const row of decoderRows(model)) project(row);
    const norm = Math.hypot(...leaves.map(({ node }) => node.gradient));
    for (const { node, path, set } of leaves) {
      const g = node.gradient * (norm > clip ? clip / norm : 1);
      const { m: m0, v: v0 } = moments.get(path) ?? { m: 0, v: 0 };
      const [m, v] = [0.9 * m0 + 0.1 * g, 0.999 * v0 + 0.001 * g * g];
      moments.set(path, { m, v });
      set(node.value - (lr * m) / (1 - 0.9 ** t) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8));
    }
    if (spec.unitNormDecoder) renormalise(numbers.decoders);
  });
  return numbers;
}

interface TapedClt {
  readonly encoders: Scalar[][][];
  readonly encoderBiases?: Scalar[][];
  readonly decoders: Scalar[][][][];
  readonly decoderBiases?: Scalar[][];
}

/** f_l = sigma(W_enc^l x_l + b_l); y_m = b_m + sum over l <= m of f_l W_dec^{l->m}; the sum of squares over layers, and the terms. */
function lossOf(
  spec: SdlSpec,
  model: TapedClt,
  { input, target, size }: { readonly input: Float32Array; readonly target: Float32Array; readonly size: number },
): Scalar {
  const layers = spec.layers as readonly LayerWidths[];
  const [p, r] = [startsOf(layers, "nP"), startsOf(layers, "nR")];
  const codes = range(0, size).map((b) =>
    layers.map(({ nP }, l) => {
      const x = [...input.subarray(b * spec.nP + (p[l] as number), b * spec.nP + (p[l] as number) + nP)].map(scalar);
      return (model.encoders[l] as Scalar[][]).map((row, i) => {
        const u = inner(row, x);
        return model.encoderBiases ? plus(u, (model.encoderBiases[l] as Scalar[])[i] as Scalar) : u;
      });
    }),
  );
  const active = selected(spec, codes);
  const losses = range(0, size).flatMap((b) =>
    layers.map(({ nR }, m) => {
      const outputs = range(0, nR).map((d) => {
        const terms = range(0, m + 1).flatMap((l) =>
          ((active[b] as Scalar[][])[l] as Scalar[]).map((f, i) =>
            times(f, model.decoders[l]?.[m - l]?.[i]?.[d] as Scalar),
          ),
        );
        const bias = model.decoderBiases?.[m]?.[d];
        return total(bias ? [...terms, bias] : terms);
      });
      const start = b * spec.nR + (r[m] as number);
      return total(
        outputs.map((y, d) => {
          const error = minus(y, scalar(target[start + d] as number));
          return times(error, error);
        }),
      );
    }),
  );
  const terms = [scaled(total(losses), 1 / size)];
  if (spec.terms.l1) {
    const norms = rowNorms(model);
    const weighted = active.flatMap((row) =>
      row.flatMap((layer, l) => layer.map((f, i) => times(f, norms[l]?.[i] as Scalar))),
    );
    terms.push(scaled(total(weighted), spec.terms.l1.coefficient / size));
  }
  if (spec.terms.weightDecay) {
    const all = [...model.encoders.flat(2), ...model.decoders.flat(3)];
    terms.push(scaled(total(all.map((w) => times(w, w))), spec.terms.weightDecay));
  }
  return total(terms);
}

/** What the activation keeps: counts are over the latents of all layers. */
function selected({ activation }: SdlSpec, codes: Scalar[][][]): Scalar[][][] {
  const none = scalar(0);
  const keep = (pool: readonly Scalar[], count: number): Set<Scalar> =>
    new Set([...pool].sort((a, b) => b.value - a.value).slice(0, count));
  const kept = (row: Scalar[][]): Set<Scalar> =>
    activation.kind === "topk"
      ? keep(row.flat(), activation.k)
      : activation.kind === "batchtopk"
        ? keep(codes.flat(2), Math.floor(activation.k * codes.length))
        : new Set(row.flat());
  return codes.map((row) => {
    const own = kept(row);
    return row.map((layer) => layer.map((z) => (own.has(z) ? positive(z) : none)));
  });
}

/** The norm of each latent's decoder row over all its targets. */
const rowNorms = (model: TapedClt): Scalar[][] =>
  model.decoders.map((targets) =>
    (targets[0] as Scalar[][]).map((_, i) =>
      root(total(targets.flatMap((rows) => (rows[i] as Scalar[]).map((w) => times(w, w))))),
    ),
  );

const decoderRows = (model: TapedClt): Scalar[][] =>
  model.decoders.flatMap((targets) =>
    (targets[0] as Scalar[][]).map((_, i) => targets.flatMap((rows) => rows[i] as Scalar[])),
  );

function project(row: readonly Scalar[]): void {
  const along = row.reduce((sum, { gradient, value }) => sum + gradient * value, 0);
  for (const one of row) one.gradient -= along * one.value;
}

function renormalise(decoders: number[][][][]): void {
  for (const targets of decoders) {
    (targets[0] as number[][]).forEach((_, i) => {
      const norm = Math.hypot(...targets.flatMap((rows) => rows[i] as number[]));
      for (const rows of targets) rows[i] = (rows[i] as number[]).map((w) => w / norm);
    });
  }
}

interface Leaf {
  readonly node: Scalar;
  readonly path: string;
  readonly set: (value: number) => void;
}

/** Every number as a scalar on a new tape, and how to change it. */
function onTape(numbers: LayeredClt): { readonly model: TapedClt; readonly leaves: readonly Leaf[] } {
  const leaves: Leaf[] = [];
  const taped = (value: unknown, path: string, set: (value: number) => void): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, i) =>
        taped(item, `${path}.${i}`, (next) => {
          value[i] = next;
        }),
      );
    }
    const node = scalar(value as number);
    leaves.push({ node, path, set });
    return node;
  };
  const entries = Object.entries(numbers).map(([name, value]) => [name, taped(value, name, () => {})]);
  return { model: Object.fromEntries(entries) as TapedClt, leaves };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Where each layer begins, and where the last one ends. */
function startsOf(layers: readonly LayerWidths[], width: keyof LayerWidths): number[] {
  let end = 0;
  const ends = layers.map((layer) => {
    end += layer[width];
    return end;
  });
  return [0, ...ends];
}
