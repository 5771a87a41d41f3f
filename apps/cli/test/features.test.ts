import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { FeatureRecord } from "@monosema/features";
import { sae } from "@monosema/sdl";
import { saveCheckpoint } from "@monosema/sdl/node";
import { random, readSafetensors, type StoredTensor, toNumbers, writeNpy, writeSafetensors } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { document, inProcess, interrupted, monosema, temporaryFolder } from "./support/cli.js";
import { sharedData } from "./support/sharedData.js";

const [nP, nQ] = [8, 12];
const words = [" the", " cat", " sat", " on", " mat", "."];

/** Writes a dictionary whose last latent never fires: its encoder is 0. */
async function savedDictionary(folder: string, latents: number = nQ): Promise<string> {
  const stream = random(3, "dictionary");
  const rows = Float32Array.from({ length: latents * nP }, () => stream.normal());
  rows.fill(0, (latents - 1) * nP);
  const spec = sae({ nP, nQ: latents, activation: { kind: "topk", k: 3 } });
  await saveCheckpoint(folder, { spec, weights: { encoder: rows, decoder: rows }, inputScaling: "none" });
  return folder;
}

/** Writes the folder of a harvest, which ended after two of its shards; the third token of document 1 was left out. */
function unfinishedHarvest(folder: string): string {
  mkdirSync(folder);
  const stream = random(5, "harvest");
  const rows = [0, 1, 2].flatMap((document) =>
    Array.from({ length: 15 }, (_, position) => ({
      document,
      position,
      token: (3 * document + 2 * position) % words.length,
    })),
  );
  const kept = rows.filter(({ document, position }) => document !== 1 || position !== 2);
  const shards = [kept.slice(0, 25), kept.slice(25)];
  for (const [i, own] of shards.entries()) {
    const ints = (values: readonly number[]): StoredTensor => ({
      dtype: "I32",
      shape: [own.length],
      data: Int32Array.from(values),
    });
    const tensors = new Map<string, StoredTensor>([
      [
        "blocks.1.hook_resid_post",
        {
          dtype: "F32",
          shape: [own.length, nP],
          data: Float32Array.from({ length: own.length * nP }, () => stream.normal()),
        },
      ],
      ["token", ints(own.map(({ token }) => token))],
      ["document", ints(own.map(({ document }) => document))],
      ["position", ints(own.map(({ position }) => position))],
    ]);
    writeFileSync(join(folder, `shard-${i}.safetensors`), writeSafetensors(tensors));
  }
  const manifest = {
    format: "monosema-activations-1",
    model: { name: "toy", format: "onnx", architecture: "toy", layers: 6, sha256: "0" },
    hooks: [{ name: "blocks.1.hook_resid_post", width: nP }],
    complete: false,
    shards: shards.map(({ length }, i) => ({ file: `shard-${i}.safetensors`, rows: length, sha256: String(i) })),
  };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "vocab.json"), JSON.stringify(words));
  const documents = [0, 1, 2].map((id) => JSON.stringify({ id, source: `story ${id}`, text: "" }));
  writeFileSync(join(folder, "documents.jsonl"), `${documents.join("\n")}\n`);
  return folder;
}

const recordsIn = (path: string): readonly FeatureRecord[] => JSON.parse(readFileSync(path, "utf8"));

describe("monosema features", { timeout: 240_000 }, () => {
  it("shows tokens in their contexts from an unfinished harvest, and a latent that never fires", async () => {
    const folder = temporaryFolder();
    const data = unfinishedHarvest(join(folder, "acts"));
    const dictionary = await savedDictionary(join(folder, "sae"));
    const run = (...args: readonly string[]) =>
      monosema("features", dictionary, "--data", data, "--page", "off", ...args);
    const found = document("features", dictionary, "--data", data, "--out", join(folder, "out"));
    expect(found).toMatchObject({ command: "features", latents: nQ, alive: nQ - 1, rows: 44, sampledRows: 44 });
    expect(readFileSync(found.page as string, "utf8")).toContain("<!doctype html>");
    const records = recordsIn(found.statistics as string);
    expect(records.map(({ latent }) => latent)).toEqual(Array.from({ length: nQ }, (_, q) => q));
    expect(records.at(-1)).toMatchObject({
      count: 0,
      rate: 0,
      examples: [],
      quantiles: [],
      histogram: { edges: [], counts: [] },
    });
    expect(records.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(100);
    expect(records[0]?.documents?.[0]?.source).toMatch(/^story [012]$/);

    const cards = run(
      "--latents",
      Array.from({ length: nQ }, (_, q) => q).join(),
      "--out",
      join(folder, "cards"),
      "--quiet",
    ).stdout;
    expect(cards).toContain(`Latent ${nQ - 1}: never fires`);
    expect(cards).toMatch(/^model +toy$/m);
    // Document 0 goes on, in document 1 " cat" is missing after the first stop.
    expect(cards).toMatch(/the sat mat ⟦?the⟧? sat mat/);
    expect(cards).toMatch(/⟦?on⟧?⟦?\.⟧?… ⟦?on⟧?⟦?\.⟧? ⟦?cat/);
  });

  it("a command that the page names computes its figures again", async () => {
    const folder = temporaryFolder();
    const data = unfinishedHarvest(join(folder, "acts"));
    const dictionary = await savedDictionary(join(folder, "my sae"));
    const names = join(folder, "names.json");
    writeFileSync(names, '{"3": "a name"}');
    const own = ["--data", data, "--names", names, "--examples", "3"];
    const { page } = document("features", dictionary, ...own, "--out", join(folder, "out"));
    const text = (id: string): string =>
      new RegExp(`<script type="[^"]*" id="${id}">([^<]*)</script>`).exec(readFileSync(page as string, "utf8"))?.[1] ??
      "";
    const head = JSON.parse(text("head"));
    expect(head.list.name[3]).toBe("a name");
    const shown = text("features")
      .split("\n")
      .map((line) => JSON.parse(line));

    // What commandLine of the page puts together: it quotes the checkpoint itself, and no option here needs it.
    expect(head.checkpoint).toBe(dictionary);
    const command = [head.checkpoint, ...head.options.split(" "), "--latents", "0,1,2,3,4,5,6,7,8,9"];
    const again = document("features", ...command, "--page", "off", "--out", join(folder, "again"));
    const records = recordsIn(again.statistics as string);
    const digits = (value: number): number => Number(value.toPrecision(4));
    for (let latent = 0; latent < 10; latent++) {
      const { count, rate, max, mean, histogram, examples, neighbours } = records[latent] as FeatureRecord;
      const { e, n, ...figures } = shown[latent];
      expect(figures).toMatchObject({ latent, count, rate: digits(rate), max: digits(max), mean: digits(mean) });
      expect(figures.histogram.counts).toEqual(histogram.counts);
      expect(e.map(([row, value]: number[]) => [row, value])).toEqual(
        examples.map(({ row, value }) => [row, digits(value)]),
      );
      expect(n).toEqual(neighbours.flatMap((one) => [one.latent, digits(one.cosine)]));
    }
  });

  it("warns of a logit lens before the last third of a model, as the manifest or the command line tells", async () => {
    const folder = temporaryFolder();
    const data = unfinishedHarvest(join(folder, "acts"));
    const dictionary = await savedDictionary(join(folder, "sae"));
    const stream = random(1, "unembed");
    const table = Float32Array.from({ length: words.length * nP }, () => stream.normal());
    const [file, turned] = [join(folder, "unembed.npy"), join(folder, "turned.npy")];
    writeFileSync(file, writeNpy({ shape: [words.length, nP], data: table }));
    const transposed = Float32Array.from(
      table,
      (_, i) => table[(i % words.length) * nP + Math.floor(i / words.length)] as number,
    );
    writeFileSync(turned, writeNpy({ shape: [nP, words.length], data: transposed }));
    const run = (name: string, ...args: readonly string[]) =>
      document("features", dictionary, "--data", data, "--page", "off", "--out", join(folder, name), ...args);
    const early = run("early", "--unembed", file);
    expect(early.warnings).toEqual([expect.stringContaining("noise at layer 1 of 6")]);
    const late = run("late", "--unembed", turned, "--layer", "5");
    expect(late.warnings).toEqual([]);
    const lenses = recordsIn(early.statistics as string).map(({ lens }) => lens);
    expect(lenses[0]?.promoted.map(({ text }) => text).sort()).toEqual(words.toSorted());
    expect(lenses.at(-1)).toBeUndefined();
    expect(recordsIn(late.statistics as string).map(({ lens }) => lens)).toEqual(lenses);
  });

  it("writes chunks above 4,096 latents", async () => {
    const folder = temporaryFolder();
    const dictionary = await savedDictionary(join(folder, "sae"), 4100);
    const data = unfinishedHarvest(join(folder, "acts"));
    const found = document("features", dictionary, "--data", data, "--out", join(folder, "out"));
    const { chunks, ...rest } = JSON.parse(readFileSync(found.statistics as string, "utf8"));
    expect(rest).toEqual({ latents: 4100, alive: found.alive });
    const records = (chunks as string[]).flatMap((name) => recordsIn(join(folder, "out", name)));
    expect(records.map(({ latent }) => latent)).toEqual(Array.from({ length: 4100 }, (_, q) => q));
  });

  it("names latents, and says what an audit found of them", async () => {
    const folder = temporaryFolder();
    const data = unfinishedHarvest(join(folder, "acts"));
    const dictionary = await savedDictionary(join(folder, "sae"));
    const audited = document("audit", dictionary, "--data", data, "--out", join(folder, "audit"));
    const names = join(folder, "names.json");
    writeFileSync(names, JSON.stringify({ 2: "things on mats" }));
    const options = ["--audit", audited.out as string, "--names", names];
    const found = document(
      "features",
      dictionary,
      "--data",
      data,
      "--page",
      "off",
      "--out",
      join(folder, "out"),
      ...options,
    );
    const records = recordsIn(found.statistics as string);
    expect(records[2]?.name).toBe("things on mats");
    expect(records[0]?.name).toBeUndefined();
    expect(records.at(-1)?.verdict).toMatchObject({ grade: "dead" });
    expect(records.map(({ verdict }) => verdict?.grade)).toEqual(
      (recordsIn(join(audited.out as string, "latents.json")) as unknown as readonly { grade: string }[]).map(
        ({ grade }) => grade,
      ),
    );
  });

  it.each([
    [["--latents", "1,x"], "--latents must be numbers from 0 to 11"],
    [["--latents", "12"], "--latents must be numbers from 0 to 11"],
    [["--check", "3: ("], "--check 3: rule: needs a regular expression"],
    [["--check", "12: a"], "latents 0 to 11, got 12"],
    [["--check", "a"], 'must be "LATENT: RULE"'],
    [["--check", "3: a", "--check", "3: b"], "two for 3"],
    [["--check", "3: a"], "needs tokens of the rows"],
    [["--check", "3: label: a"], "needs labels"],
    [["--codes-in", "DATA"], "rows.npy"],
    [["--unembed", "DATA:x"], "--unembed"],
    [["--layer", "9", "--layers", "3", "--unembed", "DATA"], "--layer must be below the model's 3 layers"],
    [["--audit", "FOLDER"], "--audit must name a readable file"],
    [["--labels", "LABELS"], "--labels must hold one label per sample of --data, 30, got 2"],
    [["--texts", "LABELS"], "--texts must hold one text per row of --data, 30, got 2"],
  ])("refuses %j", async (args, message) => {
    const folder = temporaryFolder();
    const dictionary = await savedDictionary(join(folder, "sae"));
    const data = join(folder, "rows.npy");
    const stream = random(2, "rows");
    writeFileSync(
      data,
      writeNpy({ shape: [30, nP], data: Float32Array.from({ length: 30 * nP }, () => stream.normal()) }),
    );
    const labels = join(folder, "labels.json");
    writeFileSync(labels, '["a", "b"]');
    const named = args.map((one) => one.replace("DATA", data).replace("FOLDER", folder).replace("LABELS", labels));
    const ran = await inProcess("features", dictionary, "--data", data, "--out", join(folder, "out"), ...named);
    expect(ran.stderr).toContain(message);
    expect(ran.status).toBe(2);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  it("ends clearly where it is interrupted", async () => {
    const folder = temporaryFolder();
    const dictionary = await savedDictionary(join(folder, "sae"), 4000);
    const data = join(folder, "rows.npy");
    writeFileSync(data, writeNpy({ shape: [200_000, nP], data: new Float32Array(200_000 * nP).fill(1) }));
    const ran = await interrupted(
      "SIGINT",
      /encoding/,
      "features",
      dictionary,
      "--data",
      data,
      "--out",
      join(folder, "out"),
    );
    expect(ran.status).toBe(130);
    expect(ran.stderr).toMatch(/interrupted; nothing was kept/);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  const smollm2 = sharedData("lm-smollm2/resid-24000.safetensors");
  it.skipIf(!existsSync(smollm2))(
    `of a language model are what its codes say (${existsSync(smollm2) ? "present" : `no ${smollm2}`})`,
    async () => {
      const folder = temporaryFolder();
      const data = ["--data", smollm2, "--max-norm", "5"];
      const training = ["--latents", "256", "--k", "8", "--steps", "40"];
      const dictionary = document("train", ...data, ...training, "--out", join(folder, "sae")).out as string;
      const check = ["--check", "0: /^the$/i", "--check", "1: context: of the$"];
      const found = document("features", dictionary, ...data, ...check, "--page", "off", "--out", join(folder, "out"));
      const records = recordsIn(found.statistics as string);

      const codesFile = document("encode", dictionary, ...data.slice(0, 2), "--out", join(folder, "codes"))
        .codes as string;
      const codes = readSafetensors(new Uint8Array(readFileSync(codesFile)), basename(codesFile));
      const origin = readSafetensors(new Uint8Array(readFileSync(smollm2)), "resid");
      const numbers = (from: typeof codes, name: string) => toNumbers((from.tensors.get(name) as StoredTensor).data);
      const [offsets, latents, values] = ["offsets", "latents", "values"].map((name) => [...numbers(codes, name)]) as [
        number[],
        number[],
        number[],
      ];
      const [tokens, documents] = ["token", "document"].map((name) => [...numbers(origin, name)]) as [
        number[],
        number[],
      ];
      const left = 24_000 - (found.rows as number);
      expect(left).toBeGreaterThan(0);
      const firings = new Map<number, { row: number; value: number }[]>();
      for (let row = 0; row < 24_000; row++) {
        for (let e = offsets[row] as number; e < (offsets[row + 1] as number); e++) {
          const latent = latents[e] as number;
          const own = firings.get(latent) ?? [];
          own.push({ row, value: values[e] as number });
          firings.set(latent, own);
        }
      }
      let compared = 0;
      for (const { latent, count, max, examples, tokens: shares = [] } of records) {
        const all = firings.get(latent) ?? [];
        // Rows of extreme norm are left out here, not there.
        expect(all.length - count).toBeGreaterThanOrEqual(0);
        expect(all.length - count).toBeLessThanOrEqual(left);
        if (all.length !== count || count === 0) continue;
        compared += 1;
        const best = all.reduce((a, b) => (b.value > a.value ? b : a));
        expect(max).toBeCloseTo(best.value, 4);
        expect(examples[0]?.row).toBe(best.row);
        expect(examples[0]).toMatchObject({ token: tokens[best.row], document: documents[best.row] });
        expect(new Set(examples.map(({ document: own }) => own)).size).toBe(examples.length);
        const [top] = shares;
        const total = all.reduce((sum, { value }) => sum + value, 0);
        const part = all.reduce((sum, { row, value }) => sum + (tokens[row] === top?.token ? value : 0), 0);
        expect(top?.share).toBeCloseTo(part / total, 4);
      }
      expect(compared).toBeGreaterThan(100);

      const vocabulary = JSON.parse(readFileSync(sharedData("lm-smollm2/vocab.json"), "utf8")) as Record<
        string,
        string
      >;
      const isThe = (row: number): boolean => vocabulary[tokens[row] as number]?.trim().toLowerCase() === "the";
      const described = tokens.filter((_, row) => isThe(row)).length;
      expect(records[0]?.check?.base).toBeCloseTo(described / 24_000, 3);
      const strong = (firings.get(0) ?? []).filter(({ value }) => value >= (records[0]?.max as number) / 2);
      if (firings.get(0)?.length === records[0]?.count) {
        expect(records[0]?.check).toMatchObject({ rule: "/^the$/i", rows: strong.length });
        expect(records[0]?.check?.precision).toBeCloseTo(
          strong.filter(({ row }) => isThe(row)).length / strong.length,
          5,
        );
      }

      const again = ["--codes-in", codesFile, "--page", "off", "--out", join(folder, "again"), "--quiet"];
      const text = monosema("features", dictionary, ...data, ...check, ...again).stdout;
      const [file, other] = [found.statistics as string, join(folder, "again/features.json")];
      expect(readFileSync(other, "utf8")).toBe(readFileSync(file, "utf8"));
      expect(text).toMatch(/what it fires on\n +\d+ +[\d.]+ % +[\d.]+ {2}".+" \d+ %/);
      expect(text).toContain("⟦");
    },
  );

  const embeddings = sharedData("embeddings/wordnet-minilm");
  it.skipIf(!existsSync(embeddings))(
    `of embeddings tell their classes, beside the projection on the class mean (${existsSync(embeddings) ? "present" : `no ${embeddings}`})`,
    () => {
      const folder = temporaryFolder();
      const data = ["--data", join(embeddings, "test_f16.npy")];
      const labels = join(embeddings, "labels.json");
      const training = ["--latents", "128", "--k", "8", "--steps", "150"];
      const dictionary = document("train", ...data, ...training, "--out", join(folder, "sae")).out as string;
      const names = (JSON.parse(readFileSync(labels, "utf8")) as { test: string[] }).test;
      const check = ["--check", `0: label: ${names[0]}`];
      const found = document(
        "features",
        dictionary,
        ...data,
        "--labels",
        labels,
        ...check,
        "--out",
        join(folder, "out"),
      );
      const records = recordsIn(found.statistics as string);
      const scores = records.flatMap((one) => one.class ?? []);
      expect(scores.length).toBeGreaterThan(60);
      for (const { name, f1, auroc, control } of scores) {
        expect(names).toContain(name);
        for (const value of [f1, auroc, control.f1, control.auroc]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }
      // The class means of MiniLM tell classes well, as ../shared/data/embeddings/wordnet-minilm says of its own split: .987.
      const mean = scores.reduce((sum, { control }) => sum + control.auroc, 0) / scores.length;
      expect(mean).toBeGreaterThan(0.93);
      expect(Math.max(...scores.map(({ f1 }) => f1))).toBeGreaterThan(0.5);
      expect(records[0]?.check?.base).toBeCloseTo(names.filter((name) => name === names[0]).length / names.length, 5);
      const card = monosema(
        "features",
        dictionary,
        ...data,
        "--labels",
        labels,
        "--latents",
        "0",
        "--out",
        join(folder, "card"),
        "--quiet",
      );
      expect(card.stdout).toMatch(/class .+: F1 .*projection on the class mean/);
    },
  );
});
