import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a server of its own on a free port of the loopback interface, with an empty folder; close ends it by its process. */
export async function redisServer() {
  const folder = mkdtempSync(join(tmpdir(), "monosema-redis-"));
  const port = await freePort();
  let server;
  const start = async () => {
    const args = [
      "--port",
      port,
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--appendonly",
      "yes",
      "--appendfsync",
      "always",
      "--save",
      "",
    ];
    server = spawn(process.env.MONOSEMA_REDIS_SERVER ?? "redis-server", args.map(String), { stdio: "ignore" });
    server.on("error", () => {}); // is said below: it has ended
    while (!(await answers(port))) {
      if (server.exitCode !== null || server.pid === undefined) throw new Error("redis-server did not start");
      await pause(20);
    }
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await ended;
  };
  const close = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, port, start, kill, close };
}

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.on("error", () => resolve(false));
    socket.on("data", (data) => {
      socket.destroy();
      resolve(String(data).startsWith("+PONG"));
    });
  });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
