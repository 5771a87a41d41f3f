import { engineContract } from "@monosema/runs/contract";
import * as vitest from "vitest";
import { afterAll, beforeAll, describe } from "vitest";
import { bullmqEngine } from "../src/index.js";
import { hasRedis, needsRedis } from "./support/fleet.js";
import { type RedisServer, redisServer } from "./support/redisServer.mjs";

describe.skipIf(!hasRedis)(`the contract of engines (${needsRedis})`, () => {
  let server: RedisServer;
  let queues = 0;
  beforeAll(async () => {
    server = await redisServer();
  });
  afterAll(() => server.close());

  engineContract(vitest, () => bullmqEngine(server.url, { queue: `queue-${++queues}`, lease: 600 }), {
    deliveries: { final: 1, failed: 5, lost: 20 },
  });
});
