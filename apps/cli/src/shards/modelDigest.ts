import { createHash } from "node:crypto";
import type { Model } from "@monosema/sdl";

/** SHA-256 of a dictionary as it is run: what it computes, and how it reads its samples, whatever file it came from. */
export function modelDigest({ spec, weights, threshold, inputScaling, metadata = {} }: Model): string {
  const hash = createHash("sha256");
  const { reshape_activations: reshape = null } = metadata;
  hash.update(JSON.stringify({ spec, threshold: threshold ?? null, inputScaling, reshape }));
  for (const [name, values] of Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${name} ${values.length}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
