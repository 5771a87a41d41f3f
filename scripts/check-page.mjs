// Scrolls the list of a page of 4,096 features in a Chromium (CHROME_PATH, else one on PATH) and prints the longest task of the main
// thread: `npm run check:page -- [--latents 4096 --rounds 5]`. It fails where the median of the rounds is 50 ms or more, what a browser
// calls a long task. Time of the processor is what counts: on a busy machine a task also waits.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { featurePage } from "../packages/features/dist/page.js";
import { random } from "../packages/tensor/dist/index.js";

const root = resolve(import.meta.dirname, "..");
const { chromium } = createRequire(join(root, "packages/features/package.json"))("playwright-core");
const { values } = parseArgs({
  options: { latents: { type: "string", default: "4096" }, rounds: { type: "string", default: "5" } },
});
const [latents, rounds] = [Number(values.latents), Number(values.rounds)];
const work = mkdtempSync(join(tmpdir(), "check-page-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const stream = random(0, "check-page");
const word = () => ` word${stream.integer(5000)}`;

function feature(latent) {
  const max = 1 + 30 * stream.uniform();
  const example = (value) => ({
    row: stream.integer(24_000),
    value,
    document: stream.integer(72),
    position: stream.integer(128),
    view: {
      kind: "tokens",
      tokens: Array.from({ length: 17 }, word),
      values: Array(17).fill(0).with(12, value),
      at: 12,
    },
  });
  return {
    latent,
    ...{ count: 100, rate: 0.004, max, mean: max / 3, histogram: { edges: [0, max / 2, max], counts: [80, 20] } },
    examples: Array.from({ length: 24 }, (_, i) => example((max * (24 - i)) / 24)),
    ...{ quantiles: [], neighbours: [], cofiring: [] },
    tokens: [{ token: 0, text: word(), share: 0.5 }],
  };
}

const features = Array.from({ length: latents }, (_, latent) => feature(latent));
const { files } = featurePage({
  ...{ title: "check", checkpoint: "none", options: "", latents, alive: latents, rows: 24_000, sampledRows: 24_000 },
  ...{ facts: [], warnings: [], features },
  map: { method: "random", x: features.map(stream.normal), y: features.map(stream.normal) },
});
for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);

/** Every part of the list, a screen per frame. */
const scroll = `(async () => {
  const list = document.querySelector(".list");
  for (let i = 0; i <= 120; i++) {
    list.scrollTop = (list.scrollHeight * i) / 120;
    await new Promise(requestAnimationFrame);
  }
})()`;

/** The longest task of a page's main thread in a trace: ms that the processor spent on it, and ms that passed. */
function longestTask({ traceEvents }) {
  const place = ({ pid, tid }) => `${pid} ${tid}`;
  const named = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const mains = new Set(named.map(place));
  const tasks = traceEvents.filter((event) => /RunTask$/.test(event.name) && event.tdur && mains.has(place(event)));
  const { tdur, dur } = tasks.reduce((longest, task) => (task.tdur > longest.tdur ? task : longest));
  return { cpu: tdur / 1000, wall: dur / 1000 };
}

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const found = () =>
  execFileSync("sh", ["-c", `command -v ${names.join(" ")} | head -n 1`], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath: process.env.CHROME_PATH ?? found(), args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(pathToFileURL(join(work, "index.html")).href);
await page.waitForSelector(".row");
await page.waitForTimeout(5000); // Until the contexts have been read for the search.
const longest = [];
for (let round = 0; round < rounds; round++) {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  await page.evaluate(scroll);
  const { cpu, wall } = longestTask(JSON.parse((await browser.stopTracing()).toString()));
  longest.push(cpu);
  console.log(
    `round ${round + 1}: the longest task took ${cpu.toFixed(1)} ms of the processor, ${wall.toFixed(1)} ms passed`,
  );
}
await browser.close();
const median = longest.toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
console.log(`median: ${median.toFixed(1)} ms of the processor`);
process.exitCode = median < 50 ? 0 : 1;
