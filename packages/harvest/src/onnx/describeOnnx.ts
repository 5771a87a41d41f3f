import { type ByteSource, FormatError, readStart } from "@monosema/tensor";
import type { OnnxDescription, OnnxInitializer, OnnxNode, OnnxOpset, OnnxValue } from "./onnxDescription.js";
import { type ProtoField, type ProtoReader, protoReader } from "./protoReader.js";
import { readInitializer, readOpset, readPair, readValue } from "./readOnnxParts.js";

/** Bodies within bodies, as far as they are followed. */
const deepest = 32;
/** Nodes, weights and values of a file: more than any real model has, and as many as fit into memory. */
const most = 2 ** 20;

/**
 * What an ONNX file holds: it is read by headers, weights are skipped.
 *
 * @throws FormatError `onnx-truncated`, `onnx-not-protobuf`, `onnx-no-graph`, `onnx-nested`, `onnx-too-large`, `lfs-pointer`
 */
export async function describeOnnx(source: ByteSource): Promise<OnnxDescription> {
  await readStart(source, 1);
  const reader = protoReader(source);
  const found = emptyDescription();
  let graphs = 0;
  for await (const field of reader.fields(0, source.size)) {
    if (field.number === 7 && field.hasBytes) {
      graphs += 1;
      await readGraph(reader, field, found, source.name);
    } else if (field.number === 8 && field.hasBytes) found.opsets.push(await readOpset(reader, field));
    else if (field.number === 14 && field.hasBytes) found.metadata.set(...(await readPair(reader, field)));
  }
  if (graphs === 0 || found.opsets.length === 0) {
    const missing = graphs === 0 ? "no graph" : "no set of operators";
    throw new FormatError(
      "onnx-no-graph",
      `the file must be an ONNX model with a graph, got ${missing}; export it again`,
      {
        file: source.name,
      },
    );
  }
  const weights = new Set(found.initializers.map(({ name }) => name));
  const { nodes, inner, outputs, values, initializers, opsets, metadata } = found;
  const inputs = found.inputs.filter(({ name }) => !weights.has(name));
  const external = [...new Set([...initializers, ...found.external].flatMap(({ location }) => location ?? []))];
  return { nodes, inner, inputs, outputs, values, initializers, opsets, metadata, external };
}

const emptyDescription = () => ({
  nodes: [] as OnnxNode[],
  inner: [] as string[],
  inputs: [] as OnnxValue[],
  outputs: [] as OnnxValue[],
  values: [] as OnnxValue[],
  initializers: [] as OnnxInitializer[],
  opsets: [] as OnnxOpset[],
  metadata: new Map<string, string>(),
  /** Nodes, weights and values so far. */
  parts: 0,
  /** Weights of bodies. */
  external: [] as OnnxInitializer[],
});

type Found = ReturnType<typeof emptyDescription>;

async function readGraph(reader: ProtoReader, graph: ProtoField, found: Found, file: string): Promise<void> {
  for await (const field of reader.fields(graph.start, graph.end)) {
    if (!field.hasBytes) continue;
    count(found, file);
    if (field.number === 1) found.nodes.push(await readNode(reader, field, found, file, 0));
    else if (field.number === 5) found.initializers.push(await readInitializer(reader, field));
    else if (field.number === 11) found.inputs.push(await readValue(reader, field));
    else if (field.number === 12) found.outputs.push(await readValue(reader, field));
    else if (field.number === 13) found.values.push(await readValue(reader, field));
  }
}

function count(found: Found, file: string): void {
  found.parts += 1;
  if (found.parts <= most) return;
  throw new FormatError("onnx-too-large", `a graph must have at most ${most} parts, got more; export it again`, {
    file,
  });
}

async function readNode(
  reader: ProtoReader,
  at: ProtoField,
  found: Found,
  file: string,
  depth: number,
): Promise<OnnxNode> {
  let [name, op] = ["", ""];
  const inputs: string[] = [];
  const outputs: string[] = [];
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) inputs.push(await reader.text(field));
    else if (field.number === 2) outputs.push(await reader.text(field));
    else if (field.number === 3) name = await reader.text(field);
    else if (field.number === 4) op = await reader.text(field);
    else if (field.number === 5 && field.hasBytes) await readBodies(reader, field, found, file, depth + 1);
  }
  return { name, op, inputs, outputs };
}

/** The tensors of the graphs that an attribute holds. */
async function readBodies(
  reader: ProtoReader,
  attribute: ProtoField,
  found: Found,
  file: string,
  depth: number,
): Promise<void> {
  if (depth > deepest) {
    throw new FormatError(
      "onnx-nested",
      `graphs must be nested at most ${deepest} deep, got more; simplify the model`,
      { file },
    );
  }
  for await (const body of reader.fields(attribute.start, attribute.end)) {
    if ((body.number !== 6 && body.number !== 11) || !body.hasBytes) continue;
    for await (const field of reader.fields(body.start, body.end)) {
      if (!field.hasBytes) continue;
      count(found, file);
      if (field.number === 5) found.external.push(await readInitializer(reader, field));
      if (field.number !== 1) continue;
      for (const output of (await readNode(reader, field, found, file, depth)).outputs) found.inner.push(output);
    }
  }
}
