import { openBackend } from "@monosema/tensor";
import { loadTfjsNode, tfjsNode } from "@monosema/tensor/node";
import { it } from "vitest";
import { sdlVectorSuite } from "./vectors/vectorSuite.js";

const absent = whyAbsent();
if (absent !== undefined && process.env.MONOSEMA_REQUIRE_TFJS_NODE === "1") throw new Error(absent);
if (absent === undefined) sdlVectorSuite(() => openBackend("tfjs-node", { others: [tfjsNode] }));
else it.skip(`tfjs-node is not here: ${absent}`);

function whyAbsent(): string | undefined {
  try {
    loadTfjsNode();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
