import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BackendError } from "@monosema/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRuntime } from "../src/node.js";

/** A stand-in for a runtime that opens anything and says with what. */
const standIn = `
module.exports = {
  Tensor: class {},
  env: { wasm: {} },
  InferenceSession: {
    create: async (model, options) => ({ inputNames: [], outputNames: [], run: async () => ({}), release: async () => {}, options }),
  },
};`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "runtimes-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(name: string, code: string): Promise<void> {
  const place = join(folder, "node_modules", name);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "package.json"), JSON.stringify({ name, version: "1.2.3", main: "index.js" }));
  await writeFile(join(place, "index.js"), code);
}

const failure = async (opening: Promise<unknown>): Promise<BackendError> => {
  const error = await opening.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(BackendError);
  return error as BackendError;
};

describe("openRuntime", () => {
  it("takes onnxruntime-node where both are installed, and says which it took", async () => {
    await install("onnxruntime-web", standIn);
    expect(await openRuntime("auto", { from: [folder] })).toMatchObject({ name: "onnxruntime-web", version: "1.2.3" });
    await install("onnxruntime-node", standIn);
    expect(await openRuntime("auto", { from: [folder] })).toMatchObject({ name: "onnxruntime-node", version: "1.2.3" });
    expect(await openRuntime("onnxruntime-web", { from: [folder] })).toMatchObject({ name: "onnxruntime-web" });
  });

  it("says how to install what is missing", async () => {
    const auto = await failure(openRuntime("auto", { from: [folder] }));
    expect(auto.code).toBe("not-installed");
    expect(auto.message).toContain("ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node");
    const web = await failure(openRuntime("onnxruntime-web", { from: [folder] }));
    expect(web.message).toContain("npm i onnxruntime-web");
  });

  it("tells a broken install from a missing one, and takes no other in its place", async () => {
    await install("onnxruntime-web", standIn);
    await install("onnxruntime-node", 'require("./bin/linux/onnxruntime_binding.node");');
    const { code, message } = await failure(openRuntime("auto", { from: [folder] }));
    expect(code).toBe("broken-install");
    expect(message).toContain(join(folder, "node_modules", "onnxruntime-node"));
    expect(message).toContain("onnxruntime_binding.node");
  });

  it("finds what MONOSEMA_ONNXRUNTIME names", async () => {
    await install("onnxruntime-web", standIn);
    const before = process.env.MONOSEMA_ONNXRUNTIME;
    process.env.MONOSEMA_ONNXRUNTIME = folder;
    try {
      expect(await openRuntime("onnxruntime-web")).toMatchObject({ version: "1.2.3" });
    } finally {
      if (before === undefined) delete process.env.MONOSEMA_ONNXRUNTIME;
      else process.env.MONOSEMA_ONNXRUNTIME = before;
    }
  });

  it("refuses a runtime that it does not know", async () => {
    await expect(openRuntime("tensorrt")).rejects.toThrow(
      "name must be one of auto, onnxruntime-node, onnxruntime-web, got tensorrt",
    );
  });

  it("keeps to the threads that WebAssembly started with", async () => {
    await install("onnxruntime-web", standIn);
    const model = { proto: new Uint8Array(0), external: [] };
    const [first, second] = [
      await openRuntime("auto", { from: [folder] }),
      await openRuntime("auto", { from: [folder] }),
    ];
    await first.open(model, { threads: 2 });
    await second.open(model, { threads: 2 });
    const { code, message } = await failure(second.open(model, {}));
    expect(code).toBe("threads-fixed");
    expect(message).toContain("threads must be 2, as the first model of this process had, got 1");
  });
});
