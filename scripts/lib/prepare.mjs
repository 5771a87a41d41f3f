import { phase } from "./phase.mjs";
import { turbo } from "./run.mjs";
import { setup } from "./setup.mjs";

/** Sets up and builds what is missing; `filter` names a package (turbo's syntax), all by default. Returns the exit status. */
export async function prepare(filter) {
  const args = ["build", "--output-logs=errors-only", ...(filter ? [`--filter=${filter}`] : [])];
  return (await setup()) || (await phase("build", () => turbo(args, { output: "capture" })));
}
