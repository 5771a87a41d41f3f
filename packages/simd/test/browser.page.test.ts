import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { build, createServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "./page/chromium.js";
import { isolation, makeProject, serve } from "./page/site.js";

/** What `page/train.js` gives. */
interface Training {
  readonly threads: number;
  readonly detail: string;
  readonly losses: readonly number[];
}

const executablePath = findChromium();
if (executablePath === undefined && process.env.CI) {
  throw new Error("a Chromium is required where CI is set; install one or name it in CHROME_PATH");
}

describe.skipIf(executablePath === undefined)("the packed package in a page (needs a Chromium or CHROME_PATH)", () => {
  let project: string;
  let browser: Browser;
  let node: Training;

  beforeAll(async () => {
    project = makeProject();
    node = JSON.parse(execFileSync(process.execPath, ["node.js", '{"threads":1}'], { cwd: project, encoding: "utf8" }));
    await build({ root: project, configFile: false, logLevel: "error", base: "./", build: { outDir: "out" } });
    browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(project, { recursive: true, force: true });
  });

  const trainAt = async (url: string, where: "train" | "trainInWorker", threads: number): Promise<Training> => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction("window.trainInWorker !== undefined");
    const training: Training = await page.evaluate(`window.${where}({ threads: ${threads} })`);
    await page.close();
    return training;
  };
  const expectSameLosses = ({ losses }: Training) => {
    expect(losses).toHaveLength(5);
    for (const [i, loss] of losses.entries()) {
      // Another version of V8 may choose another tier; selections are exact in all, sums are float32.
      expect(Math.abs(loss / (node.losses[i] as number) - 1)).toBeLessThan(1e-6);
    }
  };

  it("trains in Node, unbundled", () => {
    expect(node.losses.every((loss, i) => i === 0 || loss < (node.losses[i - 1] as number))).toBe(true);
  });

  it.each(["train", "trainInWorker"] as const)("trains on two threads where it is isolated: %s", async (where) => {
    const site = await serve(join(project, "out"), isolation);
    const training = await trainAt(site.url, where, 2);
    site.close();
    expect(training.threads).toBe(2);
    expectSameLosses(training);
  });

  it.each(["train", "trainInWorker"] as const)("trains on one thread elsewhere, and says why: %s", async (where) => {
    const site = await serve(join(project, "out"), {});
    const training = await trainAt(site.url, where, 2);
    site.close();
    expect(training.threads).toBe(1);
    expect(training.detail).toContain("Cross-Origin-Opener-Policy: same-origin");
    expectSameLosses(training);
  });

  it("runs under a Content-Security-Policy that lets it compile, and names the cure under one that does not", async () => {
    const policy = (more: string) => ({ ...isolation, "content-security-policy": `default-src 'self'${more}` });
    const open = await serve(join(project, "out"), policy("; script-src 'self' 'wasm-unsafe-eval'"));
    expectSameLosses(await trainAt(open.url, "train", 2));
    open.close();
    const strict = await serve(join(project, "out"), policy(""));
    await expect(trainAt(strict.url, "train", 2)).rejects.toThrow(/add 'wasm-unsafe-eval' to script-src/);
    strict.close();
  });

  it("finds its workers on Vite's development server too", async () => {
    const server = await createServer({
      root: project,
      configFile: false,
      logLevel: "error",
      server: { host: "127.0.0.1", port: 0, headers: isolation },
    });
    await server.listen();
    const training = await trainAt(server.resolvedUrls?.local[0] as string, "train", 2);
    await server.close();
    expect(training.threads).toBe(2);
    expectSameLosses(training);
  });
});
