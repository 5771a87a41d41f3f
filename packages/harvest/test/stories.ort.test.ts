import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { type HarvestModel, openModel, type Runtime, type RuntimeTensor } from "../src/index.js";
import { folderFiles } from "../src/node.js";
import { describeRuntimes, floats, relativeError, withSession } from "./support/runtimes.js";
import { root, shared } from "./support/shared.js";

/** What one token gives in docs/examples/storiesLm.mjs. */
interface Observed {
  readonly logits: Float32Array;
  readonly residual: readonly Float32Array[];
  readonly mlpInput: readonly Float32Array[];
  readonly mlpOutput: readonly Float32Array[];
}

const path = join(shared, "lm/stories260K.bin");
const layers = 5;
const hooks = Array.from({ length: layers }, (_, layer) =>
  ["ln2.hook_normalized", "hook_mlp_out", "hook_resid_post"].map((name) => `blocks.${layer}.${name}`),
).flat();
const windows = [40, 7, 1, 23].map((length, seed) =>
  Int32Array.from({ length }, (_, t) => (t === 0 ? 1 : (seed * 31 + t * t * 7) % 512)),
);

describeRuntimes(
  "stories260K",
  (openRuntime) => {
    let runtime: Runtime;
    let model: HarvestModel;
    let start: () => (token: number) => Observed;
    let outputs: Readonly<Record<string, RuntimeTensor>>;
    /** Rows of the tokens of a window. */
    const rows = (hook: string, window: number, of = outputs): Float32Array => {
      const { dims } = of[hook] as RuntimeTensor;
      const [, most = 0, width = 0] = dims;
      const first = window * most * width;
      return floats(of[hook]).subarray(first, first + (windows[window]?.length ?? 0) * width);
    };

    beforeAll(async () => {
      runtime = await openRuntime();
      model = await openModel(await folderFiles(path));
      const { storiesLm } = await import(join(root, "docs/examples/storiesLm.mjs"));
      start = storiesLm(new Uint8Array(readFileSync(path))).start;
      const graph = await model.graph([...hooks, "ln_final.hook_normalized"], 40);
      outputs = await withSession(runtime, graph, (session) => session.run(model.inputs(windows), session.outputs));
      return () => model.close();
    });

    // Sums of up to 172 products of float32 in another order: 1e-5 of the largest value.
    it("equals the plain forward pass at every layer, in windows of mixed lengths", () => {
      for (const [w, window] of windows.entries()) {
        const next = start();
        const seen = [...window].map((token) => next(token));
        const wanted = (pick: (observed: Observed) => Float32Array) => seen.flatMap((observed) => [...pick(observed)]);
        for (let layer = 0; layer < layers; layer++) {
          const at = (name: string) => rows(`blocks.${layer}.${name}`, w);
          expect(
            relativeError(
              at("hook_resid_post"),
              wanted(({ residual }) => residual[layer] as Float32Array),
            ),
          ).toBeLessThan(1e-5);
          expect(
            relativeError(
              at("ln2.hook_normalized"),
              wanted(({ mlpInput }) => mlpInput[layer] as Float32Array),
            ),
          ).toBeLessThan(1e-5);
          expect(
            relativeError(
              at("hook_mlp_out"),
              wanted(({ mlpOutput }) => mlpOutput[layer] as Float32Array),
            ),
          ).toBeLessThan(1e-5);
        }
      }
    });

    it("gives the logits of the plain forward pass from its last hook and the embedding", () => {
      const [width, vocabulary] = [64, 512];
      const embedding = new Float32Array(new Uint8Array(readFileSync(path)).buffer, 28, vocabulary * width);
      const last = rows("ln_final.hook_normalized", 0);
      const next = start();
      const observed = [...(windows[0] as Int32Array)].map((token) => next(token).logits).at(-1) as Float32Array;
      const read = last.subarray(last.length - width);
      const logits = Float64Array.from({ length: vocabulary }, (_, v) =>
        read.reduce((sum, x, d) => sum + x * (embedding[v * width + d] as number), 0),
      );
      expect(relativeError(logits, observed)).toBeLessThan(1e-5);
    });

    it("gives a window alone what it gives it among others, and the same twice", async () => {
      const graph = await model.graph(["blocks.4.hook_resid_post"], 40);
      await withSession(runtime, graph, async (session) => {
        for (const [w, window] of windows.entries()) {
          const run = async () =>
            floats((await session.run(model.inputs([window]), session.outputs))["blocks.4.hook_resid_post"]);
          const alone = await run();
          expect(relativeError(rows("blocks.4.hook_resid_post", w), alone)).toBeLessThan(1e-5);
          expect(await run()).toEqual(alone);
        }
      });
    });

    it("refuses windows that are longer than the graph was made for", async () => {
      const graph = await model.graph(["blocks.0.hook_resid_post"], 1);
      await withSession(runtime, graph, async (session) => {
        await expect(session.run(model.inputs([Int32Array.of(1, 2)]), session.outputs)).rejects.toMatchObject({
          code: "run-failed",
        });
      });
    });

    it("computes no more layers than the hooks need", async () => {
      const size = async (hook: string) =>
        (await model.graph([hook], 8)).external.reduce((sum, { size }) => sum + size, 0);
      const block = 4 * (2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 172 + 2 * 64);
      const [one, two] = [await size("blocks.0.hook_resid_post"), await size("blocks.1.hook_resid_post")];
      expect(two - one).toBeGreaterThanOrEqual(block);
      expect(two - one).toBeLessThan(block + 9 * 4096); // each of the nine weights begins a page
      expect(await size("hook_embed")).toBe(4 * 512 * 64);
    });
  },
  "lm/stories260K.bin",
);
