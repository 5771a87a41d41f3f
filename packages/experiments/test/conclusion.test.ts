import { describe, expect, it } from "vitest";
import { benchConclusion } from "../src/index.js";
import type { BenchMetrics, BenchRow } from "../src/records.js";
import { sampleDocument } from "./reportSample.js";

const [pattern] = sampleDocument({ methods: ["topk"], anchors: ["none"] }).rows as [BenchRow];

interface Made {
  readonly method?: string;
  readonly kind?: string;
  readonly seed?: number;
  /** Of 100 features the first are anchored, then so many are found. */
  readonly anchored?: number;
  readonly found: number;
  /** Plain rows: so many of the first 20 are found besides. */
  readonly first?: number;
  readonly metrics?: Partial<BenchMetrics>;
}

/** A row on 100 features, of which an anchored one holds the first 20. */
function row({ method = "topk", kind = "none", seed = 0, found, first = 0, metrics = {} }: Made): BenchRow {
  const head = kind === "none" ? "f".repeat(first) + "l".repeat(20 - first) : "a".repeat(20);
  const outcomes = head + "f".repeat(found) + "l".repeat(80 - found);
  const share = kind === "none" ? (found + first) / 100 : found / 80;
  return {
    ...pattern,
    method,
    variant: ["transcoder", "crosscoder"].includes(method) ? method : "sae",
    seed,
    anchors: { kind, count: kind === "none" ? 0 : 20 },
    curve: [],
    outcomes,
    metrics: { ...pattern.metrics, found: share, foundComposite: 0, fvu: 0.1, l0: 3, trueL0: 2.9, ...metrics },
  };
}

const text = (...rows: readonly BenchRow[]): string => benchConclusion(rows).join("\n");

describe("benchConclusion", () => {
  it("says nothing of nothing", () => {
    expect(benchConclusion([])).toEqual([]);
  });

  it("names the best method, those that are about as good, the next, and the failures with a reason", () => {
    const latents = { ...pattern.metrics.latents, composite: 0.6, none: 0.1 };
    const said = benchConclusion([
      row({ method: "topk", found: 40 }),
      row({ method: "matryoshka", found: 39 }),
      row({ method: "jumprelu", found: 25 }),
      row({ method: "crosscoder", found: 60 }),
      row({ method: "batchtopk", found: 2, metrics: { latents } }),
      row({ method: "relu", found: 0, metrics: { l0: 20 } }),
    ]);
    expect(said[0]).toMatch(
      /^Without anchors TopK finds most: 40 % .*; Matryoshka \(39 %\) about as many; then comes JumpReLU \(25 %\); on views of their own: crosscoder \(60 %\)\.$/,
    );
    expect(said[1]).toBe(
      "BatchTopK (2 %) and ReLU (0 %) are far behind after 600 steps: BatchTopK: 60 % of the latents hold a feature summed with its parents; ReLU: the code is too dense (7 times as many latents as features are active).",
    );
    expect(said.at(-2)).toBe("Without known features use TopK.");
    expect(said.at(-1)).toContain("one run with one seed");
  });

  it("compares anchored runs with plain ones on the features that no anchor holds", () => {
    const said = text(
      row({ found: 20, first: 20 }), // 40 of 100, but 20 of the 80 others
      row({ kind: "frequent", found: 60, metrics: { fvu: 0.12 } }),
    );
    expect(said).toContain("TopK finds 40 % of the true features");
    expect(said).toContain(
      "Anchoring the 20 most frequent features helps: of the other features, which no anchor holds, the share found goes from 25 % to 75 % with TopK. The share of the variance that is missed changes by +2 points on average.",
    );
    expect(said).toContain("Where such features are known, train TopK held to the 20 most frequent features");
  });

  it("says which methods anchors help and which they hurt", () => {
    const said = text(
      row({ method: "topk", found: 20 }),
      row({ method: "topk", kind: "truth", found: 40 }),
      row({ method: "relu", found: 20 }),
      row({ method: "relu", kind: "truth", found: 8 }),
    );
    expect(said).toContain("Anchoring 20 random features helps TopK and hurts ReLU:");
    expect(said).toContain("up most with TopK, from 25 % to 50 %, and least with ReLU, from 25 % to 10 %.");
  });

  it("says where anchors change nothing, and does not advise them then", () => {
    const said = text(row({ found: 40 }), row({ kind: "truth", found: 40 }));
    expect(said).toContain("changes the share of the other features that is found by less than 2 % in every method");
    expect(said).not.toContain("are known");
  });

  it("weighs differences against the spread between seeds", () => {
    const seeds = (method: string, founds: readonly number[], kind = "none"): BenchRow[] =>
      founds.map((found, seed) => row({ method, kind, seed, found }));
    const clear = text(
      ...seeds("topk", [40, 41, 42]),
      ...seeds("relu", [20, 21, 22]),
      ...seeds("topk", [60, 62, 61], "frequent"),
    );
    // Standard errors of the means: 1 / sqrt(3) points each, 2 sqrt(2 / 3) = 1.6 for twice that of the difference.
    expect(clear).toContain("the lead of TopK over ReLU (20.0 points) exceeds twice its standard error (1.6)");
    expect(clear).toContain("what anchors changed exceeds it in 1 of 1 comparison");
    expect(clear).toContain("(+25 points, standard deviation 1 over 3 seeds)");
    const vague = text(...seeds("topk", [30, 50]), ...seeds("relu", [28, 48]));
    expect(vague).toContain("is within twice its standard error");
    expect(vague).not.toContain("one seed");
  });

  it("warns where the best reconstruction is not the best dictionary", () => {
    const said = text(
      row({ found: 40, metrics: { fvu: 0.08 } }),
      row({ method: "batchtopk", found: 5, metrics: { fvu: 0.04 } }),
    );
    expect(said).toContain("BatchTopK misses least of the variance (4.0 %; TopK 8.0 %), but finds 5 % of the features");
  });

  it("says of solved data that they rank nothing", () => {
    const said = text(row({ found: 80, first: 20 }), row({ method: "relu", found: 79, first: 20 }));
    expect(said).toContain("these data are solved and rank nothing");
    expect(said).not.toContain("use ");
  });

  it("says of failures of all methods what to do, and recommends none", () => {
    const said = text(
      row({ found: 1, metrics: { fvu: 0.9 } }),
      row({ method: "relu", found: 0, metrics: { latents: { ...pattern.metrics.latents, composite: 0.4 } } }),
    );
    expect(said).toContain("No method finds more than 1 % of the true features: train longer");
    expect(said).toContain(
      "What fails: TopK: the data are not learned (90 % of the variance is missed); ReLU: 40 % of",
    );
    expect(said).not.toMatch(/\buse\b/);
  });

  it("says which trainings were not finished", () => {
    const curve = Array.from({ length: 20 }, (_, i) => ({ step: i + 1, loss: 1, l0: 3, fvu: 1 / (i + 1) }));
    const learning = { ...row({ method: "relu", found: 20 }), curve };
    // The mean fvu of steps 16 to 20 is .056, of steps 11 to 15 .078: 28 % less.
    const fell = "the missed variance still fell by 28 % in the last quarter of the steps";
    expect(text(row({ found: 40 }), learning)).toContain(`Training is not finished: with ReLU ${fell}`);
    expect(text(learning)).toContain(`in every run ${fell}`);
    expect(text(row({ found: 40 }))).not.toContain("not finished");
  });

  it("holds for anchored rows alone and for discovered anchors", () => {
    expect(text(row({ kind: "frequent", found: 60 }))).toContain("no run without anchors");
    expect(text(row({ found: 40 }), row({ kind: "discovered", found: 70 }))).toContain("belong to the TopK run");
  });

  it("never prints what is not a number", () => {
    const none = { metrics: { fvu: null } } as const;
    expect(text(row({ found: 40, ...none }), row({ kind: "frequent", found: 60, ...none }))).not.toMatch(
      /NaN|undefined|null/,
    );
  });
});
