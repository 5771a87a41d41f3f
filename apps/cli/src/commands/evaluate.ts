import { resolve } from "node:path";
import { evaluateRecovery } from "@monosema/experiments";
import { evaluateModel, sequentialBatches } from "@monosema/sdl";
import { openCheckpoint, orientationOption } from "../checkpoint.js";
import type { Command } from "../command.js";
import { dataText } from "../dataFile.js";
import { openSamples, sampleOptions } from "../samples.js";
import { openTruth, truthOptions } from "../truth.js";

/** `monosema evaluate`. */
export const evaluate: Command = {
  usage: "evaluate CHECKPOINT --data FILE [--target FILE] [--features FILE.npy]",
  summary: "Measures a dictionary on a file: fvu, L0, dead fraction, shrinkage; with true features also recovery.",
  options: {
    ...sampleOptions,
    ...truthOptions,
    ...orientationOption,
  },
  positionals: ["CHECKPOINT"],
  writes: [],
  async run(session) {
    const { given } = session;
    const path = dataText(given, "evaluate");
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
