import { BackendError } from "@monosema/tensor";
import type { Runtime } from "../runtime.js";
import type { NodeRuntime, OpenRuntimeOptions } from "./nodeRuntime.js";
import { onnxruntimeNode } from "./onnxruntimeNode.js";
import { onnxruntimeWebNode } from "./onnxruntimeWebNode.js";

/** All runtimes, the fastest first. */
export const runtimes: readonly NodeRuntime[] = [onnxruntimeNode, onnxruntimeWebNode];

/**
 * Loads a library that runs models; its `name` and `version` say which.
 *
 * @param name - name of its package; `auto`: the first of {@link runtimes} that is installed
 * @throws BackendError `not-installed` with the command that installs it, `broken-install` where one is there but does not load
 */
export async function openRuntime(name = "auto", options: OpenRuntimeOptions = {}): Promise<Runtime> {
  const wanted = name === "auto" ? runtimes : runtimes.filter((runtime) => runtime.name === name);
  if (wanted.length === 0) {
    const names = ["auto", ...runtimes.map((runtime) => runtime.name)].join(", ");
    throw new RangeError(`openRuntime: name must be one of ${names}, got ${name}; leave it out for auto`);
  }
  const missing: BackendError[] = [];
  for (const runtime of wanted) {
    try {
      return await runtime.load(options);
    } catch (error) {
      if (!(error instanceof BackendError) || error.code !== "not-installed") throw error;
      missing.push(error);
    }
  }
  const [first, ...others] = missing;
  const also = others.length === 0 ? "" : "; npm i onnxruntime-web does without native code, at a third of the speed";
  throw new BackendError("not-installed", `openRuntime: ${first?.message}${also}`, { cause: first });
}
