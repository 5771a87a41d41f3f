import type { OnnxDescription } from "../../onnx/onnxDescription.js";
import type { Hook } from "../harvestModel.js";

/** What the nodes of a graph make, in order, with the shapes that the file tells; constants are left out. */
export function onnxHooks({ nodes, values, outputs }: OnnxDescription): readonly Hook[] {
  const shapes = new Map([...values, ...outputs].map(({ name, shape }) => [name, shape]));
  return nodes
    .filter(({ op }) => op !== "Constant")
    .flatMap((node) => node.outputs)
    .filter((name) => name !== "")
    .map((name) => {
      const shape = shapes.get(name);
      return shape === undefined ? { name } : { name, shape };
    });
}
