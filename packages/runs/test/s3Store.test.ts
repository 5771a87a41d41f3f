import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { s3Store } from "../src/index.js";
import { type Fault, fakeS3 } from "./support/fakeS3.js";
import { resultOf, storeContract } from "./support/storeContract.js";
import { numbered } from "./support/temporary.js";

const address = "s3://runs/of/mine";

describe("a store in a bucket", () => {
  storeContract(async () => {
    const { env } = await fakeS3();
    return { store: await s3Store(address, { env }), opener: "s3Store", address, env };
  });
});

it("refuses a server that takes a second object of one name", async () => {
  const { env, objects } = await fakeS3({ conditional: false });
  await expect(s3Store(address, { env })).rejects.toThrow(
    /If-None-Match.*s3:\/\/runs\/of\/mine at http:\/\/127\.0\.0\.1:\d+ took more; results could be lost: use/,
  );
  expect(objects.size).toBe(0);
});

it.each<[string, Fault, number]>([
  ["a connection that is cut", "cutBefore", 3],
  ["an answer that is lost", "cutAfter", 2],
  ["a server that is too busy", { status: 503, code: "SlowDown" }, 2],
  ["a conflict of conditional writes", { status: 409, code: "ConditionalRequestConflict" }, 3],
])("asks again after %s, and a result counts once", async (_, fault, faults) => {
  let left = 0;
  const { env, requests } = await fakeS3({
    fault: (method, key) => (method === "PUT" && key.includes("results/") && left-- > 0 ? fault : undefined),
  });
  const store = await s3Store(address, { env });
  left = faults;
  expect(await store.commit(resultOf("a", "first"))).toBe(true);
  expect(requests.filter((line) => line === "PUT of/mine/results/a.json")).toHaveLength(faults + 1);
  expect(await store.commit(resultOf("a", "second"))).toBe(false);
  expect(await store.result("a")).toMatchObject({ attempt: "first" });
});

it.each([
  [403, "AccessDenied", /refused GET .*AccessDenied \(because\); allow s3:ListBucket/],
  [403, "InvalidAccessKeyId", /InvalidAccessKeyId.*set AWS_ACCESS_KEY_ID/],
  [400, "ExpiredToken", /ExpiredToken.*AWS_SESSION_TOKEN/],
  [301, "PermanentRedirect", /PermanentRedirect.*set AWS_REGION/],
])("says what a refusal means: %i %s", async (status, code, message) => {
  const { env } = await fakeS3({
    fault: (method, key) => (method === "GET" && key.endsWith("/a.json") ? { status, code } : undefined),
  });
  const store = await s3Store(address, { env });
  await expect(store.result("a")).rejects.toThrow(message);
});

it("names what is wrong with its address, credentials, bucket and server", async () => {
  const { env } = await fakeS3();
  await expect(s3Store("s3:/runs", { env })).rejects.toThrow(/s3:\/\/bucket\/prefix, got s3:\/runs/);
  await expect(s3Store("s3://runs/a//b", { env })).rejects.toThrow(/s3:\/\/bucket\/prefix/);
  await expect(s3Store(address, { env: {} })).rejects.toThrow(/got no AWS_ACCESS_KEY_ID; set them/);
  await expect(s3Store(address, { env: { ...env, AWS_ENDPOINT_URL: "here" } })).rejects.toThrow(
    /AWS_ENDPOINT_URL must be/,
  );
  await expect(s3Store("s3://others", { env })).rejects.toThrow(/NoSuchBucket \(because\); make the bucket/);
});

it("waits for a server that is away, and then says so", async () => {
  const gone = await fakeS3({ fault: () => "cutBefore" });
  await expect(s3Store(address, { env: gone.env, patience: 300 })).rejects.toThrow(
    /needs an answer of the server http:\/\/127\.0\.0\.1:\d+, got .*; start it, or set AWS_ENDPOINT_URL/,
  );
  expect(gone.requests.length).toBeGreaterThan(4); // each of the racers of the probe, again
});

it("sends a big file in parts, and fetches it whole", async () => {
  const { env, requests, objects } = await fakeS3();
  const store = await s3Store(address, { env });
  const { id } = numbered(1);
  const attempt = await store.begin(id, "a");
  const folder = join(attempt.folder, "states/step-1");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "big"), "begins");
  truncateSync(join(folder, "big"), 40 * 2 ** 20);
  await attempt.keepState();
  const key = `of/mine/jobs/${id}/attempt-a/states/step-1/big`;
  expect(requests.filter((line) => line === `PUT ${key}`)).toHaveLength(3);
  expect(objects.get(key)?.length).toBe(40 * 2 ** 20);
  expect((await store.begin(id, "b")).resumedFrom).toBe(1);
  await attempt.close();
});

it("a state counts once all of it is there, and the older one goes", async () => {
  let broken = false;
  const { env, objects } = await fakeS3({
    fault: (method, key) =>
      broken && method === "PUT" && key.endsWith("/b") ? { status: 403, code: "AccessDenied" } : undefined,
  });
  const store = await s3Store(address, { env });
  const { id } = numbered(1);
  const attempt = await store.begin(id, "a");
  const save = (step: number): void => {
    mkdirSync(join(attempt.folder, `states/step-${step}`), { recursive: true });
    for (const name of ["a", "b"]) writeFileSync(join(attempt.folder, `states/step-${step}`, name), String(step));
  };
  save(1);
  await attempt.keepState();
  broken = true;
  save(2);
  await expect(attempt.keepState()).rejects.toThrow("AccessDenied");
  expect(await store.begin(id, "b")).toMatchObject({ resumedFrom: 1 });
  broken = false;
  await attempt.keepState();
  expect(await store.begin(id, "c")).toMatchObject({ resumedFrom: 2 });
  expect([...objects.keys()].filter((key) => key.includes("attempt-a/") && key.includes("step-1"))).toEqual([]);
});

it("a damaged result is named, not passed over", async () => {
  const { env, objects } = await fakeS3();
  const store = await s3Store(address, { env });
  objects.set("of/mine/results/x.json", Buffer.from('{"id":'));
  await expect(store.result("x")).rejects.toThrow(/s3:\/\/runs\/of\/mine\/results\/x\.json.*remove the object/);
});
