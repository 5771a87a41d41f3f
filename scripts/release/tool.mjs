import { run } from "../lib/run.mjs";

/** Runs a tool and gives its output; throws with that output where it fails. */
export async function tool(command, args, options = {}) {
  const { status, output } = await run(command, args, { ...options, output: "capture" });
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with status ${status}\n${output}`);
  return output;
}
