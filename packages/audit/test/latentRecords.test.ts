import { describe, expect, it } from "vitest";
import { auditThresholds, latentGroups, latentRecords } from "../src/index.js";
import { madeAudit } from "./support/madeAudit.js";

const { real, unreal } = auditThresholds;

describe("latentRecords", () => {
  it("grades by score, both sides of the thresholds, and says what has none", () => {
    const scores = [real, real - 1e-3, unreal, unreal - 1e-3, Number.NaN, Number.NaN, 0.9, 0.9];
    const rates = [0.1, 0.1, 0.1, 0.1, 0.001, 0, 0.01, 0.02];
    const found = latentRecords(
      madeAudit({
        ...{ scores, firingRates: Float64Array.from(rates), dead: [5] },
        duplicates: [
          { first: 6, second: 7, cosine: 1 },
          { first: 0, second: 5, cosine: 1 },
        ],
      }),
    );
    expect(found?.map(({ grade }) => grade)).toEqual(
      ["real", "doubtful", "doubtful", "unreal", "rare", "dead", "duplicate", "real"], // 6 fires less than 7; 5 is dead
    );
    expect(found?.map(({ score }) => score)).toEqual([0.8, 0.799, 0.2, 0.199, null, null, 0.9, 0.9]);
    expect(found?.[6]?.reasons[0]).toBe("the same direction as latent 7");
    expect(found?.[5]?.reasons).toEqual(["never fires on the 5,000 samples"]);
    expect(found?.[4]?.reasons).toEqual(["fires fewer than 8 times in 5,000 samples"]);
    expect(found).toEqual(JSON.parse(JSON.stringify(found)));
  });

  it("gives the weightiest reasons: for real latents those for it, against unreal ones, both for others", () => {
    const contributions = () => ({
      rate: 0.5,
      nearest: -2,
      halves: 1,
      localFit: -0.01,
      fvu: 9,
      share: 0.2,
      energy: 0.1,
    });
    const audit = madeAudit({ scores: [0.9, 0.1, 0.5], given: { contributions } });
    const suspect = { kind: "absorption-suspect", latent: 2, summary: "latent 1 inhibits it", evidence: {} } as const;
    const found = latentRecords({ ...audit, findings: [...audit.findings, suspect] });
    expect(found?.map(({ reasons }) => reasons)).toEqual([
      [
        "two halves of its samples give the same direction",
        "fires as often as features do",
        "is a large part of the samples in which it fires",
      ],
      ["another latent points nearly the same way"],
      [
        "against: another latent points nearly the same way",
        "for: two halves of its samples give the same direction",
        "for: fires as often as features do",
        "latent 1 inhibits it",
      ],
    ]);
  });

  it("has what replicas say, under one reason for each thing that they say", () => {
    const [cosines, codes] = [Float64Array.of(0.95, 0.4), Float64Array.of(0.9, 0.1)];
    const statistics = { replicaCosineMean: cosines, replicaCodesMean: codes };
    const contributions = () => ({ replicaCosineMean: 1, replicaCosineLeast: 2 });
    const found = latentRecords(madeAudit({ scores: [0.9, 0.9], given: { statistics, contributions } }));
    expect(found?.[0]).toMatchObject({ replication: 0.95, codeCorrelation: 0.9 });
    expect(found?.[0]?.reasons).toEqual(["comes back in the other dictionaries"]);
  });

  it("is null without data", () => {
    expect(latentRecords(madeAudit({ scores: [1], trust: null, firingRates: null }))).toBeNull();
  });
});

describe("latentGroups", () => {
  it("counts latents by grade, the clearest first", () => {
    const found = latentRecords(madeAudit({ scores: [0.81, 0.99, 0.3, 0.5, 0.1, 0.01, 0.02] })) ?? [];
    const groups = latentGroups(found, 2).map(({ grade, count, examples }) => [
      grade,
      count,
      examples.map(({ latent }) => latent),
    ]);
    expect(groups).toEqual([
      ["real", 2, [1, 0]],
      ["doubtful", 2, [3, 2]],
      ["unreal", 3, [5, 6]],
    ]);
  });
});
