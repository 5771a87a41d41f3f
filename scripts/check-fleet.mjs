// npm run check:fleet -- [--seeds 20 --engines local,redis,manifest --jobs 400 --kills 8]
// Jobs that sleep on 200 workers, killed at random: nothing may be lost or counted twice. local: one process with 200; redis: eight
// processes of 25 on a server of its own; manifest: eight processes of 25, each with its jobs of a list, as job arrays have them.
import { parseArgs } from "node:util";
import { simulateFleet } from "../packages/runs-bullmq/test/support/simulateFleet.mjs";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    engines: { type: "string", default: "local,redis,manifest" },
    jobs: { type: "string", default: "400" },
    kills: { type: "string", default: "8" },
  },
});
const [seeds, count, kills] = [values.seeds, values.jobs, values.kills].map(Number);
const known = ["local", "redis", "manifest"];
const engines = values.engines.split(",");
const unknown = engines.find((engine) => !known.includes(engine));
if (unknown !== undefined)
  throw new RangeError(`check:fleet: --engines are some of ${known.join(",")}, got ${unknown}`);

let [passed, failed] = [0, 0];
for (const engine of engines) {
  for (let seed = 0; seed < seeds; seed++) {
    const { jobs, results, right, committedTwice, killed, resumed, seconds } = await simulateFleet(engine, seed, {
      count,
      kills,
    });
    const holds = results === jobs && right === jobs && committedTwice === 0;
    const facts = `${right} of ${jobs} right, ${committedTwice} counted twice, ${killed} kills, ${resumed} went on from a state`;
    console.log(`${holds ? "ok    " : "FAILED"} ${engine}, seed ${seed}: ${facts}, ${seconds.toFixed(1)} s`);
    if (holds) passed += 1;
    else failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
