import { type EvaluateSums, evaluateSums, type Model, type Rows, transcodes } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { type Channel, channel } from "../channel.js";
import { npyRows } from "../npyRows.js";
import type { Session } from "../session.js";
import { watchedBatches } from "../watchedBatches.js";
import { writeDenseCodes } from "./denseCodes.js";
import { writeSparseCodes } from "./sparseCodes.js";

/** Where the files of `monosema encode` go. */
export interface EncodedPaths {
  /** The codes: dense where it ends in .npy. */
  readonly codes: string;
  /** The reconstruction. */
  readonly reconstruction: string;
}

/** About 64 MiB of dense codes at a time. */
export const encodedBatch = (nQ: number): number => Math.max(1, Math.min(1024, Math.floor(2 ** 24 / nQ)));

/** What writes codes into a file of its name. */
export const codesWriter = ({ codes }: Pick<EncodedPaths, "codes">): typeof writeDenseCodes =>
  codes.endsWith(".npy") ? writeDenseCodes : writeSparseCodes;

/** One pass over the data feeds both files; each appears complete or not at all. */
export async function writeEncoded(
  session: Session,
  backend: Backend,
  model: Model,
  input: Rows,
  paths: EncodedPaths,
): Promise<EvaluateSums> {
  const { nQ, nR } = model.spec;
  const [codes, outputs] = [channel<SparseRows>(), channel<Float32Array>()];
  const files = [
    failing(codes, codesWriter(paths)(session, paths.codes, [input.rows, nQ], codes.values)),
    failing(outputs, session.write(paths.reconstruction, npyRows([input.rows, nR], outputs.values))),
  ];
  const read = async (): Promise<EvaluateSums> => {
    const hasTargets = transcodes(model.spec);
    const batches = async function* () {
      for await (const batch of watchedBatches(session, "encoding", input, encodedBatch(nQ))) {
        // A transcoder's metrics need targets that this command does not have.
        yield hasTargets ? { ...batch, target: new Float32Array(batch.size * nR) } : batch;
      }
    };
    const sums = await evaluateSums(backend, model, batches(), {
      onBatch: async (_, output) => {
        await codes.push(output.codes);
        await outputs.push(output.reconstruction);
      },
    });
    codes.close();
    outputs.close();
    return sums;
  };
  try {
    const [sums] = await Promise.all([read(), ...files]);
    return sums;
  } catch (error) {
    codes.fail(error);
    outputs.fail(error);
    await Promise.allSettled(files); // each removes its temporary file
    throw error;
  }
}

/** Ends the producer with the writer's error. */
async function failing<T>(values: Channel<T>, written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (error) {
    values.fail(error);
    throw error;
  }
}
