import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Mat, matFrom, transpose } from "../../src/index.js";

const shared = process.env.MONOSEMA_SHARED ?? join(import.meta.dirname, "../../../../../shared");
/** The reference vectors: `MONOSEMA_VECTORS`, else `vectors` in the shared folder. */
const folder = process.env.MONOSEMA_VECTORS ?? join(shared, "vectors");

/** A parsed vector file, or undefined where the folder of vectors is absent. */
export function readVector(name: string): unknown {
  const path = join(folder, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/** A file of test vectors, in the paper's layout: a column per feature, latent or sample. */
export interface TheoryVector {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: the keys differ from file to file
  readonly inputs: any;
  // biome-ignore lint/suspicious/noExplicitAny: the keys differ from file to file
  readonly expected: any;
  readonly tolerance: number;
}

const theory = join(folder, "theory");
const files = existsSync(theory) ? readdirSync(theory).filter((file) => file.endsWith(".json")) : [];
const all = files.map((file) => readVector(join("theory", file)) as TheoryVector);

/** Every file of a name, or of one that begins so; empty where the folder is absent. */
export function theoryVectors(name: string): TheoryVector[] {
  return all.filter((vector) => vector.name.startsWith(name));
}

/** Runs a check on every file of each name; a name without a file is skipped with a message. */
export function describeVectors(checks: Readonly<Record<string, (vector: TheoryVector) => void>>): void {
  for (const [name, check] of Object.entries(checks)) {
    const vectors = theoryVectors(name);
    describe(`theory/${name}.json`, () => {
      if (vectors.length === 0) it.skip("is reproduced (needs the folder of vectors)", () => undefined);
      for (const vector of vectors) it(`is reproduced: ${vector.name}`, () => check(vector), 60_000);
    });
  }
}

/** Entries agree within tolerance (1 + |expected|). */
export function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at++) {
    const wanted = expected[at] as number;
    expect(Math.abs((got[at] as number) - wanted), `entry ${at}: ${got[at]} for ${wanted}`).toBeLessThanOrEqual(
      tolerance * (1 + Math.abs(wanted)),
    );
  }
}

/** A matrix of a file, transposed to one row per item. */
export function byItem(rows: number[][]): Mat {
  return transpose(matFrom(rows));
}

/** The numbers of a matrix of a file, transposed to one row per item. */
export function flatByItem(rows: (number | boolean)[][]): number[] {
  const count = rows[0]?.length ?? 0;
  return Array.from({ length: count }, (_, j) => rows.map((row) => Number(row[j]))).flat();
}
