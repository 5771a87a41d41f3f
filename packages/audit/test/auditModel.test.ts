import { linearRepresentationBench, recovery } from "@monosema/bench";
import { type Activation, crosslayer, evaluateModel, fit, type Model, openModel, sae, transcoder } from "@monosema/sdl";
import { readSafetensors, referenceBackend } from "@monosema/tensor";
import { recheck } from "@monosema/theory";
import { describe, expect, it } from "vitest";
import {
  auditDictionary,
  auditModel,
  auditRecord,
  certificateFile,
  codeDetermination,
  codeQuality,
  type FindingKind,
  findingKinds,
  type InferenceAudit,
  type ModelAudit,
  readCertificateFile,
} from "../src/index.js";
import { auditedModel } from "../src/model/auditedModel.js";

const backend = referenceBackend();
const [n, nP, nQ] = [8, 6, 12];
const data = linearRepresentationBench({
  ...{ n, nP, seed: 3, maxInterference: 0.5 },
  firing: { kind: "constant", rate: 0.15 },
});
const quick = { samples: nQ - 1 }; // fewer samples than latents: no partial minimum, which takes seconds
const limits = { ...quick, inference: 0 };
const heldOut = [...data.heldOut({ samples: 400, batchSize: 200 })];
const of = ({ findings }: ModelAudit, kind: FindingKind) => findings.filter((finding) => finding.kind === kind);

async function trained(activation: Activation): Promise<Model> {
  const spec = sae({ nP, nQ, activation, biases: true });
  return (await fit(backend, spec, data.batchSource({ batchSize: 64 }), { steps: 150, optimizer: { lr: 0.01 } })).model;
}

const activations: Activation[] = [
  { kind: "relu" },
  { kind: "jumprelu", theta: 0.05, bandwidth: 0.1 },
  { kind: "topk", k: 2 },
  { kind: "topk", k: 2, signed: true },
  { kind: "batchtopk", k: 2 },
  { kind: "gated" },
];

describe("auditModel", () => {
  it.each(activations)("audits %j as it runs at inference: fvu and L0 of evaluateModel", async (activation) => {
    const model = await trained(activation);
    const found = await auditModel(backend, model, { data: heldOut, limits });
    const measured = await evaluateModel(backend, model, heldOut);
    const [reconstruction] = of(found, "reconstruction");
    expect(reconstruction?.evidence.fvu).toBeCloseTo(measured.fvu as number, 6);
    expect(reconstruction?.evidence.l0).toBeCloseTo(measured.l0, 10);

    // The plain dictionary that stands for the model gives the same codes by itself.
    const { dictionary } = auditedModel(model);
    const alone = await auditDictionary(dictionary, { data: heldOut, limits });
    expect(alone.firingRates).toEqual(found.firingRates);
    expect(alone.findings.find(({ kind }) => kind === "reconstruction")?.evidence.fvu).toBeCloseTo(
      measured.fvu as number,
      6,
    );
  });

  it("leaves the fvu of samples without variance undefined, as evaluateModel does", async () => {
    const model = await trained({ kind: "relu" });
    const same = [{ size: 30, input: Float32Array.from({ length: 30 * nP }, (_, at) => 1.1 + (at % nP)) }];
    const [reconstruction] = of(await auditModel(backend, model, { data: same }), "reconstruction");
    expect((await evaluateModel(backend, model, same)).fvu).toBeNull();
    expect(reconstruction?.evidence.fvu).toBeNull();
    expect(reconstruction?.summary).toMatch(/fvu undefined, targets without variance, over 30 samples/);
  });

  it("looks at the layers of a cross-layer transcoder as one transcoder, and says so", async () => {
    const spec = crosslayer({ sources: [2, 4], targets: [4, 2], nQ, activation: { kind: "topk", k: 2 }, biases: true });
    const source = data.batchSource({ batchSize: 64 });
    const paired = { ...source, batch: (step: number) => withTarget(source.batch(step)) };
    const { model } = await fit(backend, spec, paired, { steps: 50, optimizer: { lr: 0.01 } });
    const batches = heldOut.map(withTarget);
    const found = await auditModel(backend, model, { data: batches, limits });
    expect(found.assumptions.join()).toMatch(/the 2 layers are looked at as one transcoder/);
    const [reconstruction] = of(found, "reconstruction");
    const { fvu } = await evaluateModel(backend, model, batches);
    expect(reconstruction?.evidence.fvu).toBeCloseTo(fvu as number, 6);
  });

  it("takes from the targets of a transcoder what its skip connection gives", async () => {
    const spec = transcoder({ nP, nR: nP, nQ, activation: { kind: "topk", k: 2 }, skip: true });
    const source = data.batchSource({ batchSize: 64 });
    const paired = { ...source, batch: (step: number) => withTarget(source.batch(step)) };
    const { model } = await fit(backend, spec, paired, { steps: 100, optimizer: { lr: 0.01 } });
    const batches = heldOut.map(withTarget);
    const found = await auditModel(backend, model, { data: batches, limits });
    const { fvu } = await evaluateModel(backend, model, batches);
    const [reconstruction] = of(found, "reconstruction");
    expect(found.assumptions.join()).toMatch(/what the skip connection leaves/);
    // The squared errors are the same; they are relative to the variance of what the dictionary is to explain.
    const targets = batches.flatMap(({ target }) => rowsOf(target));
    const skipped = batches.flatMap(({ input }) =>
      rowsOf(input).map((x) => rowsOf(model.weights.skip as Float32Array).map((w) => dot(w, x))),
    );
    const left = targets.map((target, b) => target.map((value, r) => value - (skipped[b]?.[r] as number)));
    expect(Number(reconstruction?.evidence.fvu) * variance(left)).toBeCloseTo((fvu as number) * variance(targets), 4);
    expect(variance(left)).toBeLessThan(0.99 * variance(targets));
  });

  it("reports the recovery of bench under the same names, and what random rows reach", async () => {
    const model = await trained({ kind: "topk", k: 2 });
    const found = await auditModel(backend, model, { features: data.features });
    const evidence = of(found, "recovery")[0]?.evidence as Record<string, number>;
    const learned = { ...model.weights, nQ, nP, nR: nP };
    const { decoder, matched } = await recovery(backend, learned, {
      n,
      features: data.features,
      targetFeatures: data.features,
    });
    expect([evidence.matchedMgt95, evidence.decoderMgt95]).toEqual([matched.mgt95, decoder.mgt95]);
    expect(evidence.matchedMip).toBeCloseTo(matched.mip, 6);
    expect(evidence.decoderMip).toBeCloseTo(decoder.mip, 6);
    expect(evidence.randomAbsolute).toBeGreaterThan(evidence.randomSigned as number);
  });

  it("gives JSON whose findings name certificates of a file, each once, that recheck", async () => {
    const model = await trained({ kind: "relu" });
    const found = await auditModel(backend, model, { data: heldOut, features: data.features, anchors: [0] });
    const { record, certificates } = auditRecord(found);
    expect(record).toEqual(JSON.parse(JSON.stringify(record)));
    expect(record.findings.every(({ kind }) => findingKinds.includes(kind))).toBe(true);
    const read = readCertificateFile(readSafetensors(certificateFile(certificates)), "certificates.safetensors");
    expect(read.map(({ kind }) => kind)).toEqual(certificates.map(({ kind }) => kind));
    expect(read.every((certificate) => recheck(certificate).holds)).toBe(true);
    const named = [record.verdict, ...record.findings].flatMap(({ certificate }) => certificate ?? []);
    expect(named.length).toBeGreaterThan(1);
    for (const { kind, id } of named) expect(read[id]?.kind).toBe(kind);
  });

  it("compares the encoder with other inferences on samples of the one pass, and says so in two findings", async () => {
    const model = await trained({ kind: "topk", k: 2 });
    const once = heldOut[Symbol.iterator](); // a stream that cannot be read twice
    const found = await auditModel(backend, model, { data: { [Symbol.iterator]: () => once }, limits: quick });
    expect(found.inference?.quality).toEqual(await codeQuality(backend, model, heldOut));
    const { codes } = await encoded(model);
    const { decoder } = auditedModel(model).dictionary;
    expect(found.inference?.determination).toEqual(codeDetermination(decoder, codes));
    const [inference] = of(found, "inference");
    const [determination] = of(found, "determination");
    expect(inference?.evidence.fvuOmp).toBe(found.inference?.quality.fvuInference.omp);
    expect(determination?.evidence.smallestMedian).toBe(found.inference?.determination?.smallest.median);
    expect(findingKinds.filter((kind) => of(found, kind).length > 0)).toEqual([
      ...new Set(found.findings.map(({ kind }) => kind)),
    ]);
    expect(backend.liveTensors()).toBe(0);
  });

  it("bounds the distance of the codes of encoder and matching pursuit by their errors on the supports of both", async () => {
    const model = await trained({ kind: "topk", k: 2 });
    const { inference } = await auditModel(backend, model, { data: heldOut, limits: quick });
    const { quality, determination, ownDetermination, distance } = inference as InferenceAudit;
    const [fvu, omp] = [quality.fvu as number, quality.fvuInference.omp as number];
    const errors = (Math.sqrt(fvu) + Math.sqrt(omp)) / (2 * Math.sqrt(fvu)); // the bound has the encoder's twice
    const sigmas = (determination?.smallest.median as number) / (ownDetermination?.smallest.min as number); // and the median
    expect(distance.observed).toBeGreaterThan(0);
    expect(distance.observed).toBeLessThanOrEqual((distance.bound as number) * errors * sigmas);
  });

  it("leaves the other inferences out without data, and where the limit does not reach, and names the limit", async () => {
    const model = await trained({ kind: "topk", k: 2 });
    expect((await auditModel(backend, model)).inference).toBeNull();
    const limited = await auditModel(backend, model, { data: heldOut, limits: { ...quick, inference: 1000 } });
    expect(limited.inference).toBeNull();
    expect(limited.undecided.join()).toMatch(
      /a search for 2.00 active latents per sample is left out: raise limits.inference/,
    );
    const some = await auditModel(backend, model, { data: heldOut, limits: { ...quick, inference: 80_000 }, seed: 1 });
    expect(some.inference?.quality.rows).toBeGreaterThan(31);
    expect(some.inference?.quality.rows).toBeLessThan(400);
    expect(some.inference?.quality.of).toBe(400);
  });

  it("refuses directions that do not fit, one side alone, and limits that are none", async () => {
    const model = await trained({ kind: "relu" });
    const refused = (options: Parameters<typeof auditModel>[2], message: RegExp) =>
      expect(auditModel(backend, model, options)).rejects.toThrow(message);
    await refused({ features: new Float32Array(7) }, /features and targetFeatures must have rows of 6 and 6 numbers/);
    await refused({ targetFeatures: data.features }, /targetFeatures must come with features/);
    await refused({ anchors: [nQ] }, /anchors must be a whole number from 0 to 11, got 12/);
    await refused({ limits: { conic: -1 } }, /limits must be numbers of at least 0 .* got conic: -1/);
    await refused({ limits: { speed: 1 } as never }, /limits must .* under findings, pairs.* got speed: 1/);
    await refused({ data: [] }, /data must hold a sample/);
  });
});

/** Codes of the samples, as the encoder gives them. */
async function encoded(model: Model) {
  const loaded = openModel(backend, model);
  const codes = await loaded.encode(Float32Array.from(heldOut.flatMap(({ input }) => Array.from(input))), 400);
  loaded.dispose();
  return { codes };
}

/** A batch that is to be mapped to its reversal. */
function withTarget<B extends { readonly size: number; readonly input: Float32Array | Float64Array }>(batch: B) {
  const { size, input } = batch;
  const target = input.map((_, at) => input[at - (at % nP) + (nP - 1 - (at % nP))] as number);
  return { size, input, target };
}

const rowsOf = (values: Float32Array | Float64Array): number[][] =>
  Array.from({ length: values.length / nP }, (_, b) => Array.from(values.subarray(b * nP, (b + 1) * nP)));

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** Sum of squares about the mean. */
function variance(rows: readonly (readonly number[])[]): number {
  const mean = (rows[0] as readonly number[]).map(
    (_, r) => rows.reduce((sum, row) => sum + (row[r] as number), 0) / rows.length,
  );
  return rows.reduce((sum, row) => sum + row.reduce((own, value, r) => own + (value - (mean[r] as number)) ** 2, 0), 0);
}
