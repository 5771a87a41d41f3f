import { sae, transcoder } from "@monosema/sdl";
import { describe, expect, it } from "vitest";
import { auditQuality, auditSummary, auditThresholds } from "../src/index.js";
import { type Made, madeAudit, madeInference, times } from "./support/madeAudit.js";

const { good, poor, samples, scored, outside } = auditThresholds;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const summaryOf = (made: Made) => auditSummary(madeAudit(made));
const gradeOf = (made: Made) => summaryOf(made).grade;

/** 100 latents of which so many are dead, the others of these scores. */
const living = (alive: number, score = 0.9): Made => ({
  scores: [...times(100 - alive, Number.NaN), ...times(alive, score)],
  dead: range(100 - alive),
});

/** 100 latents of which so many are probably real. */
const real = (count: number): Made => ({ scores: [...times(count, 0.9), ...times(100 - count, 0.1)] });

describe("auditSummary grades", () => {
  it.each<[string, Made, Made]>([
    ["fvu", { ...real(100), fvu: good.fvu }, { ...real(100), fvu: good.fvu + 1e-6 }],
    ["live latents", living(100 * good.alive), living(100 * good.alive - 1)],
    ["real latents", real(100 * good.real), real(100 * good.real - 1)],
    [
      "the cover of the calibration",
      { ...real(100), given: { outside } },
      { ...real(100), given: { outside: outside + 1e-6 } },
    ],
  ])("good up to the threshold of %s, usable beyond", (_, inside, beyond) => {
    expect([gradeOf(inside), gradeOf(beyond)]).toEqual(["good", "usable"]);
  });

  it.each<[string, Made, Made]>([
    ["fvu", { ...real(100), fvu: poor.fvu }, { ...real(100), fvu: poor.fvu + 1e-6 }],
    ["live latents", living(100 * poor.alive), living(100 * poor.alive - 1)],
    ["real latents", real(100 * poor.real), real(100 * poor.real - 1)],
  ])("usable up to the threshold of %s, poor beyond", (_, inside, beyond) => {
    expect([gradeOf(inside), gradeOf(beyond)]).toEqual(["usable", "poor"]);
  });

  it.each<[string, Made, Made]>([
    ["samples", { ...real(100), samples }, { ...real(100), samples: samples - 1 }],
    [
      "scored latents",
      { scores: [...times(100 * scored, 0.9), ...times(100 - 100 * scored, Number.NaN)] },
      { scores: [...times(100 * scored - 1, 0.9), ...times(101 - 100 * scored, Number.NaN)] },
    ],
  ])("not where there are fewer %s than it takes", (_, enough, fewer) => {
    expect([gradeOf(enough), gradeOf(fewer)]).toEqual(["good", null]);
    const { sentences, next } = summaryOf(fewer);
    expect(sentences[0]).toMatch(/[Tt]oo (few|rarely)/);
    expect(next[0]).toMatch(/^monosema audit CHECKPOINT --data MORE_SAMPLES.npy {2}# more samples/);
  });

  it("not where all samples are equal, nor without data", () => {
    const equal = summaryOf({ ...real(100), fvu: null });
    expect(equal.grade).toBeNull();
    expect(equal.sentences[0]).toBe("No grade: all samples are equal, so there is nothing to explain.");
    const { grade, sentences, next, codes } = summaryOf({
      ...{ ...real(100), samples: 0, trust: null, firingRates: null, findings: [], duplicates: [] },
    });
    expect(grade).toBeNull();
    expect(sentences[0]).toMatch(/^No grade without data: pass --data\./);
    expect(next).toEqual([expect.stringMatching(/^monosema audit CHECKPOINT --data FILE {2}# /)]);
    expect(codes).toEqual([]);
  });
});

describe("auditSummary says", () => {
  it("how much is explained, alive and real, with numbers, in at most six sentences", () => {
    const { sentences } = summaryOf({
      scores: [...times(500, Number.NaN), ...times(700, 0.4), ...times(800, 1)],
      ...{ dead: range(474), encoderShare: 0.33, duplicates: [{ first: 500, second: 501, cosine: 1 }] },
      given: { replicas: 2, statistics: { replicaCosineLeast: Float64Array.from(range(2000), (q) => q / 2000) } },
    });
    expect(sentences).toEqual([
      "It explains 90 % of the variance of the data, with 4 active latents per sample.",
      "1,526 of 2,000 latents are alive.",
      "800 of 1,500 scored latents are probably real, 0 of them single features. 26 fire fewer than 8 times and have no score.",
      "13 % of its live latents come back in all 2 other dictionaries.", // those from 1801 on of 1,526
      "1 pair is the same latent twice.",
      "At least 33 % of its error is the encoder's: other codes of the same decoder explain more.",
    ]);
  });

  it("what true features say where they are known, and no more than six", () => {
    const made = madeAudit({ ...living(80), encoderShare: 0.5, duplicates: [{ first: 98, second: 99, cosine: 1 }] });
    const recovery = { kind: "recovery", summary: "", evidence: { recovered: 596, features: 600 } } as const;
    const given = { ...made, findings: [...made.findings, recovery] };
    const { sentences } = auditSummary({ ...given, trust: { ...given.trust, outside: 0.2 } as never });
    expect(sentences[1]).toBe("596 of the 600 known features have a latent of their own.");
    expect(sentences).toHaveLength(6);
  });

  it("that scores are a ranking where the calibration does not cover the dictionary, and only there", () => {
    const said = (share: number): string => summaryOf({ ...real(100), given: { outside: share } }).sentences.join(" ");
    expect(said(outside)).not.toContain("ranking");
    expect(said(outside + 0.01)).toContain("scores are a ranking here, not probabilities");
  });

  it("that nothing is explained, and no share, above the error of the mean", () => {
    const { grade, sentences } = summaryOf({ ...real(0), fvu: 1234, encoderShare: 0.9 });
    expect(sentences.join()).not.toContain("encoder"); // of no use where nothing was learned
    expect(grade).toBe("poor");
    expect(sentences[0]).toMatch(/^It explains nothing: .* 1,230 times that of the mean/);
  });
});

describe("auditSummary advises", () => {
  const next = (made: Made) => summaryOf(made).next;

  it("a replica, and to use what is good", () => {
    expect(next(real(90))).toEqual([
      "monosema train --data FILE --activation topk --latents 100 --k 4 --seed 1 --out runs/seed-1  # another seed, to see which latents come back",
      "monosema audit CHECKPOINT --data FILE --replica runs/seed-1  # scores that know it are surer",
      "monosema features CHECKPOINT --data FILE  # what each latent fires on, as a page",
      expect.stringMatching(/^monosema encode CHECKPOINT --data FILE {2}# codes/),
    ]);
  });

  it("to leave out the rows that were left out here, in every command that can", () => {
    const { next: commands } = auditSummary(madeAudit(real(90)), { maxNorm: 5 });
    const [left, whole] = [true, false].map((has) => commands.filter((one) => one.includes(" --max-norm 5 ") === has));
    expect(left?.map((command) => command.split(" ")[1])).toEqual(["train", "audit", "features"]);
    expect(whole?.map((command) => command.split(" ")[1])).toEqual(["encode"]);
  });

  it("fewer latents where most are dead and enough is explained", () => {
    expect(next(living(37))[0]).toMatch(/--latents 48 --k 4 {2}# fewer latents do the same: 63 % are dead/);
    expect(next(living(51)).join()).not.toContain("fewer latents");
    const copies = range(20).map((first) => ({ first, second: first + 20, cosine: 1 }));
    expect(next({ ...real(100), duplicates: copies })).toEqual(next(real(100))); // 80 and a quarter more are as many as it has
    const more = range(30).map((first) => ({ first, second: first + 30, cosine: 1 }));
    expect(next({ ...real(100), duplicates: more })[0]).toMatch(/--latents 88 .*30 pairs are the same/);
  });

  it("to revive dead latents, and more active ones, where much is left to explain", () => {
    const [first, second] = next({ ...living(37), fvu: 0.5 });
    expect(first).toMatch(/--auxk on {2}# revives dead latents: 63 % are dead/);
    expect(second).toMatch(/--k 8 {2}# more active latents/);
    expect(next({ ...living(95), fvu: 0.5 })[0]).toMatch(/--k 8 /);
    const aided = sae({ nP: 32, nQ: 100, activation: { kind: "topk", k: 4 }, terms: { auxK: {} } });
    expect(next({ ...living(37), fvu: 0.5, spec: aided })[0]).toContain("--resample 500");
    const penalised = sae({ nP: 32, nQ: 100, activation: { kind: "relu" }, terms: { l1: { coefficient: 0.4 } } });
    expect(next({ ...real(100), fvu: 0.5, spec: penalised })[0]).toMatch(/--l1 0.2 /);
  });

  it("a lower learning rate, and nothing else of training, where nothing is explained", () => {
    const lines = next({ ...real(0), fvu: 1e6 });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/--lr 0.0003 --lr-warmup 0.05 --clip 1 {2}# a tenth of the usual learning rate/);
  });

  it("sparser codes where many latents are dense", () => {
    const dense = (count: number): Float64Array => Float64Array.from(range(100), (q) => (q < count ? 0.2 : 0.01));
    expect(next({ ...real(100), firingRates: dense(6) })[0]).toMatch(/--k 2 {2}# sparser: 6 latents/);
    expect(next({ ...real(100), firingRates: dense(5) }).join()).not.toContain("sparser");
  });

  it("more steps where too few latents are real, or the encoder loses much", () => {
    expect(next(real(59))[0]).toMatch(/--steps 6000 {2}# longer, .*59 % of the scored/);
    expect(next({ ...real(59), samples: 1e6 })[0]).toContain("--steps 58596");
    expect(next({ ...real(100), encoderShare: 0.5 })[0]).toMatch(/# longer: the encoder lags/);
    expect(next({ ...real(100), encoderShare: 0.4 }).join()).not.toContain("longer");
  });

  it("to compare with the replicas that were given", () => {
    const audit = madeAudit({ ...real(100), given: { replicas: 1 } });
    const names = { checkpoint: "a", data: "x.npy", replicas: ["b"] };
    expect(auditSummary(audit, names).next[0]).toMatch(/^monosema compare a b --data x.npy --html {2}# /);
  });

  it("with the targets of a transcoder", () => {
    const spec = transcoder({ nP: 32, nR: 8, nQ: 100, activation: { kind: "topk", k: 4 }, skip: true });
    const [train, audit] = auditSummary(madeAudit({ ...real(100), spec }), { data: "in.npy", target: "out.npy" }).next;
    expect(train).toMatch(/^monosema train --data in.npy --target out.npy --activation topk .* --skip /);
    expect(audit).toContain("--data in.npy --target out.npy --replica");
    expect(summaryOf({ ...real(100), spec }).sentences[0]).toContain("variance of the targets");
  });
});

describe("auditSummary answers whether codes are determined", () => {
  it.each([
    [{ dependent: 0.5 }, /^No: in 50 % of the cases/],
    [{ bound: null }, /^That is not guaranteed/],
    [{ bound: 1 }, /^That is not guaranteed/],
    [{ bound: 0.99 }, /^Up to their error, yes: .* by at most 99 % of the size/],
  ])("%j", (made, text) => {
    expect(summaryOf({ ...real(100), inference: madeInference(made) }).codes[0]).toMatch(text);
  });

  it.each([
    [0.69, /share 69 % of their active latents and agree in 95 % .*: do not read much into/],
    [0.7, /share 70 % .*: which latents are active hardly depends/],
  ])("supports that agree in %d", (supportJaccard, text) => {
    expect(summaryOf({ ...real(100), inference: madeInference({ supportJaccard }) }).codes[1]).toMatch(text);
  });
});

describe("auditQuality", () => {
  it("counts dead, dense and duplicate latents, those of dead ones not", () => {
    const duplicates = [
      { first: 0, second: 1, cosine: 1 },
      { first: 2, second: 3, cosine: 1 },
    ];
    const firingRates = Float64Array.from([0, 0.2, 0.1, 0.3]);
    const made = { scores: times(4, 0.9), dead: [0], duplicates, firingRates, encoderShare: 0.1 };
    expect(auditQuality(madeAudit(made))).toEqual({
      ...{ fvu: 0.1, fvuInference: { omp: 0.05, nnls: 0.06 }, supportJaccard: 0.4 },
      ...{ dead: 1, dense: 2, duplicates: 1, composites: null },
    });
  });
});
