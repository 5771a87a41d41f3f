import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ReadOptions, withBatchRule } from "@monosema/sdl";
import { loadCheckpoint } from "@monosema/sdl/node";
import { referenceBackend } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { expectedIn, expectSame, foldersOf } from "./support/peers.js";

const root = fileURLToPath(new URL("fixtures", import.meta.url));
const programs = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** What a file cannot say. */
const told: Readonly<Record<string, ReadOptions>> = { qwen_scope: { k: 3 } };
/** Where the program selects over the batch. */
const byBatch = /^(batchtopk_training(_unfolded)?|matryoshka_batchtopk_training|batchtopk_crosscoder)$/;

describe.each(programs)("%s", (program) => {
  it.each(foldersOf(join(root, program)))("%s: codes and reconstruction are the program's to 1e-5", async (name) => {
    const folder = join(root, program, name);
    const expected = expectedIn(folder);
    const { model } = await loadCheckpoint(folder, { formats: dictionaryFormats, ...told[name] });
    const input = Float64Array.from(expected.x.flat(4) as number[]);
    const size = expected.x.length;
    const ruled = byBatch.test(name) ? await withBatchRule(referenceBackend(), model, [{ input, size }], size) : model;
    await expectSame(ruled, expected, 1e-5);
  });
});

it("every program has fixtures", () => {
  expect(programs).toEqual([
    "circuit_tracer",
    "crosscode",
    "crosslayer_coding",
    "dictionary_learning",
    "gemma_scope",
    "openai",
    "openmoss",
    "saelens",
    "sparsify",
    "weights_alone",
  ]);
});
