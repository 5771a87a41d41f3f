import { randomUUID } from "node:crypto";
import { describe } from "vitest";
import { s3Store } from "../src/index.js";
import { storeContract } from "./support/storeContract.js";

const server = process.env.MONOSEMA_S3;

describe.skipIf(server === undefined)("a store in a bucket of the server that MONOSEMA_S3 names", () => {
  storeContract(async () => {
    const address = `s3://monosema-tests/${randomUUID()}`;
    const env = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret", AWS_ENDPOINT_URL: server };
    return { store: await s3Store(address, { env }), opener: "s3Store", address, env };
  });
});
