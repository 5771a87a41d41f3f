import { once } from "node:events";
import { createServer } from "node:http";

/**
 * A package registry on the loopback interface that holds what is published to it, in memory: enough of the protocol for
 * `npm publish`, `npm info` and `npm install`. Gives `{url, versions, close}`; `versions(name)` lists the published ones.
 */
export async function openRegistry() {
  const packages = new Map();
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const { status, body } = answer(packages, request, Buffer.concat(chunks));
    response.writeHead(status, {
      "content-type": Buffer.isBuffer(body) ? "application/octet-stream" : "application/json",
    });
    response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    versions: (name) => Object.keys(packages.get(name)?.document.versions ?? {}),
    close: () => server.close(),
  };
}

function answer(packages, { method, url }, body) {
  const [name, file] = decodeURIComponent(new URL(url, "http://registry").pathname.slice(1)).split("/-/");
  if (method === "PUT") return publish(packages, name, JSON.parse(body));
  const found = packages.get(name);
  const content = file === undefined ? found?.document : found?.tarballs.get(file.split("/").at(-1));
  return content === undefined ? { status: 404, body: { error: "not found" } } : { status: 200, body: content };
}

function publish(packages, name, { versions, "dist-tags": tags, _attachments: attachments }) {
  const { document, tarballs } = packages.get(name) ?? {
    document: { name, versions: {}, "dist-tags": {} },
    tarballs: new Map(),
  };
  const taken = Object.keys(versions).find((version) => version in document.versions);
  if (taken !== undefined) return { status: 403, body: { error: `${name}@${taken} is published already` } };
  Object.assign(document.versions, versions);
  Object.assign(document["dist-tags"], tags);
  for (const [file, { data }] of Object.entries(attachments)) {
    tarballs.set(file.split("/").at(-1), Buffer.from(data, "base64"));
  }
  packages.set(name, { document, tarballs });
  return { status: 201, body: { ok: true } };
}
