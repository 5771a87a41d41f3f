import type { Hook } from "../models/harvestModel.js";
import type { LazyTensor } from "../models/lazyTensor.js";
import { type Attributes, type GraphInput, type GraphNode, graphProto, type InlineTensor } from "./graphProto.js";
import type { OnnxModel } from "./onnxModel.js";
import { type PlacedWeight, placeWeights } from "./placedWeights.js";

/** A graph of core operators (opset 17) under construction. Tensors are known by names, which its functions give. */
export interface GraphBuilder {
  /** The hooks so far. */
  readonly hooks: readonly Hook[];
  /** An input. */
  input(name: string, type: GraphInput["type"], shape: GraphInput["shape"]): string;
  /** Adds a node with one output. */
  node(op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Parts of a tensor along an axis. */
  split(tensor: string, sizes: readonly number[], axis: number): readonly string[];
  /** A list of whole numbers, int64. */
  ints(values: readonly number[]): string;
  /** A single float32. */
  scalar(value: number): string;
  /** A weight, read when the model's weights are asked for. */
  weight(tensor: LazyTensor): string;
  /** Gives a tensor `[B, T, width]` the name by which it can be an output. */
  hook(name: string, tensor: string, width: number): void;
  /** The model with some hooks as its outputs: only what these depend on. */
  model(outputs: readonly string[]): OnnxModel;
}

/** An empty graph. */
export function graphBuilder(): GraphBuilder {
  const nodes: GraphNode[] = [];
  const inputs: GraphInput[] = [];
  const inline = new Map<string, InlineTensor>();
  const weights = new Map<string, LazyTensor>();
  const hooks: Hook[] = [];
  let made = 0;
  const fresh = () => `t${made++}`;
  const constant = (tensor: Omit<InlineTensor, "name">): string => {
    const name = `c${inline.size}`;
    inline.set(name, { name, ...tensor });
    return name;
  };
  const builder: GraphBuilder = {
    hooks,
    input: (name, type, shape) => {
      inputs.push({ name, type, shape });
      return name;
    },
    node: (op, read, attributes = {}) => {
      const output = fresh();
      nodes.push({ op, inputs: read, outputs: [output], attributes });
      return output;
    },
    split: (tensor, sizes, axis) => {
      const outputs = sizes.map(fresh);
      nodes.push({ op: "Split", inputs: [tensor, builder.ints(sizes)], outputs, attributes: { axis } });
      return outputs;
    },
    ints: (values) => constant({ type: "int64", dims: [values.length], data: BigInt64Array.from(values, BigInt) }),
    scalar: (value) => constant({ type: "float32", dims: [], data: Float32Array.of(value) }),
    weight: (tensor) => {
      const name = `w${weights.size}.${tensor.name}`;
      weights.set(name, tensor);
      return name;
    },
    hook: (name, tensor, width) => {
      nodes.push({ op: "Identity", inputs: [tensor], outputs: [name], attributes: {} });
      hooks.push({ name, shape: ["B", "T", width] });
    },
    model: (outputs) => {
      const used = needed(nodes, outputs);
      const read = new Set(used.flatMap((node) => node.inputs));
      const placed: readonly PlacedWeight[] = placeWeights([...weights].filter(([name]) => read.has(name)));
      const constants = [...inline.values()].filter(({ name }) => read.has(name));
      return graphProto({ nodes: used, inputs, outputs, constants, weights: placed });
    },
  };
  return builder;
}

/** The nodes that the outputs depend on, in order. */
function needed(nodes: readonly GraphNode[], outputs: readonly string[]): readonly GraphNode[] {
  const wanted = new Set(outputs);
  const kept: GraphNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => wanted.has(output))) continue;
    for (const input of node.inputs) wanted.add(input);
    kept.push(node);
  }
  return kept.reverse();
}
