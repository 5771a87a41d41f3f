import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { BackendError } from "@monosema/tensor";
import type { ExternalWeights, OnnxModel } from "../../onnx/onnxModel.js";
import type { OrtNamespace } from "../ortNamespace.js";
import { ortSession } from "../ortSession.js";
import { threadsOf } from "../threads.js";
import { loadPackage, searchedFolders } from "./loadPackage.js";
import type { NodeRuntime } from "./nodeRuntime.js";

const name = "onnxruntime-node";
/** A plain install downloads parts for graphics cards and fails where it cannot. */
const install = `ONNXRUNTIME_NODE_INSTALL=skip npm i ${name}`;

/** ONNX Runtime as a native library. Weights lie in a file that it maps into memory. */
export const onnxruntimeNode: NodeRuntime = {
  name,
  load: async ({ from = searchedFolders(), scratch = tmpdir() }) => {
    const { exports: ort, version } = loadPackage<OrtNamespace>(name, from, install);
    return {
      name,
      version,
      open: async (model, options) => {
        const settings = { executionProviders: ["cpu"], intraOpNumThreads: threadsOf(name, options), extra };
        if (model.external.length === 0) return await ortSession(ort, name, model.proto, settings);
        const folder = await mkdtemp(join(scratch, "monosema-model-"));
        const remove = () => rm(folder, { recursive: true, force: true });
        try {
          const session = await ortSession(ort, name, await writeModel(folder, model), settings, remove);
          // A mapped file lives on without its name, except on Windows: nothing is left behind by a process that is killed.
          if (process.platform !== "win32") await remove();
          return session;
        } catch (error) {
          await remove();
          throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? noSpace(scratch, model, error) : error;
        }
      },
    };
  },
};

/** Threads wait without spinning, so that other work has the cores between two runs. */
const extra = { session: { intra_op: { allow_spinning: "0" } } };

function noSpace(scratch: string, { external }: OnnxModel, cause: unknown): BackendError {
  const size = external.reduce((sum, weights) => sum + weights.size, 0);
  const message = `${name}: ${scratch} must have room for ${size} bytes of weights, got a full disk; name another folder as scratch`;
  return new BackendError("no-space", message, { cause });
}

/** Path of the model, beside its weights. */
async function writeModel(folder: string, { proto, external }: OnnxModel): Promise<string> {
  for (const weights of external) await writeWeights(folder, weights);
  const path = join(folder, "model.onnx");
  await writeFile(path, proto);
  return path;
}

async function writeWeights(folder: string, { location, parts }: ExternalWeights): Promise<void> {
  if (basename(location) !== location || location === "model.onnx") {
    throw new RangeError(`${name}: weights must lie in a file beside the model, got ${location}; put it there`);
  }
  const file = await open(join(folder, location), "wx");
  try {
    for await (const part of parts()) await file.writeFile(part);
  } finally {
    await file.close();
  }
}
