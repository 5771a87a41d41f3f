import { matFrom } from "@monosema/numerics";
import { describe, expect, it } from "vitest";
import { approximateLoss } from "../src/codes/approximateLoss.js";
import { alternatingConvexSearch } from "../src/minima/alternatingConvexSearch.js";
import { partialMinimumCheck } from "../src/minima/partialMinimumCheck.js";
import type { Sigma } from "../src/sigma.js";
import { drawer } from "./support/randomModels.js";

describe("alternatingConvexSearch", () => {
  it.each<[Sigma]>([
    [{ kind: "relu" }],
    [{ kind: "jumprelu", theta: 0.1 }],
    [{ kind: "topk-relu", k: 2 }],
    [{ kind: "topk", k: 2 }],
    [{ kind: "batchtopk-relu", k: 1 }],
    [{ kind: "relu", bias: Float64Array.of(0.1, -0.2, 0.3) }],
  ])("never raises the loss and keeps its mask within the region, with %j", (sigma) => {
    for (let seed = 1; seed <= 6; seed++) {
      const model = drawer(seed).model({ n: 5, nP: 3, nR: 2, nQ: 3 }, sigma);
      const found = alternatingConvexSearch({ ...model, maxIters: 40 });
      expect(found.history[0]).toBeCloseTo(approximateLoss(model).total, 12);
      found.history.forEach((loss, at) => {
        expect(loss).toBeLessThanOrEqual(at === 0 ? loss : (found.history[at - 1] as number));
      });
      if (sigma.kind !== "relu") continue;
      // At the boundary a rounding error may switch a code of size 1e-16, which does not change the loss.
      const { total } = approximateLoss({ ...model, encoder: found.encoder, decoder: found.decoder });
      expect(total).toBeCloseTo(found.history.at(-1) as number, 9);
    }
  });

  it("ends at a partial minimum of its closed region", () => {
    let checked = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const model = drawer(seed).model({ n: 4, nP: 4, nR: 3, nQ: 3 }, { kind: "relu" });
      const found = alternatingConvexSearch({ ...model, maxIters: 400, crossFacets: false });
      if (found.status === "max-iterations") continue;
      checked++;
      expect(["converged", "pattern-collapse", "zero-decoder"]).toContain(found.status);
      const { gapD, gapE } = partialMinimumCheck({ ...model, encoder: found.encoder, decoder: found.decoder });
      // Binding entries count as off in the check, which may open a little of the region across.
      expect(gapD).toBeLessThan(1e-7);
      if (found.boundary.length === 0) expect(gapE).toBeLessThan(1e-7);
    }
    expect(checked).toBeGreaterThan(6);
  });

  it("crosses a facet only where that lowers the loss", () => {
    let crossed = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const model = drawer(seed).model({ n: 4, nP: 2, nR: 2, nQ: 2 }, { kind: "relu" });
      const inside = alternatingConvexSearch({ ...model, maxIters: 300, crossFacets: false });
      const across = alternatingConvexSearch({ ...model, maxIters: 300 });
      const [a, b] = [inside.history.at(-1) as number, across.history.at(-1) as number];
      if (across.facetsCrossed > 0) {
        crossed++;
        expect(b).toBeLessThan(a);
        const { total } = approximateLoss({ ...model, encoder: across.encoder, decoder: across.decoder });
        expect(total).toBeCloseTo(b, 9);
      }
    }
    expect(crossed).toBeGreaterThan(0);
  });

  it("stops with a reason where nothing can be learned", () => {
    const off = matFrom([[-1, -1]]);
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const found = alternatingConvexSearch({
      encoder: off,
      decoder: off,
      featuresP,
      featuresR: featuresP,
      weights: [1, 1],
      sigma: { kind: "relu" },
    });
    expect(found.status).toBe("zero-decoder");
    expect(found.history.at(-1)).toBe(2);
  });

  it("leaves rows without influence as they are", () => {
    const encoder = matFrom([
      [1, 1],
      [-1, -2],
    ]);
    const featuresP = matFrom([
      [1, 0],
      [0, 1],
    ]);
    const found = alternatingConvexSearch({
      encoder,
      decoder: encoder,
      featuresP,
      featuresR: featuresP,
      weights: [1, 1],
      sigma: { kind: "relu" },
    });
    expect([...found.encoder.data.subarray(2)]).toEqual([-1, -2]);
  });
});
