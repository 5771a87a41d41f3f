import * as cpu from "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type Backend,
  BackendError,
  type BackendOpener,
  openBackend,
  referenceBackend,
  tfjsBackend,
} from "../src/index.js";

const opening = (name: string, detail = "as it is"): BackendOpener => ({
  name,
  open: async () => ({ ...referenceBackend(), name, detail }),
});
const failing = (name: string, error: Error): BackendOpener => ({ name, open: () => Promise.reject(error) });
const closing = (backend: Backend): Backend => {
  onTestFinished(() => backend.close());
  return backend;
};

describe("openBackend", () => {
  it.each(["reference", "tfjs-cpu", "tfjs-wasm"])("opens %s by name", async (name) => {
    expect(closing(await openBackend(name)).name).toBe(name);
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
      "openBackend: name must be one of auto, fast, tfjs-wasm, reference, tfjs-cpu, got gpu",
    );
    await expect(openBackend("tfjs-node")).rejects.toThrow("pass tfjsNode of @monosema/tensor/node in others");
    await expect(openBackend("tfjs-node")).rejects.toThrow(BackendError);
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

    it("never takes tfjs-node, and falls back to tfjs-wasm", async () => {
      const backend = closing(await openBackend("auto", { others: [opening("tfjs-node")] }));
      expect(backend.name).toBe("tfjs-wasm");
      expect(backend.detail).toContain("(chosen by auto)");
    });

    it("does not hide defects of a backend", async () => {
      const defect = new TypeError("internal: a defect");
      await expect(openBackend("auto", { others: [failing("fast", defect)] })).rejects.toBe(defect);
    });
  });
});

describe("one engine per process", () => {
  it("refuses a second engine and names both, until the first is closed", async () => {
    const first = await openBackend("tfjs-wasm");
    const attempt = openBackend("tfjs-cpu");
    await expect(attempt).rejects.toThrow(/got cpu while tfjs-core \S+ with engine wasm is open/);
    await expect(attempt).rejects.toMatchObject({ name: "BackendError", code: "engine-in-use" });
    const again = await openBackend("tfjs-wasm");
    await first.close();
    await expect(openBackend("tfjs-cpu")).rejects.toThrow("got cpu while");
    await again.close();
    expect(closing(await openBackend("tfjs-cpu")).name).toBe("tfjs-cpu");
  });

  it("counts a backend that is closed twice once", async () => {
    const [one, two] = [await openBackend("tfjs-wasm"), await openBackend("tfjs-wasm")];
    await one.close();
    await one.close();
    await expect(openBackend("tfjs-cpu")).rejects.toThrow("engine wasm is open");
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
