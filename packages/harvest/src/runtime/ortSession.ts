import { BackendError, fromFloat16 } from "@monosema/tensor";
import type { OrtNamespace, OrtSession, OrtTensor } from "./ortNamespace.js";
import type { RuntimeSession, RuntimeTensor } from "./runtime.js";

/**
 * Opens a model with the library.
 *
 * @param closed - what else is to be done when the session is closed
 * @throws BackendError `model-refused` with what the library says
 */
export async function ortSession(
  ort: OrtNamespace,
  name: string,
  model: Uint8Array | string,
  options: object,
  closed: () => Promise<void> = async () => {},
): Promise<RuntimeSession> {
  const session = await ort.InferenceSession.create(model, { ...quiet, ...order, ...options }).catch(
    (cause: unknown) => {
      throw new BackendError("model-refused", `${name}: the model must open, got "${reason(cause)}"; check the file`, {
        cause,
      });
    },
  );
  let open = true;
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: async (inputs, outputs) => {
      if (!open) throw new TypeError(`${name}: run must come before close, got it after; open the model again`);
      return await runSession(ort, session, name, inputs, outputs);
    },
    close: async () => {
      if (!open) return;
      open = false;
      await session.release();
      await closed();
    },
  };
}

/** Without what the library writes to stderr: what goes wrong comes as an error. */
const quiet = { logSeverityLevel: 4 };
/** One node after the other. */
const order = { executionMode: "sequential", interOpNumThreads: 1 };

async function runSession(
  ort: OrtNamespace,
  session: OrtSession,
  name: string,
  inputs: Readonly<Record<string, RuntimeTensor>>,
  outputs: readonly string[],
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  const feeds = Object.fromEntries(
    session.inputNames.map((input) => {
      const given = inputs[input];
      if (given === undefined) {
        throw new TypeError(
          `${name}: inputs must have ${session.inputNames.join(", ")}, got ${Object.keys(inputs).join(", ") || "none"}; give all`,
        );
      }
      return [input, new ort.Tensor(given.type, given.data, given.dims)];
    }),
  );
  for (const output of outputs) {
    if (session.outputNames.includes(output)) continue;
    const known = session.outputNames.join(", ");
    throw new RangeError(`${name}: outputs must be among ${known}, got ${output}; open the model with it as an output`);
  }
  const results = await session.run(feeds, outputs, quiet).catch((cause: unknown) => {
    throw new BackendError(
      "run-failed",
      `${name}: the model must run on these inputs, got "${reason(cause)}"; check their sizes`,
      {
        cause,
      },
    );
  });
  return Object.fromEntries(outputs.map((output) => [output, ownTensor(name, output, results[output] as OrtTensor)]));
}

function ownTensor(name: string, output: string, { type, dims, data }: OrtTensor): RuntimeTensor {
  if (type === "float32" && data instanceof Float32Array) return { type, dims, data };
  if (type === "int64" && data instanceof BigInt64Array) return { type, dims, data };
  if (type === "int32" && data instanceof Int32Array) return { type, dims, data };
  if (type === "float16" && ArrayBuffer.isView(data)) {
    const words = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
    return { type: "float32", dims, data: fromFloat16(words) };
  }
  throw new TypeError(
    `${name}: output ${output} must be float32, float16, int32 or int64, got ${type}; choose another tensor`,
  );
}

const reason = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).trim();
