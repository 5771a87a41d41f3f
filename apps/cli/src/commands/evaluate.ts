import { resolve } from "node:path";
import { evaluateRecovery } from "@monosema/experiments";
import { evaluateModel, sequentialBatches } from "@monosema/sdl";
import { openCheckpoint, orientationOption } from "../checkpoint.js";
import type { Command } from "../command.js";
import { openSamples, sampleOptions } from "../samples.js";
import { openTruth } from "../truth.js";
import { UsageError } from "../usageError.js";

/** `monosema evaluate`. */
export const evaluate: Command = {
  usage: "evaluate CHECKPOINT --data FILE [--target FILE] [--features FILE.npy]",
  summary: "Measures a dictionary on a file: fvu, L0, dead fraction, shrinkage; with true features also recovery.",
  options: {
    ...sampleOptions,
    features: { value: "FILE", help: "true directions in input space [n, P]" },
    "target-features": { value: "FILE", help: "true directions in target space [n, R], where they differ" },
    ...orientationOption,
  },
  positionals: ["CHECKPOINT"],
  writes: [],
  async run(session) {
    const { given } = session;
    const path = given.text("data");
    if (path === undefined) throw new UsageError("--data must be given; see monosema evaluate --help");
    const model = await openCheckpoint(session);
    const { data, target } = await openSamples(given, path, model.spec);
    const truth = await openTruth(given, model.spec);
    const backend = await session.backend();
    const measured = await evaluateModel(backend, model, sequentialBatches(data, 1024, target));
    const recovered = truth ? await evaluateRecovery(backend, model, truth.features, truth.targetFeatures) : {};
    await backend.close();
    const metrics = { ...recovered, ...measured };
    const document = session.document(backend, resolve(given.positionals[0] as string), { metrics });
    const lines = Object.entries(metrics).map(
      ([key, value]) => `${key.padEnd(20)}${typeof value === "number" ? value : JSON.stringify(value)}`,
    );
    session.finish(document, lines.join("\n"));
  },
};
