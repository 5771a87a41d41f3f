import { dirname, join, resolve } from "node:path";
import { evaluateModel, type Model, type ModelMetrics, type Rows, transcodes } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import { type Channel, channel } from "../channel.js";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { dataOf } from "../dataFile.js";
import { writeDenseCodes } from "../encode/denseCodes.js";
import { writeSparseCodes } from "../encode/sparseCodes.js";
import { numberText } from "../metricsText.js";
import { npyRows } from "../npyRows.js";
import { ruleOption, underRule, wholeFile } from "../rule.js";
import { openInputs, sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { warnUndefinedFvu } from "../undefinedFvu.js";
import { UsageError } from "../usageError.js";
import { watchedBatches } from "../watchedBatches.js";

/** `monosema encode`. */
export const encode: Command = {
  usage: "encode CHECKPOINT --data FILE [--codes FILE.safetensors|FILE.npy] [--reconstruction FILE.npy]",
  summary:
    "Runs a dictionary over a file; writes sparse codes (safetensors) and the reconstruction [N, R] (float32 npy).",
  options: {
    data: sampleOptions.data,
    tensor: sampleOptions.tensor,
    codes: {
      value: "FILE",
      help: "where codes go: FILE.safetensors holds those that are not 0 by rows (default codes.safetensors in the output folder), FILE.npy all of them [N, Q]",
      path: "output",
    },
    reconstruction: {
      value: "FILE.npy",
      help: "where the reconstruction goes (default reconstruction.npy in the output folder)",
      path: "output",
    },
    ...ruleOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT"],
  writes: ["codes.safetensors", "reconstruction.npy"],
  async run(session) {
    const { given } = session;
    const data = dataOf(given, "encode");
    const paths = outputPaths(session);
    const opened = await openCheckpoint(session);
    const { spec } = opened;
    const input = await openInputs(data, opened);
    const backend = await session.backend();
    const { model, facts } = await underRule(session, backend, opened, wholeFile(session, input, batchSize(spec.nQ)));
    const measured = await writeBoth(session, backend, model, input, paths);
    await backend.close();
    const { fvu, l0 } = measured;
    const metrics = transcodes(spec) ? { l0 } : { fvu, l0 };
    if ("fvu" in metrics) warnUndefinedFvu(session, measured);
    const first = `${"fvu" in metrics ? `fvu ${numberText(fvu)}, ` : ""}L0 ${l0.toFixed(2)} over ${input.rows} samples`;
    const { out, codes, reconstruction } = paths;
    const document = session.document(backend, out, { codes, reconstruction, metrics, ...facts });
    const rule = facts.rule === undefined ? [] : [`rule: ${facts.rule}`];
    session.finish(document, [first, ...rule, `codes: ${codes}`, `reconstruction: ${reconstruction}`].join("\n"));
  },
};

interface OutputPaths {
  readonly out: string;
  readonly codes: string;
  readonly reconstruction: string;
}

/** Where both files go; the output folder is taken only where one of them goes there. */
function outputPaths(session: Session): OutputPaths {
  const [codes, reconstruction] = [session.given.text("codes"), session.given.text("reconstruction")];
  const out = codes === undefined || reconstruction === undefined ? session.output() : dirname(resolve(codes));
  const paths = {
    out,
    codes: resolve(codes ?? join(out, "codes.safetensors")),
    reconstruction: resolve(reconstruction ?? join(out, "reconstruction.npy")),
  };
  if (!/\.(safetensors|npy)$/.test(paths.codes)) {
    throw new UsageError(
      `--codes must end in .safetensors (sparse) or .npy (dense), got ${codes}; name the form that you want`,
    );
  }
  session.checkOutputs([
    { name: "--codes", path: paths.codes },
    { name: "--reconstruction", path: paths.reconstruction },
  ]);
  return paths;
}

/** One pass over the data feeds both files; each appears complete or not at all. */
async function writeBoth(
  session: Session,
  backend: Backend,
  model: Model,
  input: Rows,
  paths: OutputPaths,
): Promise<ModelMetrics> {
  const { nQ, nR } = model.spec;
  const [codes, outputs] = [channel<SparseRows>(), channel<Float32Array>()];
  const write = paths.codes.endsWith(".npy") ? writeDenseCodes : writeSparseCodes;
  const files = [
    failing(codes, write(session, paths.codes, [input.rows, nQ], codes.values)),
    failing(outputs, session.write(paths.reconstruction, npyRows([input.rows, nR], outputs.values))),
  ];
  const read = async (): Promise<ModelMetrics> => {
    const hasTargets = transcodes(model.spec);
    const batches = async function* () {
      for await (const batch of watchedBatches(session, "encoding", input, batchSize(nQ))) {
        // A transcoder's metrics need targets that this command does not have.
        yield hasTargets ? { ...batch, target: new Float32Array(batch.size * nR) } : batch;
      }
    };
    const metrics = await evaluateModel(backend, model, batches(), {
      onBatch: async (_, output) => {
        await codes.push(output.codes);
        await outputs.push(output.reconstruction);
      },
    });
    codes.close();
    outputs.close();
    return metrics;
  };
  try {
    const [metrics] = await Promise.all([read(), ...files]);
    return metrics;
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

/** About 64 MiB of dense codes at a time. */
const batchSize = (nQ: number): number => Math.max(1, Math.min(1024, Math.floor(2 ** 24 / nQ)));
