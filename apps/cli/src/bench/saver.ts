import { join } from "node:path";
import type { BenchSaver, ViewData } from "@monosema/experiments";
import { saveCheckpoint } from "@monosema/sdl/node";
import { writeNpy } from "@monosema/tensor";
import { writeSparseCodes } from "../encode/sparseCodes.js";
import { npyRows } from "../npyRows.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** Bytes of one file of samples that are still written. */
const MOST = 2 ** 33;
const BLOCK = 1000;

/**
 * Writes data and dictionaries of a benchmark under the output folder: `data/<seed>/` holds what an SAE is trained on, its folders
 * `transcoder` and `crosscoder` what those are, with the targets of a transcoder; `checkpoints/<method>-<anchors>-<seed>` a dictionary.
 */
export function benchSaver(session: Session, out: string): BenchSaver {
  return {
    async data(seed, data, rates) {
      const { view } = data.lrb;
      const folder = view === "sae" ? join(out, "data", `${seed}`) : join(out, "data", `${seed}`, view);
      session.doing(`writing ${view} data of seed ${seed}`);
      await writeView(session, folder, data, rates);
      return folder;
    },
    async dictionary({ method, anchors, seed }, model) {
      const folder = join(out, "checkpoints", `${method}-${anchors.kind}-${seed}`);
      for (const warning of await saveCheckpoint(folder, model, { fs: session.fs })) session.warn(warning);
      return folder;
    },
  };
}

/** Refuses data of which a file would be larger than 8 GiB. */
export function refuseLarge(samples: number, width: number): void {
  if (4 * samples * width <= MOST) return;
  const most = Math.floor(MOST / (4 * width));
  throw new UsageError(
    `--save must have at most ${most} samples of ${width} numbers, got ${samples}; give --set samples=${most} or fewer`,
  );
}

async function writeView(session: Session, folder: string, data: ViewData, rates: Float64Array): Promise<void> {
  const { lrb, heldOut } = data;
  const { n, nP, nR, samples, view, features, targetFeatures, coefficientModel } = lrb;
  const write = (name: string, content: Parameters<Session["write"]>[1]): Promise<void> =>
    session.write(join(folder, name), content);
  const parents = coefficientModel.hierarchy?.parentOf ?? new Int32Array(n).fill(-1);
  const held = heldOut.reduce((sum, { size }) => sum + size, 0);
  await write("features.npy", matrix(features, n, nP));
  await write("parents.json", `${JSON.stringify([...parents])}\n`);
  await write("rates.json", `${JSON.stringify([...rates])}\n`);
  await write(
    "activations.npy",
    npyRows(
      [samples, nP],
      blocks(samples, (indices) => lrb.batchOf(indices).input),
    ),
  );
  await write(
    "heldOut.npy",
    npyRows(
      [held, nP],
      heldOut.map(({ input }) => input),
    ),
  );
  if (view === "transcoder") {
    const target = (rows: Float32Array | undefined): Float32Array => rows ?? new Float32Array(0);
    await write("targetFeatures.npy", matrix(targetFeatures, n, nR));
    await write(
      "targets.npy",
      npyRows(
        [samples, nR],
        blocks(samples, (indices) => target(lrb.batchOf(indices).target)),
      ),
    );
    await write(
      "heldOutTargets.npy",
      npyRows(
        [held, nR],
        heldOut.map((batch) => target(batch.target)),
      ),
    );
  }
  await writeSparseCodes(
    session,
    join(folder, "coefficients.safetensors"),
    [samples, n],
    blocks(samples, (indices) => lrb.coefficients(indices)),
  );
}

const range = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

function* blocks<T>(samples: number, rowsOf: (indices: readonly number[]) => T): Generator<T> {
  for (let start = 0; start < samples; start += BLOCK) yield rowsOf(range(start, Math.min(samples, start + BLOCK)));
}

const matrix = (values: Float64Array, rows: number, columns: number): Uint8Array =>
  writeNpy({ dtype: "F32", shape: [rows, columns], data: Float32Array.from(values) });
