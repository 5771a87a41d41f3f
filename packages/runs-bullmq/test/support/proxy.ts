import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A link to a port that can fall silent without being closed, as behind a cable that is pulled. */
export interface Proxy {
  readonly url: string;
  silence(): void;
}

/** Opens a link to a port of this machine. */
export async function openProxy(port: number): Promise<Proxy> {
  let silent = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (data) => silent || to.write(data));
      from.on("error", () => {});
      from.on("close", () => silent || to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port: own } = server.address() as { port: number };
  return {
    url: `redis://127.0.0.1:${own}`,
    silence() {
      silent = true;
    },
  };
}
