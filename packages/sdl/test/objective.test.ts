import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { crosscoder, type SdlSpec, sae, type Term, transcoder } from "../src/index.js";
import { evaluate, type Point, smoothPoint, worstError } from "./support/gradients.js";
import { plainObjective } from "./support/plainObjective.js";
import { activations, nQ } from "./support/specs.js";

const backend = referenceBackend();

describe("reconstruction gradients", () => {
  it.each(["relu", "jumprelu", "topk", "signed topk", "batchtopk"])(
    "%s: <encoder_i, d encoder_i> equals <decoder_i, d decoder_i> without biases (mask form)",
    async (name) => {
      const spec = transcoder({ nP: 4, nR: 3, nQ, activation: activations[name] as SdlSpec["activation"] });
      const { weights, batch } = smoothPoint(spec);
      const { gradients } = await evaluate(backend, spec, { weights, batch });
      const inner = (side: "encoder" | "decoder", width: number, i: number): number =>
        weights[side].subarray(i * width, (i + 1) * width).reduce((sum, v, d) => {
          return sum + v * ((gradients.get(side) as Float64Array)[i * width + d] as number);
        }, 0);
      for (let i = 0; i < nQ; i++) expect(inner("encoder", 4, i)).toBeCloseTo(inner("decoder", 3, i), 12);
    },
  );

  it("a crosscoder's reconstruction is the sum of its sources' losses", async () => {
    const spec = crosscoder({ sources: [2, 3], nQ, activation: { kind: "relu" } });
    const point = smoothPoint(spec);
    const { residual } = plainObjective(spec, point.weights, point.batch);
    const bySource = [0, 0];
    residual.forEach((v, j) => {
      const source = j % 5 < 2 ? 0 : 1;
      bySource[source] = (bySource[source] as number) + (v * v) / point.batch.size;
    });
    const { parts } = await evaluate(backend, spec, point);
    expect(parts.reconstruction).toBeCloseTo((bySource[0] as number) + (bySource[1] as number), 12);
  });
});

describe("ties and zero samples", () => {
  const spec = sae({ nP: 2, nQ: 4, activation: { kind: "topk", k: 2 } });
  const rows = Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0); // four equal latents
  const point = (...input: number[]): Point => ({
    weights: { encoder: rows, decoder: rows.slice() },
    batch: { size: input.length / 2, input: Float64Array.from(input), target: Float64Array.from(input) },
  });

  it("TopK of equal values takes the lowest indices", async () => {
    const { codes } = await evaluate(backend, spec, point(3, 1));
    expect([...codes]).toEqual([3, 3, 0, 0]);
  });

  it("BatchTopK of equal values takes the lowest samples, then the lowest indices", async () => {
    const batch = sae({ nP: 2, nQ: 4, activation: { kind: "batchtopk", k: 2.5 } });
    const { codes } = await evaluate(backend, batch, point(3, 1, 3, 2));
    expect([...codes]).toEqual([3, 3, 3, 3, 3, 0, 0, 0]);
  });

  it.each(Object.entries(activations))(
    "%s: a zero sample gives no active code and no gradient",
    async (_, activation) => {
      const { codes, gradients } = await evaluate(backend, sae({ nP: 2, nQ: 4, activation }), {
        ...point(0, 0),
        weights: {
          ...point(0, 0).weights,
          theta: new Float64Array(4).fill(1),
          magnitudeScale: new Float64Array(4),
        },
      });
      expect([...codes]).toEqual([0, 0, 0, 0]);
      for (const gradient of gradients.values()) expect([...gradient].every((v) => v === 0)).toBe(true);
    },
  );
});

describe("JumpReLU thresholds", () => {
  // One latent with encoder 1 on z ~ N(0, .01^2): dE[H]/dtheta = -pdf(theta) = -39.89 exp(-theta^2 / 2e-4).
  const size = 400_000;
  const stream = random(1, "z");
  const input = Float64Array.from({ length: size }, () => 0.01 * stream.normal());
  const thresholdGradient = async (theta: number, terms: SdlSpec["terms"], decoder: number): Promise<number> => {
    const spec = sae({ nP: 1, nQ: 1, activation: { kind: "jumprelu", theta, bandwidth: 0.001 }, terms });
    const { gradients } = await evaluate(backend, spec, {
      weights: { encoder: Float64Array.of(1), decoder: Float64Array.of(decoder), theta: Float64Array.of(theta) },
      batch: { size, input, target: input },
    });
    return (gradients.get("theta") as Float64Array)[0] as number;
  };

  // Sampling error: sqrt(.04 / 400,000) / .001 = .32; four of them.
  it.each([
    [0.001, -39.7],
    [0.0004, -39.86],
  ])(
    "the L0 gradient at theta %f estimates -pdf(theta) = %f: on z, not on f, and divided by the width once",
    async (theta, expected) => {
      const gradient = await thresholdGradient(theta, { l0: { coefficient: 1 } }, 0);
      expect(Math.abs(gradient - expected)).toBeLessThan(1.3);
    },
  );

  it("the reconstruction gradient sums -(theta/eps) <error, decoder> over the window, both halves", async () => {
    const [theta, decoder] = [0.001, 0.5];
    let expected = 0;
    for (const z of input) {
      if (Math.abs(z - theta) >= 0.0005) continue;
      const error = (z > theta ? z * decoder : 0) - z;
      expected -= (theta / 0.001) * (2 / size) * error * decoder;
    }
    expect(await thresholdGradient(theta, {}, decoder)).toBeCloseTo(expected, 12);
  });
});

describe("paths that other libraries lose", () => {
  const dead = [4, 5];
  /** Dead latents whose pre-activations are positive, yet below the main selection's. */
  const auxPoint = (spec: SdlSpec): Point => {
    const { weights, batch } = smoothPoint(spec);
    weights.encoder.forEach((v, j) => {
      weights.encoder[j] = j < 4 * spec.nP ? 5 * Math.abs(v) : 0.1 * Math.abs(v);
    });
    weights.encoderBias?.fill(0.1);
    const positive = batch.input.map(Math.abs);
    return { weights, batch: { ...batch, input: positive, target: positive, dead } };
  };
  const rowsOf = (gradient: Float64Array | undefined, width: number, latents: readonly number[]): number[] =>
    latents.flatMap((i) => [...(gradient ?? new Float64Array()).subarray(i * width, (i + 1) * width)]);

  it("AuxK reaches encoder and b_enc of dead latents that the main selection leaves out", async () => {
    const build = (terms: SdlSpec["terms"]): SdlSpec =>
      sae({
        nP: 4,
        nQ,
        activation: { kind: "topk", k: 2 },
        biases: { encoder: true, decoder: false, subtractDecoderBias: false },
        terms,
      });
    const withAux = build({ auxK: { coefficient: 1, k: 2 } });
    const point = auxPoint(withAux);
    const on = await evaluate(backend, withAux, point);
    const off = await evaluate(backend, build({}), point);
    for (const [name, width] of [
      ["encoder", 4],
      ["decoder", 4],
      ["encoderBias", 1],
    ] as const) {
      expect(rowsOf(off.gradients.get(name), width, dead).every((v) => v === 0)).toBe(true);
      expect(rowsOf(on.gradients.get(name), width, dead).every((v) => v !== 0)).toBe(true);
    }
  });

  it("AuxK holds the residual constant: b_dec and live latents get nothing from it", async () => {
    const build = (terms: SdlSpec["terms"]): SdlSpec =>
      sae({
        nP: 4,
        nQ,
        activation: { kind: "topk", k: 2 },
        biases: { encoder: false, decoder: true, subtractDecoderBias: false },
        terms,
      });
    const withAux = build({ auxK: { coefficient: 1, k: 2 } });
    const point = auxPoint(withAux);
    const on = await evaluate(backend, withAux, point);
    const off = await evaluate(backend, build({}), point);
    expect(on.gradients.get("decoderBias")).toEqual(off.gradients.get("decoderBias"));
    const live = [0, 1, 2, 3];
    expect(rowsOf(on.gradients.get("decoder"), 4, live)).toEqual(rowsOf(off.gradients.get("decoder"), 4, live));
  });

  it.each([
    ["more than there are dead latents", { k: 5 }],
    ["more than there are latents", { k: 1000 }],
    ["the default of half the input width, above the number of latents", {}],
  ])("AuxK with k %s uses all dead latents", async (_, auxK) => {
    const width = 20;
    const spec = sae({ nP: width, nQ, activation: { kind: "topk", k: 2 }, terms: { auxK } });
    const point = auxPoint(spec);
    const { parts } = await evaluate(backend, spec, point);
    const all = sae({ nP: width, nQ, activation: { kind: "topk", k: 2 }, terms: { auxK: { k: dead.length } } });
    expect(parts.auxK).toBe((await evaluate(backend, all, point)).parts.auxK);
    expect(parts.auxK).toBeGreaterThan(0);
  });

  it("AuxK without dead latents is 0, with no gradient", async () => {
    const spec = sae({ nP: 4, nQ, activation: { kind: "topk", k: 2 }, terms: { auxK: { coefficient: 0.5 } } });
    const { weights, batch } = smoothPoint(spec);
    const none: Point = { weights, batch: { ...batch, dead: [] } };
    const { parts, gradients } = await evaluate(backend, spec, none);
    const plain = await evaluate(backend, { ...spec, terms: {} }, none);
    expect(parts.auxK).toBe(0);
    for (const [name, gradient] of gradients) expect(gradient).toEqual(plain.gradients.get(name));
  });

  it("the gate's auxiliary gives no gradient to decoder and b_dec, though it opens the gate", async () => {
    const spec = sae({
      nP: 4,
      nQ,
      activation: { kind: "gated" },
      biases: { encoder: true, decoder: true, subtractDecoderBias: false },
    });
    const { weights, batch } = smoothPoint(spec);
    (weights.magnitudeBias as Float64Array).fill(-100); // every magnitude is 0
    const { parts, gradients, codes } = await evaluate(backend, spec, { weights, batch });
    expect(codes.every((v) => v === 0)).toBe(true);
    expect(parts.gatedAuxiliary).not.toBeCloseTo(parts.reconstruction as number, 3);
    expect((gradients.get("decoder") as Float64Array).every((v) => v === 0)).toBe(true);
    const ownOnly = Float64Array.from({ length: 4 }, (_, d) => {
      let sum = 0;
      for (let b = 0; b < batch.size; b++) {
        sum +=
          (2 / batch.size) * ((weights.decoderBias as Float64Array)[d] as number) -
          (2 / batch.size) * (batch.target[b * 4 + d] as number);
      }
      return sum;
    });
    expect(worstError(gradients.get("decoderBias"), ownOnly)).toBeLessThan(1e-12);
    expect((gradients.get("gateBias") as Float64Array).some((v) => v !== 0)).toBe(true);
  });

  it("a penalty on pre-activations moves the encoder of a silent latent", async () => {
    const spec = sae({ nP: 4, nQ, activation: { kind: "jumprelu", theta: 50, bandwidth: 200 } });
    const { weights, batch } = smoothPoint(spec);
    (weights.theta as Float64Array).fill(50);
    const push: Term = {
      name: "push",
      contribute: ({ backend: b, codes }) => ({
        value: () => b.sum(codes.pre),
        preActivations: b.binary("add", b.binary("mul", codes.pre, 0), 1),
      }),
    };
    const { codes, gradients } = await evaluate(backend, spec, { weights, batch }, [push]);
    expect(codes.every((v) => v === 0)).toBe(true);
    const columnSums = Float64Array.from({ length: nQ * 4 }, (_, j) => {
      let sum = 0;
      for (let b = 0; b < batch.size; b++) sum += batch.input[b * 4 + (j % 4)] as number;
      return sum;
    });
    expect(worstError(gradients.get("encoder"), columnSums)).toBeLessThan(1e-12);
  });

  it("two terms that anchor the same side are refused: only one could be obeyed", () => {
    const spec = sae({ nP: 4, nQ, activation: { kind: "relu" } });
    const anchors = (name: string): Term => ({
      name,
      contribute: ({ backend: b }) => ({
        value: () => b.tensor([0], []),
        decoder: { anchors: { rows: b.tensor([1, 0, 0, 0], [1, 4]), strength: 1 } },
      }),
    });
    return expect(evaluate(referenceBackend(), spec, smoothPoint(spec), [anchors("a"), anchors("b")])).rejects.toThrow(
      new RangeError("objective: at most one term may anchor decoder rows, got 2; join the anchors into one term"),
    );
  });
});

it("leaves nothing on the backend", () => expect(backend.liveTensors()).toBe(0));
