import { dot, type Mat, row, takeRows, zeros } from "@monosema/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { real } from "../../numerics/test/support/arbitraries.js";
import { approximateLoss, isolatedCodes, type Sigma } from "../src/index.js";
import { model } from "./support/arbitraries.js";

const homogeneous: Sigma[] = [{ kind: "relu" }, { kind: "topk", k: 2 }, { kind: "topk-relu", k: 2 }];

describe("approximateLoss", () => {
  it.each(homogeneous)("under $kind does not change when features and latents are permuted or rescaled", (sigma) => {
    fc.assert(
      fc.property(model(real), ({ featuresP, featuresR, encoder, decoder, weights, features, latents, scales }) => {
        if (isolatedCodes({ encoder, featuresP, sigma }).ties.length > 0) return; // a tie goes by index
        const before = approximateLoss({ featuresP, featuresR, encoder, decoder, weights, sigma });
        // Scaling single latents can change which are selected: only ReLU allows it.
        const scale = (i: number): number => (sigma.kind === "relu" ? (scales[i] as number) : 2);
        const rescaled = (mat: Mat, power: number): Mat => ({
          ...mat,
          data: mat.data.map((value, at) => value * scale(Math.floor(at / mat.cols)) ** power),
        });
        const after = approximateLoss({
          featuresP: takeRows(featuresP, features),
          featuresR: takeRows(featuresR, features),
          weights: features.map((d) => weights[d] as number),
          encoder: takeRows(rescaled(encoder, 1), latents),
          decoder: takeRows(rescaled(decoder, -1), latents),
          sigma,
        });
        expect(after.total).toBeCloseTo(before.total, 10);
        features.forEach((d, at) => {
          expect(after.perFeature[at]).toBeCloseTo(before.perFeature[d] as number, 10);
        });
      }),
    );
  });

  it("has the gradients of finite differences, and <w_E, grad_E> = <w_D, grad_D> for each latent", () => {
    fc.assert(
      fc.property(model(real, 2), (input) => {
        const sigma: Sigma = { kind: "relu" };
        const { pre } = isolatedCodes({ ...input, sigma });
        if (pre.data.some((value) => Math.abs(value) < 1e-4)) return;
        const found = approximateLoss({ ...input, sigma });
        const step = 1e-6;
        for (const [name, gradient] of [
          ["encoder", found.gradEncoder],
          ["decoder", found.gradDecoder],
        ] as const) {
          for (let at = 0; at < gradient.data.length; at++) {
            const moved = (by: number): number => {
              const data = Float64Array.from(input[name].data);
              data[at] = (data[at] as number) + by;
              return approximateLoss({ ...input, [name]: { ...input[name], data }, sigma }).total;
            };
            expect((moved(step) - moved(-step)) / (2 * step)).toBeCloseTo(gradient.data[at] as number, 6);
          }
        }
        for (let i = 0; i < input.encoder.rows; i++) {
          const encoderSide = dot(row(input.encoder, i), row(found.gradEncoder, i));
          expect(encoderSide).toBeCloseTo(dot(row(input.decoder, i), row(found.gradDecoder, i)), 10);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("is the same with few active latents as with many: sparse and dense products agree", () => {
    const random = (rows: number, cols: number, seed: number): Mat => ({
      rows,
      cols,
      data: Float64Array.from({ length: rows * cols }, (_, at) => Math.sin(seed + 12.9898 * at) * 2),
    });
    const features = { featuresP: random(6, 5, 1), featuresR: random(6, 4, 2) };
    const [encoder, decoder] = [random(60, 5, 3), random(60, 4, 4)];
    const weights = [1, 2, 3, 0, 1, 1];
    const few = approximateLoss({ ...features, encoder, decoder, weights, sigma: { kind: "topk-relu", k: 7 } });
    const many = approximateLoss({ ...features, encoder, decoder, weights, sigma: { kind: "topk-relu", k: 8 } });
    for (const [k, found] of [
      [7, few],
      [8, many],
    ] as const) {
      const { codes, mask } = isolatedCodes({
        encoder,
        featuresP: features.featuresP,
        sigma: { kind: "topk-relu", k },
      });
      const expected = zeros(60, 5);
      let total = 0;
      for (let d = 0; d < 6; d++) {
        const residual = Float64Array.from(row(features.featuresR, d));
        for (let i = 0; i < 60; i++) {
          for (let r = 0; r < 4; r++) {
            residual[r] =
              (residual[r] as number) - (codes.data[d * 60 + i] as number) * (decoder.data[i * 4 + r] as number);
          }
        }
        total += (weights[d] as number) * dot(residual, residual);
        for (let i = 0; i < 60; i++) {
          const pull = mask.data[d * 60 + i] === 1 ? -2 * (weights[d] as number) * dot(row(decoder, i), residual) : 0;
          for (let p = 0; p < 5; p++) {
            expected.data[i * 5 + p] =
              (expected.data[i * 5 + p] as number) + pull * (features.featuresP.data[d * 5 + p] as number);
          }
        }
      }
      expect(found.total).toBeCloseTo(total, 10);
      found.gradEncoder.data.forEach((value, at) => {
        expect(value).toBeCloseTo(expected.data[at] as number, 10);
      });
    }
  });

  it("warns where the activation is not homogeneous, and refuses negative weights and codes of another encoder", () => {
    const one = zeros(1, 1);
    const input = { encoder: one, decoder: one, featuresP: one, featuresR: one };
    const jump = approximateLoss({ ...input, weights: [1], sigma: { kind: "jumprelu", theta: 1 } });
    expect(jump.warnings[0]).toMatch(/^jumprelu is not homogeneous/);
    expect(() => approximateLoss({ ...input, weights: [-1], sigma: { kind: "relu" } })).toThrow(
      /weights must not be negative, got -1 at index 0/,
    );
    const isolated = isolatedCodes({ encoder: zeros(2, 1), featuresP: one, sigma: { kind: "relu" } });
    expect(() => approximateLoss({ ...input, weights: [1], sigma: { kind: "relu" }, isolated })).toThrow(
      /isolated must be the codes of this encoder and these features, got 1 x 2 for 1 x 1/,
    );
  });
});
