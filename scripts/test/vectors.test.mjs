import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { fingerprint } from "../lib/fingerprint.mjs";
import { pairVectors } from "../lib/vectorRunners.mjs";

const tests = [
  "packages/sdl/test/vectors.sdl.test.ts",
  "packages/sdl/test/vectors.sdl.tfjsCpu.test.ts",
  "packages/theory/test/vectors.theory.test.ts",
  "packages/bench/test/vectors/lrb.ts",
  "packages/bench/test/recovery.test.ts",
];

it("runs the tests whose vectors are there", () => {
  expect(pairVectors(["sdl.json"], tests).runners).toEqual(tests.slice(0, 2));
  expect(pairVectors(["theory/wendel.json", "theory/more/a.json"], tests).runners).toEqual([tests[2]]);
  expect(pairVectors([], tests).runners).toEqual([]);
});

it("names the vectors that no test reads", () => {
  expect(pairVectors(["lrb.json", "sdl.json", "new/a.json"], tests).unread).toEqual(["lrb.json", "new/a.json"]);
});

let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vectors-"));
  vi.stubEnv("MONOSEMA_VECTORS", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it("changes the fingerprint of the tests with the content of the vectors, at equal size", () => {
  writeFileSync(join(folder, "sdl.json"), "[1]");
  const before = fingerprint();
  expect(fingerprint()).toBe(before);
  writeFileSync(join(folder, "sdl.json"), "[2]");
  expect(fingerprint()).not.toBe(before);
});
