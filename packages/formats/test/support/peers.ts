import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadedModel, type Model, openModel } from "@monosema/sdl";
import { referenceBackend, type SparseRows } from "@monosema/tensor";
import { expect } from "vitest";

/** The shared data, and why tests of it are skipped. */
export const shared: string =
  process.env.MONOSEMA_SHARED ?? fileURLToPath(new URL("../../../../../shared", import.meta.url));
export const skipped: string = existsSync(join(shared, "data/peers"))
  ? ""
  : ` (skipped: ${shared} is not there; set MONOSEMA_SHARED)`;

/** What the program that wrote a dictionary computes from it. */
export interface Expected {
  readonly x: unknown[];
  readonly codes: unknown[];
  readonly reconstruction: unknown[];
}

/** Folders of one program that hold what is to be expected. */
export function foldersOf(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, "expected.json")));
}

export const expectedIn = (folder: string): Expected =>
  JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;

/** Runs a dictionary on the samples and compares codes and reconstruction. */
export async function expectSame(
  model: Model,
  { x, codes, reconstruction }: Expected,
  tolerance: number,
): Promise<void> {
  const backend = referenceBackend();
  const loaded: LoadedModel = openModel(backend, model);
  const input = Float64Array.from(x.flat(3) as number[]);
  const found = await loaded.run(input, x.length);
  expect(largestDifference(dense(found.codes, model.spec.nQ), codes.flat(3) as number[])).toBeLessThan(tolerance);
  expect(largestDifference(found.reconstruction, reconstruction.flat(3) as number[])).toBeLessThan(tolerance);
  loaded.dispose();
  expect(backend.liveTensors()).toBe(0);
}

export function dense({ offsets, latents, values }: SparseRows, nQ: number): Float64Array {
  const result = new Float64Array((offsets.length - 1) * nQ);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let e = offsets[b] as number; e < (offsets[b + 1] as number); e++) {
      result[b * nQ + (latents[e] as number)] = values[e] as number;
    }
  }
  return result;
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a, (value, i) => Math.abs(value - (b[i] as number))).reduce((x, y) => Math.max(x, y), 0);
}
