import * as cpu from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Backend, BackendError, type BackendOpener, openBackend, referenceBackend } from "../src/index.js";
import { tfjsBackend } from "../src/tfjs.js";
import { tfjsCpu } from "../src/tfjsCpu.js";
import { tfjsWasm } from "../src/tfjsWasm.js";

const opening = (name: string, detail = "as it is"): BackendOpener => ({
  name,
  open: async () => ({ ...referenceBackend(), name, detail }),
});
const failing = (name: string, error: Error): BackendOpener => ({ name, open: () => Promise.reject(error) });
const closing = (backend: Backend): Backend => {
  onTestFinished(() => backend.close());
  return backend;
};
const openTfjs = (name: string): Promise<Backend> => openBackend(name, { others: [tfjsWasm, tfjsCpu] });

describe("openBackend", () => {
  it.each(["reference", "tfjs-cpu", "tfjs-wasm"])("opens %s by name", async (name) => {
    expect(closing(await openTfjs(name)).name).toBe(name);
  });

  it("opens others by name and passes the threads on", async () => {
    const asked: unknown[] = [];
    const other: BackendOpener = {
      name: "fast",
      open: async (options) => {
        asked.push(options);
        return referenceBackend();
      },
    };
    await openBackend("fast", { others: [other], threads: 3 });
    expect(asked).toEqual([{ threads: 3 }]);
  });

  it("lists the names it knows, and says how to add one", async () => {
    await expect(openBackend("gpu", { others: [opening("fast")] })).rejects.toThrow(
      "openBackend: name must be one of auto, fast, reference, got gpu; choose one of these, or pass its opener in others",
    );
  });

  it.each([
    ["simd", 'run npm install @monosema/simd and pass simd of @monosema/simd: openBackend("simd", { others: [simd] })'],
    ["tfjs-wasm", "pass tfjsWasm of @monosema/tensor/tfjs-wasm: "],
    ["tfjs-cpu", "pass tfjsCpu of @monosema/tensor/tfjs-cpu: "],
    ["tfjs-node", "pass tfjsNode of @monosema/tensor/node: "],
  ])("says where %s is found", async (name, advice) => {
    await expect(openBackend(name)).rejects.toThrow(advice);
    await expect(openBackend(name)).rejects.toMatchObject({ name: "BackendError", code: "unknown-backend" });
  });

  it("passes on the error of a backend that was asked for by name", async () => {
    const error = new BackendError("not-installed", "npm install fast");
    await expect(openBackend("fast", { others: [failing("fast", error)] })).rejects.toBe(error);
  });

  describe("auto", () => {
    it("takes the first of others that opens, and says what did not", async () => {
      const missing = failing("fastest", new BackendError("not-installed", "run npm install fastest"));
      const backend = await openBackend("auto", { others: [missing, opening("fast"), opening("slow")] });
      expect(backend.name).toBe("fast");
      expect(backend.detail).toBe("as it is (chosen by auto; fastest did not open: run npm install fastest)");
    });

    it("takes tfjs-wasm where it is passed", async () => {
      const missing = failing("simd", new BackendError("no-simd", "an older engine"));
      const backend = closing(await openBackend("auto", { others: [missing, tfjsWasm] }));
      expect(backend.name).toBe("tfjs-wasm");
      expect(backend.detail).toMatch(/\(chosen by auto; simd did not open: an older engine\)$/);
    });

    it.each<[string, BackendOpener[], string]>([
      ["none", [], "got none; "],
      ["slow ones alone", ["tfjs-node", "tfjs-cpu", "reference"].map((name) => opening(name)), "got none; "],
      [
        "none that opens",
        [failing("fast", new BackendError("no-simd", "an older engine"))],
        "got none that opens (fast did not open: an older engine); ",
      ],
    ])("refuses %s, and names the backend to install and how to pass it", async (_, others, got) => {
      await expect(openBackend("auto", { others })).rejects.toMatchObject({
        name: "BackendError",
        code: "no-backend",
        message:
          `openBackend: auto needs a fast backend in others, ${got}run npm install @monosema/simd and pass simd of ` +
          '@monosema/simd: openBackend("auto", { others: [simd] }), or ask for the slow float64 loops by name: openBackend("reference")',
      });
    });

    it("does not hide defects of a backend", async () => {
      const defect = new TypeError("internal: a defect");
      await expect(openBackend("auto", { others: [failing("fast", defect)] })).rejects.toBe(defect);
    });
  });
});

describe("one engine per process", () => {
  it("refuses a second engine and names both, until the first is closed", async () => {
    const first = await openTfjs("tfjs-wasm");
    const attempt = openTfjs("tfjs-cpu");
    await expect(attempt).rejects.toThrow(/got cpu while tfjs-core \S+ with engine wasm is open/);
    await expect(attempt).rejects.toMatchObject({ name: "BackendError", code: "engine-in-use" });
    const again = await openTfjs("tfjs-wasm");
    await first.close();
    await expect(openTfjs("tfjs-cpu")).rejects.toThrow("got cpu while");
    await again.close();
    expect(closing(await openTfjs("tfjs-cpu")).name).toBe("tfjs-cpu");
  });

  it("counts a backend that is closed twice once", async () => {
    const [one, two] = [await openTfjs("tfjs-wasm"), await openTfjs("tfjs-wasm")];
    await one.close();
    await one.close();
    await expect(openTfjs("tfjs-cpu")).rejects.toThrow("engine wasm is open");
    await two.close();
  });

  it("refuses another copy of tfjs", async () => {
    closing(await tfjsBackend(tf, { engine: "cpu" }));
    const copy = { ...tf, matMul: () => {} };
    await expect(tfjsBackend(copy, { engine: "cpu" })).rejects.toThrow("tfjsBackend: one copy of tfjs must be used");
  });

  it("says which engine to import when it is not registered", async () => {
    await expect(tfjsBackend(tf, { engine: "webgpu" })).rejects.toThrow(
      "engine webgpu must start, got a failure; import @tensorflow/tfjs-backend-webgpu beside tfjs-core first",
    );
    expect(closing(await tfjsBackend(tf, { engine: "cpu" })).name).toBe("tfjs-cpu");
    expect(cpu.version_cpu).toBe(tf.version_core);
  });
});
