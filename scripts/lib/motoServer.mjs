import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";

/** Milliseconds until the server must answer. */
const patience = 30_000;

// moto looks for an object and writes it in two steps, between which another of its threads may write: one request at a time,
// then, as the real S3 answers one after the other those for one name.
const program = `
import sys
import moto.server as server
run = server.run_simple
server.run_simple = lambda *args, **options: run(*args, **{**options, "threaded": False})
server.main(sys.argv[1:])`;

/** Starts a server of S3 with a bucket `monosema-tests` on a free port of this machine: `{address, stop}`. */
export async function motoServer(folder) {
  const port = await freePort();
  const args = ["-c", program, "-H", "127.0.0.1", "-p", String(port)];
  const child = spawn(join(folder, "bin", "python"), args, { stdio: "ignore" });
  const address = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + patience; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    const answer = await fetch(`${address}/monosema-tests`, { method: "PUT" }).catch(() => undefined);
    if (answer?.ok) return { address, stop: () => child.kill() };
    if (Date.now() > until || child.exitCode !== null) {
      child.kill();
      throw new Error(`moto in ${folder} must answer at ${address}, got none; remove the folder to install it again`);
    }
  }
}

/** A port that nobody listens to. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
