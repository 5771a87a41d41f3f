import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readNpy, writeNpy } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { inProcess, temporaryFolder } from "./support/cli.js";

const fixtures = resolve(import.meta.dirname, "../../../packages/formats/test/fixtures");
const reference = ["--backend", "reference", "--quiet"];

type Nested = readonly (number | Nested)[];

interface Expected {
  readonly x: Nested;
  readonly codes: number[][];
  readonly reconstruction: Nested;
}

/** One dictionary of each family, with what its files do not say. */
const families: readonly (readonly [folder: string, layout: string, more: readonly string[]])[] = [
  ["saelens/abstopk", "saelens", []],
  ["saelens/gated_unfolded", "saelens", []],
  ["saelens/standard_hook_z", "saelens", []],
  ["dictionary_learning/matryoshka", "dictionary_learning", []],
  ["sparsify/topk", "sparsify", []],
  ["crosscode/relu", "crosscode", []],
  ["openai/topk", "openai", []],
  ["openmoss/parameters", "openmoss", []],
  ["gemma_scope/sae", "gemma-scope", []],
  ["weights_alone/qwen_scope", "weights alone", ["--k", "3"]],
];
/** Those whose rule the theory lacks: an audit says so, and gives the rest. */
const inPart: readonly (readonly [folder: string, why: string])[] = [
  ["saelens/abstopk", "by magnitude, with their sign"],
  ["saelens/matching_pursuit", "one after the other"],
  ["sparsify/groupmax", "within groups"],
];

describe("dictionaries that other programs wrote", { timeout: 60_000 }, () => {
  it.each(families)("%s: info, encode, evaluate and audit open it", async (name, layout, more) => {
    const folder = temporaryFolder();
    const checkpoint = join(fixtures, name);
    const { x, codes, reconstruction } = expectedIn(checkpoint);
    const data = join(folder, "x.npy");
    writeFileSync(data, writeNpy(float32(x)));

    expect(await json("info", checkpoint, ...more)).toMatchObject({
      origin: { layout },
      dimensions: { nQ: codes[0]?.length },
    });

    const out = ["--out", join(folder, "encoded")];
    const dense = ["--codes", join(folder, "codes.npy")];
    const encoded = await json("encode", checkpoint, "--data", data, ...dense, ...out, ...reference, ...more);
    expectClose(readFileSync(encoded.codes as string), codes);
    expectClose(readFileSync(encoded.reconstruction as string), reconstruction);

    const evaluated = await json("evaluate", checkpoint, "--data", data, ...reference, ...more);
    const active = codes.flat().filter((code) => code !== 0).length;
    expect((evaluated.metrics as { l0: number }).l0).toBeCloseTo(active / codes.length, 9);

    const audit = ["audit", checkpoint, "--data", data, "--out", join(folder, "audit"), ...reference, ...more];
    const audited = await inProcess(...audit);
    expect(audited.status, audited.stderr).toBe(0);
  });

  it.each(inPart)("%s is audited in part: what theory lacks is said, the rest is given", async (name, why) => {
    const folder = temporaryFolder();
    const checkpoint = join(fixtures, name);
    const { x, codes } = expectedIn(checkpoint);
    const data = join(folder, "x.npy");
    writeFileSync(data, writeNpy(float32(x)));
    const audited = await json("audit", checkpoint, "--data", data, "--out", join(folder, "audit"), ...reference);
    const { summary, verdict, undecided } = audited as { summary: { grade: unknown; sentences: string[] } } & Record<
      string,
      unknown
    >;
    expect(summary.grade).toBeNull();
    expect(summary.sentences[0]).toContain(`selects them ${why}`);
    expect(verdict).toMatchObject({ verdict: "undecided", reason: expect.stringContaining(why) });
    expect((undecided as string[]).at(-1)).toMatch(/^what features switch on, .* scores of latents: the theory knows/);
    const silent = (codes[0] ?? []).flatMap((_, q) => (codes.every((row) => row[q] === 0) ? [q] : []));
    expect(audited.deadLatents).toEqual(silent);
    const kinds = new Set((audited.findings as { kind: string }[]).map(({ kind }) => kind));
    expect(kinds.has("reconstruction") && kinds.has("coherence")).toBe(true);
    expect(["stationarity", "partial-minimum", "polysemantic"].some((kind) => kinds.has(kind))).toBe(false);
  });

  it("BatchTopK runs by its threshold, or with --rule batch over the whole file, and says which", async () => {
    const folder = temporaryFolder();
    const checkpoint = join(fixtures, "saelens/batchtopk_training");
    const { x, codes } = expectedIn(checkpoint);
    const data = join(folder, "x.npy");
    writeFileSync(data, writeNpy(float32(x)));
    const encode = (out: string, ...more: string[]) =>
      json(
        ...["encode", checkpoint, "--data", data, "--codes", join(folder, `${out}.npy`)],
        ...["--reconstruction", join(folder, `${out}-output.npy`), ...reference, ...more],
      );
    const batch = await encode("batch", "--rule", "batch");
    expectClose(readFileSync(batch.codes as string), codes);
    expect(batch.rule).toMatch(/^batch: 2\.5 per sample over the whole file, those above \d/);
    const threshold = await encode("threshold");
    expect(threshold.rule).toBe("threshold: those above 0.4, which training kept");
    const values = readNpy(readFileSync(threshold.codes as string)).data as Float32Array;
    expect(values.filter((value) => value > 0).every((value) => value > 0.4)).toBe(true);

    const topk = join(fixtures, "sparsify/topk");
    const refused = await inProcess("encode", topk, "--data", data, "--rule", "batch", "--out", join(folder, "no"));
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("--rule batch must be given for") });
  });

  it("audit and compare run a BatchTopK by its threshold, or with --rule batch over the whole file, and say which", async () => {
    const folder = temporaryFolder();
    const checkpoint = join(fixtures, "saelens/batchtopk_training");
    const { x, codes } = expectedIn(checkpoint);
    const data = join(folder, "x.npy");
    writeFileSync(data, writeNpy(float32(x)));
    const audit = (out: string, ...more: string[]) =>
      json("audit", checkpoint, "--data", data, "--out", join(folder, out), ...reference, ...more);
    const batch = await audit("a", "--rule", "batch");
    expect(batch.rule).toMatch(/^batch: 2\.5 per sample over the whole file, those above \d/);
    const active = codes.flat().filter((code) => code !== 0).length;
    const l0 = ({ latentsFile }: Record<string, unknown>): number =>
      (JSON.parse(readFileSync(latentsFile as string, "utf8")) as { rate: number }[]).reduce(
        (sum, { rate }) => sum + rate,
        0,
      );
    expect(l0(batch)).toBeCloseTo(active / codes.length, 9);
    const threshold = await audit("b");
    expect(threshold.rule).toBe("threshold: those above 0.4, which training kept");
    expect(l0(threshold)).not.toBeCloseTo(l0(batch), 2);

    const compare = ["compare", checkpoint, join(fixtures, "saelens/jumprelu"), "--data", data, ...reference];
    const compared = await json(...compare, "--rule", "batch", "--out", join(folder, "c"));
    expect(compared.rules).toEqual([batch.rule, null]);

    for (const [args, message] of [
      [["audit", checkpoint, "--rule", "batch"], "--rule batch must be given with --data"],
      [
        ["audit", join(fixtures, "saelens/jumprelu"), "--data", data, "--rule", "batch"],
        "got jumprelu, which has one rule",
      ],
    ] as const) {
      const refused = await inProcess(...args, "--out", join(folder, "no"));
      expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
    }
  });

  it("what a file does not hold is asked for in terms of the command line", async () => {
    const asked = await inProcess("info", join(fixtures, "weights_alone/qwen_scope/layer0.sae.pt"));
    expect(asked).toMatchObject({ status: 2, stderr: expect.stringMatching(/say --k K, the number after L0_/) });
  });
});

const expectedIn = (folder: string): Expected =>
  JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;

const float32 = (rows: Nested) => ({
  dtype: "F32" as const,
  shape: shapeOf(rows),
  data: Float32Array.from(rows.flat(3) as number[]),
});

const shapeOf = (rows: Nested | number): number[] =>
  typeof rows === "number" ? [] : [rows.length, ...shapeOf(rows[0] ?? [])];

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await inProcess(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, unknown>;
}

function expectClose(npy: Uint8Array, expected: Nested): void {
  const { data } = readNpy(npy);
  (expected.flat(3) as number[]).forEach((value, i) => {
    expect(data[i]).toBeCloseTo(value, 4);
  });
}
