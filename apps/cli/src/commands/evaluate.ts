import { evaluateRecovery } from "@monosema/experiments";
import { evaluateModel, sequentialBatches } from "@monosema/sdl";
import { openCheckpoint, orientationOption } from "../checkpoint.js";
import type { Command } from "../command.js";
import { allRows, openData, openTarget } from "../data.js";
import { refuseWidth } from "../refuseWidth.js";
import { UsageError } from "../usageError.js";

/** `monosema evaluate`. */
export const evaluate: Command = {
  usage: "evaluate CHECKPOINT --data FILE [--target FILE] [--features FILE.npy]",
  summary: "Measures a dictionary on a file: fvu, L0, dead fraction, shrinkage; with true features also recovery.",
  options: {
    data: { value: "FILE", help: "activations, npy or safetensors [N, P]" },
    target: { value: "FILE", help: "targets of a transcoder [N, R]" },
    features: { value: "FILE", help: "true directions in input space [n, P]" },
    "target-features": { value: "FILE", help: "true directions in target space [n, R], where they differ" },
    ...orientationOption,
  },
  positionals: ["CHECKPOINT"],
  async run(session) {
    const { given } = session;
    const [data, targetPath] = [given.text("data"), given.text("target")];
    if (data === undefined) throw new UsageError("--data must be given; see monosema evaluate --help");
    const model = await openCheckpoint(session);
    const { nP, nR, variant } = model.spec;
    const input = await openData("data", data);
    refuseWidth("data", input.columns, nP);
    if (variant === "transcoder" && targetPath === undefined) {
      throw new UsageError("--target must be given for a transcoder; give the activations that it predicts");
    }
    const target = await openTarget(targetPath, input);
    if (target) refuseWidth("target", target.columns, nR);
    const features = await directions(given.text("features"), "features", nP);
    const targetFeatures = (await directions(given.text("target-features"), "target-features", nR)) ?? features;
    if (targetFeatures && targetFeatures.length !== ((features?.length ?? 0) / nP) * nR) {
      throw new UsageError(
        "--target-features must be given with --features, row by row, where input and target differ in width",
      );
    }
    const out = await session.output();
    const backend = await session.backend();
    const measured = await evaluateModel(backend, model, sequentialBatches(input, 1024, target));
    const recovered =
      features && targetFeatures ? await evaluateRecovery(backend, model, features, targetFeatures) : {};
    await backend.close();
    const metrics = { ...recovered, ...measured };
    const document = session.document(backend, out, { metrics });
    const lines = Object.entries(metrics).map(
      ([key, value]) => `${key.padEnd(20)}${typeof value === "number" ? value : JSON.stringify(value)}`,
    );
    session.finish(document, lines.join("\n"));
  },
};

async function directions(path: string | undefined, option: string, width: number): Promise<Float32Array | undefined> {
  if (path === undefined) return undefined;
  const rows = await openData(option, path);
  refuseWidth(option, rows.columns, width);
  return await allRows(rows);
}
