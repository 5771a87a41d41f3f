import * as vitest from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import { expectClose } from "../src/contract/fixture.js";
import { matrix } from "../src/contract/naive.js";
import { trainStep } from "../src/contract/update.js";
import { backendContract, float32Tolerance } from "../src/contract.js";
import type { Backend } from "../src/index.js";
import { loadTfjsNode, tfjsNode } from "../src/node.js";
import { tfjsBackend } from "../src/tfjs.js";

const threads = 2;
const absent = whyAbsent();
if (absent !== undefined && process.env.MONOSEMA_REQUIRE_TFJS_NODE === "1") throw new Error(absent);

if (absent === undefined) describe("tfjs-node", suite);
else it.skip(`tfjs-node is not here: ${absent}`);

function suite(): void {
  // The fused kernel decays v by float32(1 - 0.999), which is off by 1.3e-5 of itself; the value corrects for it, v shows it.
  const tolerance = 2e-5;
  backendContract(vitest, () => tfjsNode.open({ threads }), {
    name: "tfjs-node",
    precision: "float32",
    arithmetic: "native",
    tolerance,
    findsNaN: false,
  });

  describe("fused Adam", () => {
    const opened: Backend[] = [];
    beforeAll(async () => {
      opened.push(await tfjsNode.open({}), await tfjsBackend(loadTfjsNode(), { engine: "tensorflow", fused: false }));
      return async () => {
        for (const backend of opened) await backend.close();
      };
    });

    it("is in use, and says so", () => {
      expect(opened.map(({ detail }) => detail.includes("fused Adam"))).toEqual([true, false]);
    });

    it("equals Adam in tfjs operations over 30 steps", async () => {
      const states = [];
      for (const backend of opened) {
        const w = matrix(9, 5, 2);
        const [encoder, decoder] = [0, 1].map(() => backend.parameter([9, 5], { value: Float64Array.from(w.flat()) }));
        if (encoder === undefined || decoder === undefined) throw new Error("no parameter");
        for (let t = 1; t <= 30; t++) trainStep(backend, encoder, decoder, matrix(16, 5, t), t);
        states.push(await backend.readState(encoder), await backend.readState(decoder));
        backend.dispose(encoder, decoder);
      }
      for (const which of [0, 1]) {
        const [fused, plain] = [states[which], states[which + 2]];
        expectClose({ test: vitest, tolerance: 30 * float32Tolerance }, fused?.value ?? [], [...(plain?.value ?? [])]);
      }
    });
  });
}

function whyAbsent(): string | undefined {
  try {
    loadTfjsNode({ threads });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
