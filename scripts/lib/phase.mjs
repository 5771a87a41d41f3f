import { performance } from "node:perf_hooks";

/**
 * Runs one phase with one line on standard error before and one after it; `body` gives `{status, output}` and its output
 * is shown where the status is not 0. Returns the status.
 */
export async function phase(name, body) {
  process.stderr.write(`${name} ...\n`);
  const start = performance.now();
  const { status, output } = await body();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (status === 0) process.stderr.write(`${name}: done in ${seconds} s\n`);
  else process.stderr.write(`${output}\n${name}: failed with status ${status} after ${seconds} s\n`);
  return status;
}
