import type { Backend } from "@monosema/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readVector } from "../../../numerics/test/support/vectors.js";
import { type Compared, runSdlCase, type SdlVectors } from "./sdl.js";

/**
 * Every case of sdl.json on one backend.
 *
 * Tolerances (vectors/README.md): float64 values 1e-12, losses 1e-9, gradients and parameters 1e-8, relative to 1 + |expected|;
 * float32 values and losses 1e-5 relative, gradients 1e-5 of the parameter's largest entry, parameters 1e-5 absolute.
 */
export function sdlVectorSuite(open: () => Promise<Backend>): void {
  const vectors = readVector("sdl.json") as SdlVectors | undefined;
  describe.skipIf(vectors === undefined)(`sdl.json (${vectors ? "shown" : "needs the folder of vectors"})`, () => {
    let backend: Backend;
    let live = 0;
    beforeAll(async () => {
      backend = await open();
      live = backend.liveTensors();
    });
    afterAll(() => backend?.close());

    it.each((vectors?.cases ?? []).map((c) => [c.name, c] as const))("%s", async (_name, c) => {
      for (const compared of await runSdlCase(backend, vectors as SdlVectors, c)) {
        const worst = worstExcess(compared, backend.precision);
        expect(
          worst.excess,
          `${c.name} ${compared.name}[${worst.index}]: got ${worst.got}, expected ${worst.expected}`,
        ).toBeLessThanOrEqual(1);
      }
      expect(backend.liveTensors()).toBe(live);
    });
  });
}

interface Worst {
  /** Error divided by its tolerance. */
  readonly excess: number;
  readonly index: number;
  readonly got: number | undefined;
  readonly expected: number | undefined;
}

function worstExcess({ kind, got, expected, skip }: Compared, precision: Backend["precision"]): Worst {
  if (got.length !== expected.length)
    return { excess: Number.POSITIVE_INFINITY, index: -1, got: got.length, expected: expected.length };
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const exact = precision === "float64";
  const tolerance = (value: number): number => {
    if (kind === "support") return 0.5;
    if (exact) return { value: 1e-12, loss: 1e-9, gradient: 1e-8, parameter: 1e-8 }[kind] * (1 + Math.abs(value));
    return 1e-5 * { value: 1 + Math.abs(value), loss: 1 + Math.abs(value), gradient: largest, parameter: 1 }[kind];
  };
  let worst: Worst = { excess: 0, index: 0, got: got[0], expected: expected[0] };
  expected.forEach((value, index) => {
    if (!exact && skip?.has(index)) return;
    const error = Math.abs((got[index] as number) - value);
    const allowed = tolerance(value);
    const excess = error === 0 ? 0 : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / allowed;
    if (excess > worst.excess) worst = { excess, index, got: got[index], expected: value };
  });
  return worst;
}
