import { join } from "node:path";
import { type AnchorSet, type ClassMeanAnchors, classMeanAnchors, discoverAnchors } from "@monosema/anchoring";
import { scoreAnchors } from "@monosema/experiments";
import { type BatchSource, type Rows, rowBatches } from "@monosema/sdl";
import { writeNpy } from "@monosema/tensor";
import type { Command } from "../command.js";
import { allRows, openData, openText } from "../data.js";
import { dataOf } from "../dataFile.js";
import { openDirections } from "../directions.js";
import { refuseZeros } from "../extremeNorms.js";
import { labelPerSample } from "../labels.js";
import { sampleOptions } from "../samples.js";
import type { Session } from "../session.js";
import { UsageError } from "../usageError.js";

/** `monosema anchors`. */
export const anchors: Command = {
  usage: "anchors --data FILE [--labels FILE | --count N]",
  summary:
    "Anchors for training: centred class means where labels are given, else discovered by a short TopK run; npy [K, P] and JSON.",
  options: {
    data: sampleOptions.data,
    tensor: sampleOptions.tensor,
    labels: {
      value: "FILE",
      help: "class of each sample, JSON or CSV: a list, or a record with a list `labels`; null leaves a sample out",
      path: "input",
    },
    "label-key": {
      value: "KEY",
      help: "key or column of the class where labels are records (default: group, label, labels or class)",
    },
    minimum: { value: "N", help: "samples that a class needs (default 2)" },
    count: { value: "N", help: "discovery: expected number of features" },
    latents: { value: "Q", help: "discovery: latents of the TopK run (default 4 times --count)" },
    k: { value: "K", help: "discovery: active latents per sample (default 8)" },
    steps: { value: "N", help: "discovery: steps of the TopK run (default 300)" },
    features: { value: "FILE", help: "true directions [n, P], for precision and recall", path: "input" },
  },
  positionals: [],
  writes: ["anchors.npy", "anchors.json"],
  async run(session) {
    const { given } = session;
    const data = dataOf(given, "anchors");
    const [labels, count] = [given.text("labels"), given.whole("count", 1)];
    if ((labels === undefined) === (count === undefined)) {
      throw new UsageError(
        "--labels (class means) or --count (discovery) must be given, one of them; see monosema anchors --help",
      );
    }
    const out = session.output();
    const input = await openData("data", ...data);
    const features = given.text("features");
    const truth = features === undefined ? undefined : await openDirections("features", features, input.columns);
    const classes = labels === undefined ? undefined : await classMeans(session, input, labels);
    const backend = await session.backend(classes ? "reference" : undefined);
    const found = classes ?? (await discovered(session, backend, input, count as number));
    const file = join(out, "anchors.npy");
    await session.write(file, writeNpy({ shape: [found.count, input.columns], data: Float32Array.from(found.input) }));
    const score = truth ? await scoreAnchors(backend, found, truth) : undefined;
    await backend.close();
    const { kind } = found;
    const named = classes ? { classes: classes.classes, samples: classes.samples } : {};
    const document = session.document(backend, out, { kind, count: found.count, file, ...named, ...score });
    await session.write(join(out, "anchors.json"), `${JSON.stringify(document, null, 2)}\n`);
    const scored = score ? `, precision ${score.precision.toFixed(3)}, recall ${score.recall.toFixed(3)}` : "";
    session.finish(document, `${found.count} anchors (${kind})${scored}\nfile: ${file}`);
  },
};

async function classMeans({ given }: Session, input: Rows, path: string): Promise<ClassMeanAnchors> {
  const labels = labelPerSample(await openText("labels", path), given.text("label-key"), input.rows, "data");
  try {
    return classMeanAnchors(await allRows(input), labels, { minimum: given.whole("minimum", 1) ?? 2 });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message, { cause: error }) : error;
  }
}

async function discovered(
  session: Session,
  backend: Parameters<typeof discoverAnchors>[0],
  input: Rows,
  expected: number,
): Promise<AnchorSet> {
  const { given, seed } = session;
  await refuseZeros("data", input);
  const nQ = given.whole("latents", 1) ?? 4 * expected;
  const k = given.whole("k", 1) ?? Math.min(8, nQ);
  if (k > nQ) throw new UsageError(`--k must be at most --latents, ${nQ}, got ${k}; lower --k`);
  session.say(`TopK run: ${nQ} latents, k ${k}`);
  const steps = given.whole("steps", 1) ?? 300;
  const bar = session.progress({ total: steps });
  const dims = { variant: "sae", nP: input.columns, nR: input.columns } as const;
  const source = rowBatches(input, { batchSize: nQ < 4000 ? 512 : 1024, seed });
  const watched: BatchSource = {
    ...source,
    batch(step) {
      if (step <= steps) bar.update(step, "training");
      else session.doing("scoring latents");
      return source.batch(step);
    },
  };
  try {
    return await discoverAnchors(backend, dims, watched, {
      expected,
      nQ,
      k,
      steps,
      seed,
      biases: true,
      init: { decoderBias: "mean" },
    });
  } finally {
    bar.end();
  }
}
