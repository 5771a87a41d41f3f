import { describe, it } from "vitest";
import type { OnnxModel, Runtime, RuntimeSession, RuntimeTensor } from "../../src/index.js";
import { openRuntime, runtimes } from "../../src/node.js";
import { whySharedAbsent } from "./shared.js";

const absent = await whyAbsent();
if (absent !== undefined && process.env.MONOSEMA_REQUIRE_ONNXRUNTIME === "1") throw new Error(absent);

/**
 * A suite for each runtime; skipped, with the reason, where they are not installed.
 *
 * @param needed - a file of the shared folder without which it is skipped too
 */
export function describeRuntimes(
  title: string,
  suite: (open: () => Promise<Runtime>, name: string) => void,
  needed?: string,
): void {
  const reason = absent ?? (needed === undefined ? undefined : whySharedAbsent(needed));
  if (reason !== undefined) it.skip(`${title}: ${reason}`);
  else for (const { name } of runtimes) describe(`${title} with ${name}`, () => suite(() => openRuntime(name), name));
}

/** Opens a model, runs it once, and closes it. */
export async function runOnce(
  runtime: Runtime,
  model: OnnxModel,
  inputs: Readonly<Record<string, RuntimeTensor>>,
  outputs?: readonly string[],
): Promise<Readonly<Record<string, RuntimeTensor>>> {
  return await withSession(runtime, model, (session) => session.run(inputs, outputs ?? session.outputs));
}

/** Opens a model, hands it over, and closes it. */
export async function withSession<T>(
  runtime: Runtime,
  model: OnnxModel,
  use: (session: RuntimeSession) => Promise<T>,
): Promise<T> {
  const session = await runtime.open(model, { threads: 1 });
  return await use(session).finally(() => session.close());
}

/** Float32 numbers of an output. */
export function floats(tensor: RuntimeTensor | undefined): Float32Array {
  if (tensor?.type !== "float32") throw new Error(`float32 expected, got ${tensor?.type}`);
  return tensor.data;
}

/** Largest difference over the largest expected magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} numbers, expected ${expected.length}`);
  let [difference, most] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs((actual[i] as number) - (expected[i] as number)));
    most = Math.max(most, Math.abs(expected[i] as number));
  }
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / most;
}

async function whyAbsent(): Promise<string | undefined> {
  for (const { name } of runtimes) {
    const missing = await openRuntime(name).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (missing !== undefined) return missing;
  }
  return undefined;
}
