import { expect, it, vi } from "vitest";
import { openBackend } from "../src/index.js";
import { tfjsCpu } from "../src/tfjsCpu.js";
import { tfjsWasm } from "../src/tfjsWasm.js";

const missing = vi.hoisted(() => () => {
  throw new Error("Cannot find package");
});
vi.mock("@tensorflow/tfjs-backend-wasm", missing);
vi.mock("@tensorflow/tfjs-backend-cpu", missing);

// A consumer without the optional peers.
it.each(["wasm", "cpu"])("names the command that installs a missing tfjs-%s", async (engine) => {
  const packages = `@tensorflow/tfjs-core @tensorflow/tfjs-backend-${engine}`;
  await expect(openBackend(`tfjs-${engine}`, { others: [tfjsWasm, tfjsCpu] })).rejects.toMatchObject({
    name: "BackendError",
    code: "not-installed",
    message: `openBackend: tfjs-${engine} needs ${packages}, got none; run npm install ${packages}`,
  });
});
