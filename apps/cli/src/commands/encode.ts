import { dirname, join, resolve } from "node:path";
import { finishEvaluate, transcodes } from "@monosema/sdl";
import { checkpointOptions, openCheckpoint } from "../checkpoint.js";
import type { Command } from "../command.js";
import { dataOf } from "../dataFile.js";
import { type EncodedPaths, encodedBatch, writeEncoded } from "../encode/writeEncoded.js";
import { numberText } from "../metricsText.js";
import { ruleOption, underRule, wholeFile } from "../rule.js";
import { openInputs, sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { shardingOf, shardOptions } from "../shards/shardOptions.js";
import { warnUndefinedFvu } from "../undefinedFvu.js";
import { UsageError } from "../usageError.js";

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
    ...shardOptions,
    ...ruleOption,
    ...checkpointOptions,
  },
  positionals: ["CHECKPOINT"],
  writes: ["codes.safetensors", "reconstruction.npy"],
  async run(session) {
    const { given } = session;
    const data = dataOf(given, "encode");
    const sharding = shardingOf(given);
    const paths = outputPaths(session);
    const opened = await openCheckpoint(session);
    const { spec } = opened;
    const input = await openInputs(data, opened);
    const backend = await session.backend();
    const { model, facts } = await underRule(
      session,
      backend,
      opened,
      wholeFile(session, input, encodedBatch(spec.nQ)),
    );
    const sums = sharding
      ? await (await import("../shards/encodedByShards.js")).encodedByShards(session, backend, sharding, {
          model,
          rows: input.rows,
          paths,
        })
      : await writeEncoded(session, backend, model, input, paths);
    const measured = finishEvaluate(sums);
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

interface OutputPaths extends EncodedPaths {
  readonly out: string;
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
