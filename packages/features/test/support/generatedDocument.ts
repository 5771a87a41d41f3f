import { random } from "@monosema/tensor";
import type { Example, ExampleView, FeatureDocument, FeatureRecord } from "../../src/index.js";

/** Options of {@link generatedDocument}. */
export interface GeneratedOptions {
  /** Latents. Default 60. */
  readonly latents?: number;
  /** Examples of each. Default 12. */
  readonly examples?: number;
  /** Kinds of views, taken in turn by latent. Default all four. */
  readonly kinds?: readonly ExampleView["kind"][];
  /** Seed. Default 0. */
  readonly seed?: number;
}

const words = [
  ..." the of and to a in that it is was for on with as he be at by this had not are but from or have an they which".split(
    / (?=\w)/,
  ),
  ..."lantern river harbour seem appear digits decimal purpose object goal signal winter tender grammar clause".split(
    " ",
  ),
].map((word) => ` ${word.trim()}`);

const pixel =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 60 40'%3E%3Crect width='60' height='40' fill='%23ddd'/%3E%3Ccircle cx='42' cy='14' r='9' fill='%23555'/%3E%3C/svg%3E";

/**
 * A document with all that a record may hold: latent 0 is dead, latent 1 has no more than the required parts, latent 2 is named, checked
 * and audited, and texts hold what HTML and scripts would trip over.
 */
export function generatedDocument({
  latents = 60,
  examples = 12,
  kinds = ["tokens", "text", "image", "vector"],
  seed = 0,
}: GeneratedOptions = {}): FeatureDocument {
  const features = Array.from({ length: latents }, (_, latent) =>
    record(latent, latents, examples, kinds[latent % kinds.length] as ExampleView["kind"], seed),
  );
  const stream = random(seed, "map");
  return {
    title: "Generated & <dictionary>",
    checkpoint: "runs/my train",
    options: "--data acts.npy",
    ...{ latents, alive: latents - 1, rows: 24_000, sampledRows: 20_000 },
    facts: [
      ["model", "test-model"],
      ["fvu", "0.19"],
    ],
    warnings: ["The logit lens is noise before the last third of the model (layer 14 of 30)."],
    features,
    map: {
      method: "random places",
      x: Array.from({ length: latents }, stream.normal),
      y: Array.from({ length: latents }, stream.normal),
    },
  };
}

function record(
  latent: number,
  latents: number,
  count: number,
  kind: ExampleView["kind"],
  seed: number,
): FeatureRecord {
  const stream = random(seed, "record", latent);
  const max = 2 + 30 * stream.uniform();
  const other = (step: number): number => (latent + step) % latents;
  const example = (value: number): Example => ({
    row: stream.integer(24_000),
    value,
    ...(kind === "vector" ? {} : { document: stream.integer(72), position: stream.integer(128) }),
    ...(kind === "tokens" ? { token: stream.integer(5000) } : {}),
    view: view(kind, value, stream),
  });
  const falling = (from: number, to: number, size: number): readonly Example[] =>
    Array.from({ length: size }, (_, i) => example(max * (from - ((from - to) * i) / size)));
  const base = { latent, neighbours: [], cofiring: [] };
  const nothing = { edges: [0, 1], counts: [0] };
  if (latent === 0) {
    return { ...base, count: 0, rate: 0, max: 0, mean: 0, histogram: nothing, examples: [], quantiles: [] };
  }
  const alive: FeatureRecord = {
    ...base,
    ...{ count: 300 + latent, rate: (300 + latent) / 24_000, max, mean: max / 3 },
    histogram: { edges: [0.5, 1, 2, 4, 8, 16, 32], counts: [4, 19, 80, 120, 60, 17] },
    examples: falling(1, 0.7, count),
    quantiles: [],
  };
  if (latent === 1) return alive;
  return {
    ...alive,
    ...(latent % 5 === 2 ? { name: latent === 2 ? "seems, appears" : `topic ${latent}` } : {}),
    quantiles: [
      { from: 0.5, to: 0.75, examples: falling(0.6, 0.4, 3) },
      { from: 0, to: 0.25, examples: falling(0.2, 0.05, 3) },
    ],
    neighbours: [1, 2, 3].map((step) => ({ latent: other(step), cosine: 0.99 - 0.2 * step })),
    cofiring: [4, 5].map((step) => ({ latent: other(step), share: 0.6 / step, lift: 40 / step })),
    ...(kind === "tokens"
      ? {
          tokens: [0.6, 0.2].map((share) => ({ token: stream.integer(5000), text: word(stream), share })),
          lens: {
            promoted: [2.5, 1.25].map((logit) => ({ token: stream.integer(5000), text: word(stream), logit })),
            suppressed: [-1.5].map((logit) => ({ token: stream.integer(5000), text: "</script>", logit })),
          },
        }
      : { class: { name: "animals", f1: 0.8125, auroc: 0.9375, control: { f1: 0.75, auroc: 0.96875 } } }),
    documents: [{ document: 3, source: "tales/three.txt", share: 0.25 }],
    ...(latent === 2
      ? {
          check: {
            ...{ rule: "seem|appear", precision: 0.94, interval: [0.88, 0.97] as const },
            ...{ coverage: 0.61, base: 0.0004, rows: 131 },
          },
        }
      : {}),
    ...(latent % 3 === 2
      ? {
          verdict: {
            ...{
              grade: latent % 2 ? ("doubtful" as const) : ("real" as const),
              score: 1 / latent + 0.25,
              atomic: 0.75,
            },
            ...{ replication: 0.96875, codeCorrelation: 0.9375 },
            reasons: ["it comes back in 2 replicas"],
            findings: ["absorbed by #7: it does not fire where #7 does"],
          },
        }
      : {}),
  };
}

const word = (stream: ReturnType<typeof random>): string => words[stream.integer(words.length)] as string;

function view(kind: ExampleView["kind"], value: number, stream: ReturnType<typeof random>): ExampleView {
  switch (kind) {
    case "tokens": {
      const tokens = Array.from({ length: 17 }, () => word(stream));
      if (stream.bernoulli(0.1)) tokens[3] = "\n<!-- \\ \u2028";
      return { kind, tokens, values: tokens.map((_, i) => (i === 12 ? value : i === 11 ? value / 2 : 0)), at: 12 };
    }
    case "text":
      return {
        kind,
        text: Array.from({ length: 12 }, () => word(stream))
          .join("")
          .trim(),
        label: "animals",
      };
    case "image":
      return { kind, source: pixel, text: "a grey disc", patch: [0.5, 0.125, 0.375, 0.5], label: "discs" };
    case "vector":
      return { kind, values: Array.from({ length: 24 }, () => Math.round(stream.normal() * 100) / 100) };
  }
}
