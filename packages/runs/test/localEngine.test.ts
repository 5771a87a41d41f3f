import * as vitest from "vitest";
import { expect, it } from "vitest";
import { engineContract } from "../src/contract.js";
import { JobError, localEngine } from "../src/index.js";
import { numbered } from "./support/temporary.js";

engineContract(vitest, async () => localEngine(), { deliveries: { final: 1, failed: 3, lost: 20 } });

it("tries a job that fails as often as it is told, and one that is refused once: there are no other workers", async () => {
  const engine = localEngine({ attempts: 2 });
  await engine.submit([0, 1].map(numbered));
  const tried: unknown[] = [];
  await engine.work(
    async ({ parameters }) => {
      tried.push(parameters.number);
      throw new JobError("no", parameters.number === 0 ? "failed" : "refused");
    },
    { signal: new AbortController().signal, drain: true, workers: 1 },
  );
  expect(tried).toEqual([0, 1, 0]);
  expect(await engine.counts()).toEqual({ waiting: 0, running: 0, failed: 2 });
});
