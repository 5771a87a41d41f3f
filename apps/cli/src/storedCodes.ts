import { codesWithout, type Model, openCodes, openModel, type Rows, type StoredCodes } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { fileSource } from "@monosema/tensor/node";
import { unlessUnreadable } from "./matrices.js";
import type { Given, Option } from "./options.js";
import { UsageError } from "./usageError.js";

/** Whether a command reads codes that are there already. */
export const codesInOption: Readonly<Record<"codes-in", Option>> = {
  "codes-in": {
    value: "FILE",
    help: "codes of these rows that monosema encode wrote, instead of encoding again",
    path: "input",
  },
};

/**
 * Opens `--codes-in`: the codes of all rows of `--data`.
 *
 * @throws UsageError where they are of other rows or another number of latents
 */
export async function openStoredCodes(given: Given, { spec }: Model, rows: number): Promise<StoredCodes | undefined> {
  const path = given.text("codes-in");
  if (path === undefined) return undefined;
  if (given.text("rule") === "batch")
    throw new UsageError("--codes-in and --rule batch exclude each other: the codes are given; drop one of them");
  const source = await unlessUnreadable("codes-in", path, fileSource(path));
  const codes = await openCodes(source).catch(async (error: unknown) => {
    await source.close();
    throw error;
  });
  if (codes.rows === rows && codes.latents === spec.nQ) return codes;
  await codes.close();
  throw new UsageError(
    `--codes-in must hold codes [${rows}, ${spec.nQ}] of --data by this dictionary, got [${codes.rows}, ${codes.latents}]; encode again`,
  );
}

/** Rows that are encoded again, and the share of their active latents that must be the same: kernels may differ where values are equal. */
const [PROBED, SAME] = [64, 0.9];

/**
 * Codes less some rows, after a look at whether they are those of the dictionary: the first rows are encoded again.
 *
 * @param samples - the rows that are left `[N, P]`
 * @throws UsageError where they are not
 */
export async function codesOfRows(
  backend: Backend,
  model: Model,
  codes: StoredCodes | undefined,
  samples: Rows,
  dropped: Int32Array,
): Promise<StoredCodes | undefined> {
  if (codes === undefined) return undefined;
  const left = codesWithout(codes, dropped);
  const count = Math.min(PROBED, samples.rows);
  const loaded = openModel(backend, model);
  const own = await loaded.encode(await samples.readRows(0, count), count).finally(loaded.dispose);
  const same = sameLatents(own, await left.readRows(0, count));
  if (same >= SAME) return left;
  throw new UsageError(
    `--codes-in must hold the codes of --data by this dictionary, got some that share ${(100 * same).toFixed(0)} % of their active latents with it on the first ${count} rows; encode again`,
  );
}

/** Active latents that two codes of the same rows have in common, of those of either. */
function sameLatents(a: SparseRows, b: SparseRows): number {
  let [common, all] = [0, 0];
  for (let row = 0; row + 1 < a.offsets.length; row++) {
    const [mine, theirs] = [a, b].map(
      ({ offsets, latents }) => new Set(latents.subarray(offsets[row] as number, offsets[row + 1])),
    ) as [Set<number>, Set<number>];
    const shared = [...mine].filter((latent) => theirs.has(latent)).length;
    common += shared;
    all += mine.size + theirs.size - shared;
  }
  return all === 0 ? 1 : common / all;
}
