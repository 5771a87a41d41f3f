import { describe, expect, it } from "vitest";
import { hasRedis, needsRedis } from "./support/fleet.js";
import { simulateFleet } from "./support/simulateFleet.mjs";

const engines = ["local", "redis", "manifest"] as const;

describe.skipIf(!hasRedis)(
  `a fleet that is killed at random, as check:fleet with fewer workers (${needsRedis})`,
  () => {
    it.each(engines.flatMap((engine) => [0, 1].map((seed) => [engine, seed] as const)))(
      "%s, seed %i: nothing is lost or counted twice",
      async (engine, seed) => {
        const report = await simulateFleet(engine, seed, { count: 60, kills: 2, workers: 30, split: 3 });
        expect(report).toMatchObject({ results: 60, right: 60, committedTwice: 0, killed: 2 });
      },
    );
  },
);
