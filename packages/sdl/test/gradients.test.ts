import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import type { SdlSpec } from "../src/index.js";
import { evaluate, numericalGradients, smoothPoint, worstError } from "./support/gradients.js";
import { plainObjective } from "./support/plainObjective.js";
import { activations, biases, nQ, termSets, variants } from "./support/specs.js";

interface Case {
  readonly title: string;
  readonly spec: SdlSpec;
}

/** Combinations that validateSpec refuses; its own tests say which. */
const refused = (variant: string, bias: string, activation: string, terms: string): boolean =>
  (bias === "subtracted bias" && variant.includes("transcoder")) ||
  (terms === "l1 by sum of sources" && !variant.includes("crosscoder")) ||
  (terms.startsWith("l0") && activation !== "jumprelu") ||
  (terms === "auxK" && !/topk|groupmax/.test(activation)) ||
  (/prefix|many/.test(terms) && variant === "cross-layer transcoder") ||
  (terms === "multiK" && !activation.includes("topk"));

const groups = Object.entries(activations).flatMap(([activation, sigma]) =>
  Object.entries(termSets).flatMap(([terms, termsOf]) => {
    const cases = Object.entries(variants).flatMap(([variant, build]) =>
      Object.entries(biases).flatMap(([bias, trained]) =>
        refused(variant, bias, activation, terms)
          ? []
          : (["sum", "mean"] as const).map(
              (reduction): Case => ({
                title: `${variant}, ${bias}, ${reduction}`,
                spec: build({ nQ, activation: sigma, biases: trained, reduction, terms: termsOf(sigma) }),
              }),
            ),
      ),
    );
    return cases.length > 0 ? [[activation, terms, cases] as const] : [];
  }),
);

// Central differences with step 1e-5: truncation and rounding stay below 1e-8 here.
const tolerance = 1e-7;

describe("objective on the reference backend equals plain loops and their finite differences", () => {
  it.each(groups)("%s, %s", async (_activation, _terms, cases) => {
    const backend = referenceBackend();
    for (const { title, spec } of cases) {
      const point = smoothPoint(spec);
      const { codes, parts, gradients } = await evaluate(backend, spec, point);
      const { f, parts: expected } = plainObjective(spec, point.weights, point.batch);
      expect(worstError(codes, f), `${title}: codes`).toBeLessThan(1e-12);
      expect(Object.keys(parts).sort(), title).toEqual(Object.keys(expected).sort());
      for (const [name, value] of Object.entries(expected)) {
        expect(worstError([parts[name] as number], [value]), `${title}: value of ${name}`).toBeLessThan(1e-12);
      }
      const numerical = numericalGradients(spec, point);
      expect([...gradients.keys()], title).toEqual([...numerical.keys()]);
      for (const [name, gradient] of numerical) {
        expect(worstError(gradients.get(name), gradient), `${title}: gradient of ${name}`).toBeLessThan(tolerance);
      }
      expect(backend.liveTensors(), title).toBe(0);
    }
  });
});
