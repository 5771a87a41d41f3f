import { matFrom } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { type AbsorptionReportInput, absorptionReport } from "../src/index.js";

const eye = matFrom([
  [1, 0],
  [0, 1],
]);
/** Parent 0, child 1 that implies it; kappa of the parent is absorbed by the child's latent. */
const absorbed = (kappa: number): AbsorptionReportInput => ({
  encoder: matFrom([
    [1, -kappa],
    [0, 1],
  ]),
  decoder: matFrom([
    [1, 0],
    [kappa, 1],
  ]),
  x: matFrom([
    [1, 0],
    [1, 0],
    [1, 2],
    [1, 1],
  ]),
  featuresP: eye,
  featuresR: eye,
  parent: 0,
  children: [1],
  sigma: { kind: "relu" },
});

describe("absorptionReport", () => {
  it("reads kappa from the decoder and the encoder, and counts the silent parents", () => {
    // kappa 1/2: the parent's code is 1 - kappa b, silent at b = 2 only.
    const { mainNeuron, children } = absorptionReport(absorbed(0.5));
    expect(mainNeuron).toBe(0);
    expect(children[0]).toEqual({
      child: 1,
      childNeuron: 1,
      falseNegative: 0.5,
      kappa: 0.5,
      encoderSuppression: 0.5,
      flagged: true,
    });
    expect(absorptionReport(absorbed(0)).children[0]).toMatchObject({
      falseNegative: 0,
      kappa: 0,
      encoderSuppression: 0,
      flagged: false,
    });
  });

  it("does not change with the scale of latents", () => {
    const input = absorbed(0.5);
    const scaled = {
      ...input,
      encoder: matFrom([
        [3, -1.5],
        [0, 2],
      ]),
      decoder: matFrom([
        [1 / 3, 0],
        [0.25, 0.5],
      ]),
    };
    expect(absorptionReport(scaled).children).toEqual(absorptionReport(input).children);
  });

  it("gives null and a warning where a group is empty", () => {
    const report = absorptionReport({ ...absorbed(0.5), x: matFrom([[1, 0]]) });
    expect(report.children[0]?.falseNegative).toBeNull();
    expect(report.warnings.join()).toMatch(/no sample for one of the two groups/);
  });

  it("reports one latent for both, and a child without a share of its latent, as what they are", () => {
    const one = absorptionReport({
      ...absorbed(0),
      decoder: matFrom([
        [1, 0.1],
        [-1, -1],
      ]),
    });
    expect(one.children[0]?.childNeuron).toBe(one.mainNeuron);
    expect(one.warnings.join()).toMatch(/share latent 0/);
    const none = absorptionReport({
      ...absorbed(0),
      decoder: matFrom([
        [1, 0],
        [1, 0],
      ]),
    });
    expect(none.children[0]?.kappa).toBeNull();
  });

  it("leaves the suppression undefined where the parent does not drive its latent", () => {
    const report = absorptionReport({
      ...absorbed(0),
      encoder: matFrom([
        [-1, 0],
        [0, 1],
      ]),
    });
    expect(report.children[0]?.encoderSuppression).toBeNull();
    expect(report.warnings.join()).toMatch(/does not drive its own latent/);
  });

  it("works on more samples than fit in a block, with any activation", () => {
    const input = absorbed(0.5);
    const x = matFrom(Array.from({ length: 700 }, (_, k) => (k % 2 === 0 ? [1, 0] : [1, 2])));
    for (const sigma of [{ kind: "relu" }, { kind: "topk-relu", k: 2 }, { kind: "batchtopk-relu", k: 2 }] as const) {
      expect(absorptionReport({ ...input, x, sigma }).children[0]?.falseNegative).toBe(1);
    }
  });

  it.each<[Partial<AbsorptionReportInput>, RegExp]>([
    [{ children: [0] }, /children must not hold the parent, got 0/],
    [{ children: [2] }, /children must be a whole number from 0 to 1, got 2/],
    [{ x: matFrom([[1, -1]]) }, /x must be at least 0, got -1/],
    [{ x: matFrom([[1]]) }, /x must have 2 columns, got 1/],
  ])("refuses %j", (change, message) => {
    expect(() => absorptionReport({ ...absorbed(0.5), ...change })).toThrow(message);
  });
});
