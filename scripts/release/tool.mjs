import { run } from "../lib/run.mjs";

/** Runs a tool and gives its output; throws with that output where it fails. */
export async function tool(command, args, options = {}) {
  const { status, output } = await run(command, args, { ...options, output: "capture" });
  if (status !== 0) {
    const start = output.split("\n").slice(0, 40).join("\n");
    throw new Error(`${command} ${args[0]} ended with status ${status}\n${start}`);
  }
  return output;
}
