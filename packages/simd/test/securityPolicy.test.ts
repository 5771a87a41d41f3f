import { afterEach, expect, it, vi } from "vitest";
import { openSimd } from "../src/index.js";

afterEach(() => void vi.restoreAllMocks());

it("says what a page needs whose Content-Security-Policy refuses to compile WebAssembly", async () => {
  const refusal = "violates the following Content Security Policy directive: script-src 'self'";
  vi.spyOn(WebAssembly, "Module").mockImplementation(function refuse() {
    throw new WebAssembly.CompileError(refusal);
  });
  await expect(openSimd({ threads: 1 })).rejects.toMatchObject({
    name: "BackendError",
    code: "wasm-refused",
    message: expect.stringMatching(/^openSimd: .*script-src 'self'"; add 'wasm-unsafe-eval' to script-src/),
  });
  vi.restoreAllMocks();
  const backend = await openSimd({ threads: 1 });
  expect(backend.name).toBe("simd");
  await backend.close();
});
