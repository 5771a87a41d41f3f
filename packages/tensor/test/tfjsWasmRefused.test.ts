import { expect, it, vi } from "vitest";
import { openBackend } from "../src/index.js";
import { tfjsWasm, tfjsWasmWith } from "../src/tfjsWasm.js";

// What tfjs does where a page does not find the .wasm files, or may not compile them: a warning, and no reason for the caller.
vi.mock("@tensorflow/tfjs-core", async (original) => ({
  ...(await original<object>()),
  setBackend: async () => false,
}));

it.each([
  ["no wasmPaths", tfjsWasm],
  ['wasmPaths "/elsewhere/"', tfjsWasmWith({ wasmPaths: "/elsewhere/" })],
])("a page with %s whose engine does not start is told of wasmPaths and of its policy", async (got, opener) => {
  await expect(openBackend("tfjs-wasm", { others: [opener] })).rejects.toMatchObject({
    name: "BackendError",
    code: "engine-unavailable",
    message: expect.stringMatching(
      new RegExp(
        `got a failure with ${got}; .*tfjsWasmWith\\(\\{ wasmPaths: "/folder/" \\}\\).*'wasm-unsafe-eval' to its script-src`,
      ),
    ),
  });
});
