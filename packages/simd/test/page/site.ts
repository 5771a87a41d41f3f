import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../..", import.meta.url));

/** A new folder with the page and the packed packages installed in it, as a stranger has them. */
export function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  for (const file of ["index.html", "page.js", "engine.js", "train.js", "node.js"]) {
    cpSync(new URL(file, import.meta.url), join(folder, file));
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const name of ["simd", "tensor"]) {
    const installed = join(folder, "node_modules", "@monosema", name);
    mkdirSync(installed, { recursive: true });
    const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder];
    execFileSync("npm", pack, { cwd: join(packages, name), stdio: ["ignore", "ignore", "inherit"] });
    const tarball = readdirSync(folder).find((file) => file.startsWith(`monosema-${name}-`)) as string;
    execFileSync("tar", ["-xzf", join(folder, tarball), "-C", installed, "--strip-components", "1"]);
  }
  return folder;
}

/** Headers that isolate a page, so that its threads may share memory. */
export const isolation: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/** A server of files on the loopback interface. */
export interface Site {
  /** Address of the page. */
  readonly url: string;
  /** Ends it. */
  close(): void;
}

/** Serves a folder, with these headers. */
export async function serve(folder: string, headers: Readonly<Record<string, string>>): Promise<Site> {
  const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript" };
  const server = createServer(({ url = "/" }, response) => {
    const path = join(folder, url === "/" ? "index.html" : url);
    try {
      const content = readFileSync(path);
      response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream", ...headers });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("internal: the server has no port");
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}
