import { spawn } from "node:child_process";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "./workspace.mjs";

/**
 * Runs a program to its end and gives `{status, output, stdout}`: all it wrote, and what it wrote to standard output alone.
 *
 * `output` is `"inherit"` (the child writes to our streams), `"capture"` (kept, not shown) or `"tee"` (shown and kept). The
 * workspace's own tools come first on PATH, and logs get no colour codes. An interrupt reaches the child too, through the
 * terminal's process group, and we wait for it, so that it can say what it kept.
 */
export async function run(command, args, { output = "inherit", env = {}, cwd = root } = {}) {
  const path = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const color = process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: "1" };
  const stream = output === "inherit" ? "inherit" : "pipe";
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...color, PATH: path, ...env },
    stdio: ["inherit", stream, stream],
    shell: process.platform === "win32",
  });
  const wait = () => {};
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", wait);
  process.on("SIGTERM", forward);
  const chunks = [];
  const stdout = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from?.on("data", (chunk) => {
      chunks.push(chunk);
      if (from === child.stdout) stdout.push(chunk);
      if (output === "tee") to.write(chunk);
    });
  }
  try {
    const status = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
    return { status, output: text(chunks), stdout: text(stdout) };
  } finally {
    process.off("SIGINT", wait);
    process.off("SIGTERM", forward);
  }
}

function text(chunks) {
  return Buffer.concat(chunks).toString("utf8");
}

/** `turbo run` with its telemetry and update notice off; see {@link run} for options and result. */
export function turbo(args, { env = {}, ...options } = {}) {
  const quiet = { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" };
  return run("turbo", ["run", ...args], { ...options, env: { ...quiet, ...env } });
}
