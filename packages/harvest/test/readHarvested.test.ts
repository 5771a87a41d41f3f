import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { folderFiles } from "../src/node/folderFiles.js";
import { harvestToFolder } from "../src/node/harvestToFolder.js";
import { openActivations, openDocuments, readVocabulary } from "../src/read.js";
import { textSource } from "../src/source/textSource.js";
import { toyModel, toyRuntime, toyValue } from "./support/toyModel.js";

it("reads what a harvest has written: every token of every document, with the values of the model", async () => {
  const folder = mkdtempSync(join(tmpdir(), "harvested-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const contents = [5, 0, 12, 9].map((length, id) => Int32Array.from({ length }, (_, t) => 10 * id + t));
  const model = toyModel();
  const texts = {
    name: "texts.json",
    repeatable: true,
    async *documents() {
      for (const [id, content] of contents.entries()) yield { id, content, share: (id + 1) / contents.length };
    },
  };
  const source = textSource(model, { texts, length: 8 });
  const request = { model, runtime: toyRuntime(), source, hooks: ["a", "b"], batch: 2, rowsPerShard: 10 };
  await harvestToFolder(folder, request);

  const files = await folderFiles(folder);
  const opened = await openActivations(files);
  expect([opened.format, opened.matrices]).toEqual(["harvest", ["a", "b"]]);
  expect(opened.files.length).toBeGreaterThan(1);
  const matrix = await opened.matrix("a");
  const tokens = contents.flatMap((content) => [...content]);
  expect(matrix.rows).toBe(tokens.length);
  expect([...((await opened.origin?.tokens?.(0, matrix.rows)) ?? [])]).toEqual(tokens);
  const positions = await opened.origin?.positions?.(0, matrix.rows);
  const values = await matrix.readRows(0, matrix.rows);
  for (const [row, token] of tokens.entries()) {
    // The start token goes before each window of 7.
    const inWindow = 1 + ((positions?.[row] ?? 0) % 7);
    const expected = Array.from({ length: matrix.columns }, (_, d) => Math.fround(toyValue("a", token, inWindow, d)));
    expect([...values.subarray(row * matrix.columns, (row + 1) * matrix.columns)]).toEqual(expected);
  }
  const documents = await opened.origin?.documents?.(0, matrix.rows);
  expect([...new Set(documents)]).toEqual([0, 2, 3]);
  await opened.close();
  expect(await readVocabulary(files)).toBeUndefined();
  expect(await openDocuments(files)).toBeUndefined();
});
