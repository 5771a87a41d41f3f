import type { OnnxModel } from "./onnxModel.js";
import { externalWeights, type PlacedWeight, weightsLocation } from "./placedWeights.js";
import { bytesField, floatField, intField, joinBytes, messageField, type ProtoPart } from "./protoWriter.js";

/** Attributes of a node: a whole number, a list of them, or `{ float }`. */
export type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;

/** One node. */
export interface GraphNode {
  /** Operator. */
  readonly op: string;
  /** Tensors it reads. */
  readonly inputs: readonly string[];
  /** Tensors it makes. */
  readonly outputs: readonly string[];
  /** Its attributes. */
  readonly attributes: Attributes;
}

/** An input of a graph. */
export interface GraphInput {
  /** Its name. */
  readonly name: string;
  /** Element type. */
  readonly type: "float32" | "int64";
  /** Sizes of the axes, names where they vary. */
  readonly shape: readonly (number | string)[];
}

/** A small tensor within the graph. */
export interface InlineTensor {
  /** Its name. */
  readonly name: string;
  /** Element type. */
  readonly type: GraphInput["type"];
  /** Sizes of the axes. */
  readonly dims: readonly number[];
  /** Its numbers. */
  readonly data: Float32Array | BigInt64Array;
}

/** What a serialised graph consists of. */
export interface GraphParts {
  /** Nodes, each after those it depends on. */
  readonly nodes: readonly GraphNode[];
  /** Inputs. */
  readonly inputs: readonly GraphInput[];
  /** Names of the outputs. */
  readonly outputs: readonly string[];
  /** Small tensors. */
  readonly constants: readonly InlineTensor[];
  /** Weights, which lie in a file beside it. */
  readonly weights: readonly PlacedWeight[];
}

/** Numbers of onnx.proto: TensorProto.DataType. */
const typeNumbers = { float32: 1, int64: 7 } as const;

/** A model of IR version 8 and opset 17. Field numbers are those of onnx.proto. */
export function graphProto({ nodes, inputs, outputs, constants, weights }: GraphParts): OnnxModel {
  const graph = joinBytes([
    ...nodes.map(nodeProto),
    bytesField(2, "monosema"),
    ...constants.map(constantProto),
    ...weights.map(weightProto),
    ...inputs.map(inputProto),
    ...outputs.map((name) => messageField(12, [bytesField(1, name)])),
  ]);
  const opset = messageField(8, [bytesField(1, ""), intField(2, 17)]);
  const proto = joinBytes([intField(1, 8), bytesField(2, "monosema"), bytesField(7, graph), opset]);
  return { proto, external: externalWeights(weights) };
}

function nodeProto({ op, inputs, outputs, attributes }: GraphNode): ProtoPart {
  return messageField(1, [
    ...inputs.map((name) => bytesField(1, name)),
    ...outputs.map((name) => bytesField(2, name)),
    bytesField(3, outputs[0] ?? ""),
    bytesField(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      messageField(5, [bytesField(1, name), ...attributeProto(value)]),
    ),
  ]);
}

function attributeProto(value: Attributes[string]): readonly ProtoPart[] {
  if (typeof value === "number") return [intField(3, value), intField(20, 2)];
  if ("float" in value) return [floatField(2, value.float), intField(20, 1)];
  return [...value.map((item) => intField(8, item)), intField(20, 7)];
}

function constantProto({ name, type, dims, data }: InlineTensor): ProtoPart {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return tensorProto(name, typeNumbers[type], dims, [bytesField(9, bytes)]);
}

function weightProto({ name, tensor, offset, size }: PlacedWeight): ProtoPart {
  const pair = (key: string, value: string) => messageField(13, [bytesField(1, key), bytesField(2, value)]);
  return tensorProto(name, typeNumbers.float32, tensor.shape, [
    pair("location", weightsLocation),
    pair("offset", String(offset)),
    pair("length", String(size)),
    intField(14, 1),
  ]);
}

function tensorProto(name: string, type: number, dims: readonly number[], content: readonly ProtoPart[]): ProtoPart {
  return messageField(5, [
    ...dims.map((size) => intField(1, size)),
    intField(2, type),
    bytesField(8, name),
    ...content,
  ]);
}

function inputProto({ name, type, shape }: GraphInput): ProtoPart {
  const axes = shape.map((size) =>
    messageField(1, [typeof size === "string" ? bytesField(2, size) : intField(1, size)]),
  );
  const tensorType = messageField(1, [intField(1, typeNumbers[type]), messageField(2, axes)]);
  return messageField(11, [bytesField(1, name), messageField(2, [tensorType])]);
}
