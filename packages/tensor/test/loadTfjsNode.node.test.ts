import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import util from "node:util";
import { expect, it, onTestFinished, vi } from "vitest";
import { loadTfjsNode } from "../src/node.js";

/** A project with a stand-in for the package: its main file, and its addon where there is one. */
function project(main?: string, addon?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "monosema-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  if (main === undefined) return folder;
  const home = join(folder, "node_modules", "@tensorflow", "tfjs-node");
  mkdirSync(join(home, "lib", "napi-v8"), { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "name": "@tensorflow/tfjs-node", "main": "main.cjs" }');
  writeFileSync(join(home, "main.cjs"), main);
  if (addon !== undefined) writeFileSync(join(home, "lib", "napi-v8", "tfjs_binding.node"), addon);
  return folder;
}

const loadsAddon = 'module.exports = require("./lib/napi-v8/tfjs_binding.node");';
const attempt = (folder: string) => () => loadTfjsNode({ from: [folder] });

it("says how to install the package where it is absent", () => {
  const folder = project();
  expect(attempt(folder)).toThrow(
    expect.objectContaining({ code: "not-installed", message: expect.stringContaining(`got nothing from ${folder}`) }),
  );
  expect(attempt(folder)).toThrow("run npm install @tensorflow/tfjs-node@4.22.0, or set MONOSEMA_TFJS_NODE");
});

it("says how to get the native addon where it is missing, without running the package", () => {
  const folder = project("throw new Error('this was run')");
  expect(attempt(folder)).toThrow(expect.objectContaining({ code: "native-addon-missing" }));
  expect(attempt(folder)).toThrow(
    "run npm rebuild @tensorflow/tfjs-node, or on Linux x64 scripts/tfjs-node-from-wheel.mjs",
  );
});

it("says how to mend a native library that does not load", () => {
  const folder = project(loadsAddon, "not a library");
  expect(attempt(folder)).toThrow(
    expect.objectContaining({
      code: "native-library-unloadable",
      cause: expect.objectContaining({ code: "ERR_DLOPEN_FAILED" }),
    }),
  );
  expect(attempt(folder)).toThrow("install it again on this machine: npm install @tensorflow/tfjs-node");
});

it("searches only the folder of MONOSEMA_TFJS_NODE where it is set", () => {
  const folder = project();
  vi.stubEnv("MONOSEMA_TFJS_NODE", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  expect(() => loadTfjsNode()).toThrow(`got nothing from ${folder};`);
});

it("restores util.isNullOrUndefined before it loads, and fixes the number of threads", () => {
  const legacy = util as { isNullOrUndefined?: (value: unknown) => boolean };
  const before = legacy.isNullOrUndefined;
  vi.stubEnv("TF_NUM_INTRAOP_THREADS", undefined);
  onTestFinished(() => {
    if (before !== undefined) legacy.isNullOrUndefined = before;
    vi.unstubAllEnvs();
  });
  delete legacy.isNullOrUndefined;
  const main = "exports.version_core = String([null, 0].map(require('node:util').isNullOrUndefined));";
  const from = [project(main, "")];
  expect(loadTfjsNode({ from, threads: 2 }).version_core).toBe("true,false");
  expect(process.env.TF_NUM_INTRAOP_THREADS).toBe("2");
  expect(loadTfjsNode({ from, threads: 2 }).version_core).toBe("true,false");
  expect(() => loadTfjsNode({ from, threads: 3 })).toThrow(
    "TensorFlow has 2 threads since it was loaded in this process, got 3; use a new process",
  );
  expect(() => loadTfjsNode({ from, threads: 0 })).toThrow("threads must be a positive integer, got 0");
});
