import type { AnchorSet } from "@monosema/anchoring";
import { normaliseRows } from "@monosema/numerics";
import { random } from "@monosema/tensor";

/** Anchors that miss their directions: each row has about this cosine with the one given, the rest is random. */
export function blurredAnchors(anchors: AnchorSet, cosine: number, seed: number): AnchorSet {
  if (cosine === 1) return anchors;
  const blur = (rows: AnchorSet["input"], side: string): Float32Array => {
    const width = rows.length / anchors.count;
    const noise = Float64Array.from({ length: rows.length }, random(seed, "blur", side).normal);
    normaliseRows(noise, width);
    const off = Math.sqrt(1 - cosine * cosine);
    const mixed = noise.map((value, i) => off * value + cosine * (rows[i] as number));
    normaliseRows(mixed, width);
    return Float32Array.from(mixed);
  };
  const input = blur(anchors.input, "input");
  return { ...anchors, input, target: anchors.target === anchors.input ? input : blur(anchors.target, "target") };
}

/** Mean cosine of anchors with the features that they stand for `[n, P]`; null where they stand for none. */
export function anchorCosine({ features, input, count }: AnchorSet, truth: Float64Array | Float32Array): number | null {
  if (features === undefined) return null;
  const width = input.length / count;
  let sum = 0;
  features.forEach((feature, i) => {
    for (let d = 0; d < width; d++) sum += (input[i * width + d] as number) * (truth[feature * width + d] as number);
  });
  return sum / count;
}
