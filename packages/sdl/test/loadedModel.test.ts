import { referenceBackend, type SparseRows } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { type Model, openModel, sae, scaleSamples, transcoder, transcodes } from "../src/index.js";
import { exampleModel, samples, specs } from "./checkpointExamples.js";

const batch = 7;

describe("openModel on the reference backend", () => {
  it.each([...specs])("%s: codes and reconstruction equal plain loops over the formulas", async (_, spec) => {
    for (const inputScaling of ["none", "constantNorm", "layerNorm"] as const) {
      const model = exampleModel(spec, { inputScaling });
      const x = samples(batch, spec.nP);
      const backend = referenceBackend();
      const loaded = openModel(backend, model);
      const live = backend.liveTensors();
      const { codes, reconstruction } = await loaded.run(x, batch);
      const expected = plainLoops(model, x);
      expect(nonzero(codes)).toEqual(expected.entries.map(({ b, i }) => [b, i]));
      expected.entries.forEach(({ value }, e) => {
        expect(codes.values[e]).toBeCloseTo(value, 5);
      });
      expected.reconstruction.forEach((value, j) => {
        expect(reconstruction[j]).toBeCloseTo(value, 5);
      });
      expect(await loaded.encode(x, batch)).toEqual(codes);
      (await loaded.decode(codes, x, batch)).forEach((value, j) => {
        expect(value).toBeCloseTo(reconstruction[j] as number, 5);
      });
      expect(backend.liveTensors()).toBe(live);
      loaded.dispose();
      expect(backend.liveTensors()).toBe(0);
    }
  });

  it("selects sample by sample: the rest of the batch does not matter for batchtopk", async () => {
    const model = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "batchtopk", k: 2 } }));
    const loaded = openModel(referenceBackend(), model);
    const x = samples(batch, 6);
    const all = await loaded.encode(x, batch);
    const first = await loaded.encode(x.subarray(0, 6), 1);
    expect(first.latents).toEqual(all.latents.slice(0, all.offsets[1]));
  });

  it("refuses a batchtopk model without its running threshold", () => {
    const { threshold: _, ...model } = exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "batchtopk", k: 2 } }));
    expect(() => openModel(referenceBackend(), model)).toThrow(
      new RangeError(
        "openModel: batchtopk needs its running threshold, a positive number, got none; train at least one step",
      ),
    );
  });

  it("names both widths where the samples do not fit", async () => {
    const loaded = openModel(referenceBackend(), exampleModel(sae({ nP: 6, nQ: 13, activation: { kind: "relu" } })));
    await expect(loaded.run(samples(3, 5), 3)).rejects.toThrow(
      "run: input must hold samples of width 6, the dictionary's, got width 5 in 3 samples",
    );
  });

  it("names the array that does not fit the specification", () => {
    const model = exampleModel(transcoder({ nP: 6, nR: 5, nQ: 13, activation: { kind: "relu" } }));
    const decoder = new Float32Array(13 * 6);
    expect(() => openModel(referenceBackend(), { ...model, weights: { ...model.weights, decoder } })).toThrow(
      "openModel: decoder must hold 65 values for this specification, got 78",
    );
  });
});

describe("scaleSamples", () => {
  it("constantNorm gives each sample the norm sqrt(P), and restore undoes it; a zero sample stays zero", () => {
    const { scaled, restore } = scaleSamples("constantNorm", Float32Array.of(3, 4, 0, 0), 2);
    // (3, 4) has norm 5, so c = sqrt(2) / 5.
    expect([...scaled].map((v) => v / Math.SQRT2)).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6), 0, 0]);
    expect([...restore(Float32Array.from(scaled), 2)]).toEqual([expect.closeTo(3, 5), expect.closeTo(4, 5), 0, 0]);
  });

  it("layerNorm takes the sample standard deviation, with 1e-5 on the way in only", () => {
    // mean 2, squared deviations 1 + 0 + 1, std sqrt(2 / (3 - 1)) = 1.
    const { scaled, restore } = scaleSamples("layerNorm", Float64Array.of(1, 2, 3), 3);
    expect([...scaled]).toEqual([-1 / 1.00001, 0, 1 / 1.00001]);
    expect([...restore(Float32Array.of(1, 1), 2)]).toEqual([3, 3]);
  });
});

interface Entry {
  readonly b: number;
  readonly i: number;
  readonly value: number;
}

/** The forward pass in float64, latent by latent. */
function plainLoops({ spec, weights, threshold, inputScaling }: Model, x: Float32Array) {
  const { nP, nR, nQ, activation, biases } = spec;
  const { encoder, decoder, encoderBias, decoderBias, theta, gateBias, magnitudeBias, magnitudeScale, skip } = weights;
  const at = (a: ArrayLike<number> | undefined, i: number): number => a?.[i] ?? 0;
  const dot = (a: ArrayLike<number>, row: number, b: readonly number[]) =>
    b.reduce((sum, value, d) => sum + at(a, row * b.length + d) * value, 0);
  const entries: Entry[] = [];
  const reconstruction: number[] = [];
  for (let b = 0; b < batch; b++) {
    const raw = [...x.subarray(b * nP, (b + 1) * nP)];
    const mean = raw.reduce((a, v) => a + v, 0) / nP;
    const std = Math.sqrt(raw.reduce((a, v) => a + (v - mean) ** 2, 0) / (nP - 1));
    const c = Math.sqrt(nP) / Math.hypot(...raw);
    const scaled = raw.map((v) =>
      inputScaling === "constantNorm" ? v * c : inputScaling === "layerNorm" ? (v - mean) / (std + 1e-5) : v,
    );
    const input = scaled.map((v, d) => v - (biases.subtractDecoderBias ? at(decoderBias, d) : 0));
    const u = Array.from({ length: nQ }, (_, i) => dot(encoder, i, input));
    const z = u.map((v, i) => v + at(encoderBias, i));
    const rank = (i: number) => z.filter((other, j) => other > at(z, i) || (other === at(z, i) && j < i)).length;
    const f = z.map((v, i) => {
      switch (activation.kind) {
        case "relu":
          return Math.max(v, 0);
        case "jumprelu":
          return v > at(theta, i) ? v : 0;
        case "batchtopk":
          return v > (threshold as number) ? v : 0;
        case "topk":
          return rank(i) < activation.k ? (activation.signed ? v : Math.max(v, 0)) : 0;
        case "groupmax": {
          const group = (j: number) => Math.floor((j * activation.k) / nQ);
          const isFirst = z.every((other, j) => group(j) !== group(i) || other < v || (other === v && j >= i));
          return isFirst ? Math.max(v, 0) : 0;
        }
        default: // gated
          return at(u, i) + at(gateBias, i) > 0
            ? Math.max(Math.exp(at(magnitudeScale, i)) * at(u, i) + at(magnitudeBias, i), 0)
            : 0;
      }
    });
    f.forEach((value, i) => {
      if (value !== 0) entries.push({ b, i, value });
    });
    for (let r = 0; r < nR; r++) {
      const decoded = f.reduce((sum, value, i) => sum + value * at(decoder, i * nR + r), at(decoderBias, r));
      const output = decoded + (skip ? dot(skip, r, raw) : 0);
      const restores = !transcodes(spec);
      if (restores && inputScaling === "constantNorm") reconstruction.push(output / c);
      else if (restores && inputScaling === "layerNorm") reconstruction.push(output * std + mean);
      else reconstruction.push(output);
    }
  }
  return { entries, reconstruction };
}

function nonzero({ offsets, latents }: SparseRows): number[][] {
  return [...latents].map((i, e) => [offsets.findLastIndex((start) => start <= e), i]);
}
