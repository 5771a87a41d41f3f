import { afterEach, beforeEach, expect, it } from "vitest";
import { openRegistry } from "../release/registry.mjs";

let registry;
beforeEach(async () => {
  registry = await openRegistry();
});
afterEach(() => registry.close());

function put(version) {
  const body = {
    versions: { [version]: { name: "@a/b", version } },
    "dist-tags": { latest: version },
    _attachments: { [`@a/b-${version}.tgz`]: { data: Buffer.from(`tarball of ${version}`).toString("base64") } },
  };
  return fetch(`${registry.url}@a%2fb`, { method: "PUT", body: JSON.stringify(body) });
}

it("serves what was published", async () => {
  expect((await fetch(`${registry.url}@a%2fb`)).status).toBe(404);
  expect((await put("0.1.0")).status).toBe(201);
  expect((await put("0.2.0")).status).toBe(201);
  const document = await (await fetch(`${registry.url}@a%2fb`)).json();
  expect(Object.keys(document.versions)).toEqual(["0.1.0", "0.2.0"]);
  expect(document["dist-tags"]).toEqual({ latest: "0.2.0" });
  expect(await (await fetch(`${registry.url}@a/b/-/b-0.1.0.tgz`)).text()).toBe("tarball of 0.1.0");
  expect((await fetch(`${registry.url}@a/b/-/b-0.3.0.tgz`)).status).toBe(404);
});

it("refuses to publish a version twice", async () => {
  await put("0.1.0");
  expect((await put("0.1.0")).status).toBe(403);
  expect(registry.versions("@a/b")).toEqual(["0.1.0"]);
});
