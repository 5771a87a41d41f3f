import { type Mat, matFrom, multiply } from "@monosema/numerics";
import {
  absorptionPath,
  activationPattern,
  approximateLoss,
  type Certificate,
  constructPartialMinimum,
  recheck,
  type Sigma,
} from "@monosema/theory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matrix, real, size, whole } from "../../numerics/test/support/arbitraries.js";
import {
  auditDictionary,
  type Dictionary,
  type DictionaryAudit,
  type EvidenceValue,
  type FindingKind,
} from "../src/index.js";

const relu: Sigma = { kind: "relu" };
const identity = (n: number): Mat =>
  matFrom(Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))));
const exact = { precision: "float64" } as const;
const of = (audit: DictionaryAudit, kind: FindingKind) => audit.findings.filter((finding) => finding.kind === kind);
const certificates = ({ findings, verdict }: DictionaryAudit): Certificate[] =>
  [...findings.map(({ certificate }) => certificate), verdict.certificate].filter(
    (one) => one != null,
  ) as Certificate[];

describe("auditDictionary on known features", () => {
  it("finds nothing wrong with one latent per orthonormal feature, and no dimension that changes what it says", async () => {
    const [encoder, featuresP] = [identity(4), identity(4)];
    const audit = await auditDictionary(
      { encoder, decoder: encoder, sigma: { kind: "topk-relu", k: 1 }, ...exact },
      { features: { featuresP } },
    );
    expect(audit.dead).toEqual([]);
    for (const kind of ["dead", "duplicate", "polysemantic", "uncovered", "absorption", "escape"] as const) {
      expect(of(audit, kind)).toEqual([]);
    }
    expect(audit.verdict.verdict).toBe("identifiable");
    expect(of(audit, "recovery")[0]?.evidence).toMatchObject({ recovered: 4, features: 4 });
    expect(of(audit, "solution-dimension")[0]?.evidence).toMatchObject({ zeroLoss: true, codeDim: 0, scaling: 4 });
    expect(of(audit, "partial-minimum")[0]?.evidence).toMatchObject({ isPartial: true, spurious: false });
    expect(audit.undecided).toContain("features were weighted equally: no weights were given");
  });

  it("names the planted dead, duplicate and mixed latents, with proofs that recheck", async () => {
    const featuresP = identity(4);
    const encoder = matFrom([
      [1, 1, -1, -1], // mixes features 0 and 1
      [-1, -1, 1, -1],
      [-2, -2, 2, -2], // the same direction again
      [-1, -1, -1, -1], // fires on nothing
    ]);
    const decoder = matFrom([
      [1, 0.5, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 3, 0],
      [0, 0, 0, 1],
    ]);
    const audit = await auditDictionary({ encoder, decoder, sigma: relu, ...exact }, { features: { featuresP } });
    expect(audit.dead).toEqual([3]);
    expect(of(audit, "dead").map(({ latent, certificate }) => [latent, certificate?.kind])).toEqual([
      [3, "realization"],
    ]);
    const [mixed] = of(audit, "polysemantic");
    expect(mixed).toMatchObject({ latent: 0, certificate: { kind: "realization", pattern: [[0, 1]] } });
    expect(mixed?.evidence).toMatchObject({ features: [0, 1], energyShares: [0.5, 0.5] });
    expect(of(audit, "duplicate")).toHaveLength(1);
    expect(of(audit, "duplicate")[0]).toMatchObject({ latent: 1, evidence: { other: 2, decoderCosine: 1 } });
    expect(of(audit, "uncovered").map(({ feature }) => feature)).toEqual([3]);
    for (const one of certificates(audit)) expect(recheck(one).holds).toBe(true);
  });

  it("states the exact gain of the escape from a spurious partial minimum", async () => {
    // Two unit features at 60 degrees, one latent for both, one dead: a local minimum of loss 1/2 whose escape gains 1/4.
    const featuresP = matFrom([
      [1, 0],
      [0.5, Math.sqrt(3) / 2],
    ]);
    const weights = [1, 1];
    const built = constructPartialMinimum({
      featuresP,
      featuresR: featuresP,
      weights,
      pattern: [[0, 1], []],
      sigma: relu,
    });
    const [encoder, decoder] = [built.encoder as Mat, built.decoder as Mat];
    const model: Dictionary = { encoder, decoder, sigma: relu, ...exact };
    const audit = await auditDictionary(model, { features: { featuresP, weights: [1, 1] } });
    expect(of(audit, "partial-minimum")[0]?.evidence).toMatchObject({ spurious: true, type: "local-min" });
    const [found] = of(audit, "escape");
    const { gain, lossBefore, lossAfter, encoderRow, decoderRow } = (found?.evidence ?? {}) as Record<
      string,
      EvidenceValue
    >;
    expect(lossBefore).toBeCloseTo(0.5, 12);
    expect(gain).toBeGreaterThanOrEqual(0.25 - 1e-12);
    const moved = (rows: Mat, values: EvidenceValue | undefined) =>
      matFrom([Array.from(rows.data.subarray(0, rows.cols)), values as number[]]);
    const after = approximateLoss({
      encoder: moved(encoder, encoderRow),
      decoder: moved(decoder, decoderRow),
      featuresP,
      featuresR: featuresP,
      weights,
      sigma: relu,
    });
    expect(after.total).toBeCloseTo(lossAfter as number, 10);
    expect(found?.certificate?.kind).toBe("escape");
  });

  it("flags absorption where coefficients say that the child implies the parent, and by probes without them", async () => {
    const featuresP = identity(3);
    const { encoder, decoder } = absorptionPath({ featuresP, parent: 0, child: 1, kappa: 1 });
    const coefficients = matFrom(
      Array.from({ length: 60 }, (_, sample) => [
        sample % 2 === 0 ? 1 : 0,
        sample % 4 === 0 ? 1 : 0,
        sample % 3 ? 0 : 1,
      ]),
    );
    const model: Dictionary = { encoder, decoder, sigma: relu, ...exact };
    for (const features of [{ featuresP, coefficients }, { featuresP }]) {
      const audit = await auditDictionary(model, { features });
      expect(of(audit, "absorption")).toHaveLength(1);
      expect(of(audit, "absorption")[0]).toMatchObject({ feature: 0, evidence: { child: 1, kappa: 1 } });
    }
    const monosemantic = await auditDictionary(
      { ...model, encoder: featuresP, decoder: featuresP },
      { features: { featuresP, coefficients } },
    );
    expect(of(monosemantic, "absorption")).toEqual([]);
  });

  it("removes the dimensions of anchored latents from the solution set", async () => {
    const featuresP = identity(3);
    const audit = await auditDictionary(
      { encoder: featuresP, decoder: featuresP, sigma: relu, ...exact },
      { features: { featuresP }, anchors: [0, 2] },
    );
    const [free, anchored] = of(audit, "solution-dimension").map(({ evidence }) => evidence);
    // nQ (nP + nR) - n nR = 9; with two latents fixed the 6 parameters of the third stand against its own feature, of rank 3.
    expect(free).toMatchObject({ kernel: 9, codeDim: 0 });
    expect(anchored).toMatchObject({ anchored: 2, kernel: 3, codeDim: 0, codeDimOnExactLoss: 0 });
  });

  it("proves which features no ReLU row isolates", async () => {
    const angles = [0, 1, 2, 3, 4].map((k) => (2 * Math.PI * k) / 5);
    const featuresP = matFrom(angles.map((angle) => [Math.cos(angle), Math.sin(angle)]));
    const audit = await auditDictionary(
      { encoder: featuresP, decoder: featuresP, sigma: relu, ...exact },
      { features: { featuresP } },
    );
    const inside = of(audit, "conic").filter(({ feature }) => feature !== undefined);
    expect(inside.map(({ feature }) => feature)).toEqual([0, 1, 2, 3, 4]);
    expect(inside.every(({ certificate }) => certificate?.kind === "farkas")).toBe(true);
    expect(audit.verdict).toMatchObject({ verdict: "not-identifiable", certificate: { kind: "witness" } });
  });

  it("treats an encoder bias as the activation with a bias does", async () => {
    const problem = fc.record({
      encoder: matrix(3, 2, real),
      decoder: matrix(3, 2, real),
      featuresP: matrix(4, 2, real),
      bias: fc.array(real, { minLength: 3, maxLength: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(problem, async ({ encoder, decoder, featuresP, bias }) => {
        const encoderBias = Float64Array.from(bias);
        const model = { encoder, decoder, sigma: relu, encoderBias, ...exact };
        const audit = await auditDictionary(model, { features: { featuresP } });
        const { dead, polysemantic } = activationPattern({ encoder, featuresP, sigma: { ...relu, bias: encoderBias } });
        expect(audit.dead).toEqual(dead);
        expect(
          of(audit, "polysemantic")
            .map(({ latent }) => latent)
            .sort(),
        ).toEqual(polysemantic);
        expect(
          await auditDictionary(
            { ...model, encoderBias: undefined as never, sigma: { ...relu, bias: encoderBias } },
            { features: { featuresP } },
          ),
        ).toEqual(audit);
      }),
      { numRuns: 40 },
    );
  });

  it.each<Sigma>([
    relu,
    { kind: "jumprelu", theta: 0.5 },
    { kind: "topk-relu", k: 2 },
    { kind: "topk", k: 1 },
    { kind: "batchtopk-relu", k: 1 },
  ])("gives only certificates that recheck, on any small model of %j", async (sigma) => {
    const problem = fc
      .tuple(size(1, 5), size(1, 3), size(2, 5))
      .chain(([n, nP, nQ]) =>
        fc.record({ featuresP: matrix(n, nP, whole), encoder: matrix(nQ, nP, whole), decoder: matrix(nQ, nP, whole) }),
      );
    await fc.assert(
      fc.asyncProperty(problem, async ({ featuresP, encoder, decoder }) => {
        const audit = await auditDictionary(
          { encoder, decoder, sigma, ...exact },
          { features: { featuresP }, data: [{ input: featuresP.data }] },
        );
        for (const one of certificates(audit)) expect(recheck(one).holds).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe("auditDictionary on samples", () => {
  const encoder = matFrom([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [-1, -1, -1],
  ]);
  const decoder = matFrom([
    [0.5, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [1, 1, 1],
  ]);
  const model: Dictionary = { encoder, decoder, sigma: relu, ...exact };
  const rows = Array.from({ length: 300 }, (_, i) => [i % 3 === 0 ? 1 + (i % 5) : 0, i % 7 === 0 ? 2 : 0, i % 2]);
  const input = Float32Array.from(rows.flat());

  it("counts dead latents, L0 and fvu, and the exact fall by fitting one decoder row anew", async () => {
    const audit = await auditDictionary(model, { data: [{ input }] });
    expect([audit.samples, audit.dead]).toEqual([300, [3]]);
    const active = rows.flat().filter((value) => value > 0).length;
    expect(of(audit, "reconstruction")[0]?.evidence).toMatchObject({ l0: active / 300, reconstructed: 300 });
    const [fit] = of(audit, "stationarity").filter(({ latent }) => latent !== undefined);
    // Latent 0 writes half of what it reads: the refitted row removes its whole error, a quarter of the energy of dimension 0.
    const energy = (k: number): number => rows.reduce((sum, values) => sum + (values[k] as number) ** 2, 0);
    const e0 = energy(0) + energy(1) + energy(2);
    expect(fit).toMatchObject({ latent: 0 });
    expect(fit?.evidence.fall).toBeCloseTo(energy(0) / 4 / e0, 12);
    expect(of(audit, "stationarity")[0]?.evidence.relativeLoss).toBeCloseTo(energy(0) / 4 / e0, 12);
    expect(of(audit, "partial-minimum")[0]?.evidence).toMatchObject({ isPartial: false });
  });

  it("says the same for any batches, from a stream, and with codes computed elsewhere", async () => {
    const whole = await auditDictionary(model, { data: [{ input }] });
    const stream = async function* () {
      for (let start = 0; start < 300; start += 77) {
        const part = input.slice(start * 3, Math.min(300, start + 77) * 3);
        const pre = multiply({ rows: part.length / 3, cols: 3, data: Float64Array.from(part) }, encoder, {
          transposeB: true,
        });
        const offsets = new Int32Array(pre.rows + 1);
        const latents: number[] = [];
        for (let b = 0; b < pre.rows; b++) {
          for (let i = 0; i < 4; i++) if ((pre.data[b * 4 + i] as number) > 0) latents.push(i);
          offsets[b + 1] = latents.length;
        }
        const values = pre.data.filter((value) => value > 0);
        yield { input: part, codes: { offsets, latents: Int32Array.from(latents), values } };
      }
    };
    expect(await auditDictionary(model, { data: stream() })).toEqual(whole);
  });

  it("reads samples and targets relative to the biases of the decoder", async () => {
    const decoderBias = Float64Array.of(3, -1, 2);
    const shifted = input.map((value, at) => value + (decoderBias[at % 3] as number));
    const plain = await auditDictionary(model, { data: [{ input }] });
    const biased = await auditDictionary(
      { ...model, decoderBias, subtractDecoderBias: true },
      { data: [{ input: shifted }] },
    );
    expect(biased).toEqual(plain);
  });

  it("suspects absorption where overlapping latents exclude each other, and does not claim it", async () => {
    const suspects: Dictionary = {
      encoder: matFrom([
        [1, -1],
        [0, 1],
      ]),
      decoder: matFrom([
        [1, 0],
        [1, 1],
      ]),
      sigma: relu,
      ...exact,
    };
    // Parent alone, or with the child: then the latent of the parent is off.
    const data = [{ input: Float64Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? 1 : at % 4 === 1 ? 0 : 1)) }];
    const audit = await auditDictionary(suspects, { data });
    expect(of(audit, "absorption")).toEqual([]);
    expect(of(audit, "absorption-suspect")[0]).toMatchObject({
      latent: 0,
      evidence: { other: 1, activeTogether: 0, expectedTogether: 50 },
    });
    expect(of(audit, "absorption-suspect")[0]?.certificate).toBeUndefined();
  });

  it("proves a composite decoder, without features", async () => {
    const audit = await auditDictionary({
      ...model,
      decoder: matFrom([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [2, 1, 0],
      ]),
    });
    expect(of(audit, "composite")).toHaveLength(1);
    expect(of(audit, "composite")[0]).toMatchObject({ latent: 3, evidence: { parts: [0, 1] } });
    expect(recheck(of(audit, "composite")[0]?.certificate as Certificate).holds).toBe(true);
  });
});

describe("what an audit cannot know", () => {
  const featuresP = identity(6);
  const model: Dictionary = { encoder: featuresP, decoder: featuresP, sigma: relu };

  it("is said: without features and data", async () => {
    const audit = await auditDictionary(model);
    expect(audit.verdict).toMatchObject({ verdict: "undecided", certificate: null });
    for (const part of [/which features a latent mixes/, /nothing is known of samples/, /only rows of zeros/]) {
      expect(audit.undecided.some((sentence) => part.test(sentence))).toBe(true);
    }
  });

  it("is said: what the limits left out, part by part", async () => {
    const limits = { conic: 3, directions: 3, decomposition: 0, work: 1, findings: 1 };
    const encoder = matFrom(Array.from({ length: 6 }, () => [1, 1, 1, 1, 1, 1]));
    const audit = await auditDictionary({ ...model, encoder }, { features: { featuresP }, limits });
    for (const part of [
      /5 more findings of kind polysemantic/,
      /conic independence of 6 features/,
      /spark/,
      /partial minimum on 6 features/,
      /solution set/,
      /escape on 6 features/,
    ]) {
      expect(audit.undecided.some((sentence) => part.test(sentence))).toBe(true);
    }
    expect(audit.verdict).toMatchObject({ verdict: "undecided", reason: expect.stringMatching(/raise limits/) });
  });

  it("refuses data, features and anchors that do not fit, and says where", async () => {
    const input = new Float32Array(12);
    await expect(auditDictionary(model, { data: [{ input: new Float32Array(7) }] })).rejects.toThrow(/width 6/);
    await expect(auditDictionary(model, { data: [] })).rejects.toThrow(/must hold a sample/);
    await expect(
      auditDictionary(model, { data: [{ input }, { input: input.map((_, at) => (at === 8 ? Number.NaN : 0)) }] }),
    ).rejects.toThrow(/NaN in sample 3, dimension 2/);
    await expect(auditDictionary(model, { features: { featuresP: identity(5) } })).rejects.toThrow(/6 columns, got 5/);
    await expect(auditDictionary(model, { anchors: [6] })).rejects.toThrow(
      /anchors must be a whole number from 0 to 5/,
    );
    await expect(
      auditDictionary({ ...model, sigma: { ...relu, bias: new Float64Array(6) }, encoderBias: new Float64Array(6) }),
    ).rejects.toThrow(/pass one/);
  });
});
