import type { Mat } from "@monosema/numerics";
import { expect, it } from "vitest";
import { activationPattern, conicIndependence, realizePattern, recheck, type Sigma } from "../src/index.js";
import { seededRandom } from "../src/seededRandom.js";

const { uniform, normal } = seededRandom(11);
const below = (n: number): number => Math.floor(uniform() * n);
const decades = (): number => 10 ** (below(9) - 4);

/** Features with rows of very different lengths, of small whole numbers, or with entries of very different sizes. */
function features(rows: number, cols: number): Mat {
  const mode = below(3);
  const lengths = Array.from({ length: rows }, decades);
  const entry = (at: number): number => {
    if (mode === 0) return normal() * (lengths[Math.floor(at / cols)] as number);
    return mode === 1 ? below(5) - 2 : normal() * decades();
  };
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, (_, at) => entry(at)) };
}

function activation(latents: number): Sigma {
  const k = 1 + below(latents);
  const kinds: Sigma[] = [
    { kind: "relu" },
    { kind: "relu", bias: Float64Array.from({ length: latents }, normal) },
    { kind: "topk", k },
    { kind: "topk-relu", k },
    { kind: "batchtopk-relu", k },
    { kind: "jumprelu", theta: decades() },
  ];
  return kinds[below(kinds.length)] as Sigma;
}

it("never refutes a pattern that an encoder has, and gives no certificate that fails: 10,000 bad problems", () => {
  const count = { own: 0, undecided: 0, proofs: 0 };
  for (let run = 0; run < 10_000; run++) {
    const [n, nP, nQ] = [1 + below(6), 1 + below(4), 1 + below(3)];
    const featuresP = features(n, nP);
    const sigma = activation(nQ);
    const encoder: Mat = { rows: nQ, cols: nP, data: Float64Array.from({ length: nQ * nP }, normal) };
    const { sets, ambiguous } = activationPattern({ encoder, featuresP, sigma });
    const own = uniform() < 0.5 && ambiguous.length === 0;
    const pattern = own ? sets : sets.map(() => Array.from({ length: n }, (_, d) => d).filter(() => uniform() < 0.5));
    const found = realizePattern({ featuresP, pattern, sigma });
    if (found.certificate) expect(recheck(found.certificate).holds).toBe(true);
    if (own) expect(found.realizable || found.undecided).toBe(true);
    count.own += own ? 1 : 0;
    count.undecided += found.undecided ? 1 : 0;
    for (const { certificate } of run % 5 === 0 ? conicIndependence({ featuresP }).perFeature : []) {
      if (certificate === null) continue;
      expect(recheck(certificate).holds).toBe(true);
      count.proofs++;
    }
  }
  expect(count.own).toBeGreaterThan(4000);
  expect(count.proofs).toBeGreaterThan(5000);
  expect(count.undecided).toBeLessThan(500);
});
