import { random, referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { decoderMap } from "../src/index.js";

const [LATENTS, WIDTH, CLUSTERS] = [80, 12, 4];

/** Rows about four directions, of any length. */
function clustered(): Float32Array {
  const stream = random(0, "clusters");
  const centres = Array.from({ length: CLUSTERS }, () => Array.from({ length: WIDTH }, stream.normal));
  return Float32Array.from({ length: LATENTS * WIDTH }, (_, i) => {
    const latent = Math.floor(i / WIDTH);
    const centre = centres[latent % CLUSTERS] as number[];
    return (1 + (latent % 7)) * ((centre[i % WIDTH] as number) + 0.1 * stream.normal());
  });
}

/** Share of the latents whose nearest point of the map has the same direction. */
function kept({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }): number {
  const distance = (a: number, b: number): number =>
    Math.hypot((x[a] as number) - (x[b] as number), (y[a] as number) - (y[b] as number));
  const same = x.map((_, a) => {
    const others = x.map((_, b) => b).filter((b) => b !== a);
    const nearest = others.reduce((best, b) => (distance(a, b) < distance(a, best) ? b : best));
    return Number(nearest % CLUSTERS === a % CLUSTERS);
  });
  return same.reduce((sum, one) => sum + one, 0) / x.length;
}

describe("decoderMap", () => {
  it.each(["pca", "umap"] as const)(
    "lays near directions near each other, whatever their lengths: %s",
    async (method) => {
      const backend = referenceBackend();
      const map = await decoderMap(backend, clustered(), LATENTS, WIDTH, { method });
      expect(map.x).toHaveLength(LATENTS);
      expect(kept(map)).toBeGreaterThan(0.95);
      expect(backend.liveTensors()).toBe(0);
    },
  );

  it("gives the same map for the same seed, and another for another", async () => {
    const backend = referenceBackend();
    const map = await decoderMap(backend, clustered(), LATENTS, WIDTH);
    expect(map.method).toBe("UMAP of the decoder directions, seed 0");
    expect(await decoderMap(backend, clustered(), LATENTS, WIDTH)).toEqual(map);
    expect((await decoderMap(backend, clustered(), LATENTS, WIDTH, { seed: 1 })).x).not.toEqual(map.x);
  });

  it("takes principal components of few latents, and rows without length", async () => {
    const backend = referenceBackend();
    const decoder = clustered().fill(0, 0, WIDTH);
    const { method, x, y } = await decoderMap(backend, decoder.slice(0, 10 * WIDTH), 10, WIDTH);
    expect(method).toBe("first two principal components of the decoder directions");
    expect([...x, ...y].every(Number.isFinite)).toBe(true);
    const one = await decoderMap(backend, decoder.slice(WIDTH, 2 * WIDTH), 1, WIDTH);
    expect(one.x).toEqual([0]);
  });

  it("refuses a decoder of another size, and UMAP of a handful", async () => {
    const backend = referenceBackend();
    await expect(decoderMap(backend, new Float32Array(7), 2, 4)).rejects.toThrow(/got 7 numbers for 2 x 4/);
    await expect(decoderMap(backend, new Float32Array(8), 2, 4, { method: "umap" })).rejects.toThrow(
      /UMAP needs at least 32 latents, got 2/,
    );
  });
});
