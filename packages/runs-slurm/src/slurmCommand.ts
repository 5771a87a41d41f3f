import { spawn } from "node:child_process";
import { EngineError } from "@monosema/runs";

/** Runs a command of Slurm, with a text on its standard input, and gives what it writes. */
export function slurmCommand(program: string, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
    });
    child.stdin.on("error", () => {}); // it ended without reading; its status says why
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? absent(program, error) : error),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve(out);
      else
        reject(
          new EngineError(`${program} must end with status 0, got ${code ?? signal}: ${err.trim() || "no message"}`),
        );
    });
    child.stdin.end(input);
  });
}

const absent = (program: string, cause: Error): EngineError =>
  new EngineError(
    `${program} must be on the PATH, got none; run this on a machine of the cluster that submits jobs, or install it: apt-get install slurm-client`,
    { cause },
  );
