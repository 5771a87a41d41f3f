import { FormatError } from "@monosema/tensor";
import type { GraphBuilder } from "../../onnx/graphBuilder.js";

type Activation = (graph: GraphBuilder, x: string) => string;

/** The nonlinearities of MLPs, by the names of config.json. */
const activations: ReadonlyMap<string, Activation> = new Map([
  ["gelu", gelu],
  ["gelu_new", tanhGelu],
  ["gelu_pytorch_tanh", tanhGelu],
  ["relu", (graph, x) => graph.node("Relu", [x])],
]);

/** The nonlinearity of a name; FormatError `unsupported-activation` for one that is not listed. */
export function activationOf(name: unknown, file: string): Activation {
  const found = activations.get(String(name));
  if (found !== undefined) return found;
  const message = `the activation must be one of ${[...activations.keys()].join(", ")}, got ${name}; use another model`;
  throw new FormatError("unsupported-activation", message, { file });
}

/** x times the normal distribution function (Hendrycks & Gimpel 2016). */
function gelu(graph: GraphBuilder, x: string): string {
  const { node, scalar } = graph;
  const erf = node("Erf", [node("Mul", [x, scalar(Math.SQRT1_2)])]);
  return node("Mul", [node("Mul", [x, scalar(0.5)]), node("Add", [erf, scalar(1)])]);
}

/** Its approximation by tanh (the same paper, section 2). */
function tanhGelu(graph: GraphBuilder, x: string): string {
  const { node, scalar } = graph;
  const cube = node("Mul", [node("Mul", [x, x]), x]);
  const inner = node("Add", [x, node("Mul", [cube, scalar(0.044715)])]);
  const tanh = node("Tanh", [node("Mul", [inner, scalar(Math.sqrt(2 / Math.PI))])]);
  return node("Mul", [node("Mul", [x, scalar(0.5)]), node("Add", [tanh, scalar(1)])]);
}
