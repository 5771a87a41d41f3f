import { type ByteSource, FormatError } from "@monosema/tensor";
import { type ProtoField, type ProtoReader, protoReader } from "./protoReader.js";

/** What an ONNX file holds, without its weights. */
export interface OnnxDescription {
  /** The nodes of the graph in order; not those inside bodies of If, Loop and Scan. */
  readonly nodes: readonly OnnxNode[];
  /** Tensors inside the bodies of If, Loop and Scan, which cannot be exposed. */
  readonly inner: readonly string[];
  /** Inputs of the graph that a caller must give: without the initializers that older files list too. */
  readonly inputs: readonly OnnxValue[];
  /** Outputs of the graph. */
  readonly outputs: readonly OnnxValue[];
  /** What the file tells about tensors within. */
  readonly values: readonly OnnxValue[];
  /** The weights. */
  readonly initializers: readonly OnnxInitializer[];
  /** Sets of operators by domain; the empty one is ONNX's own. */
  readonly opsets: readonly OnnxOpset[];
  /** Metadata of the model by key. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Files beside it that hold weights. */
  readonly external: readonly string[];
}

/** A set of operators. */
export interface OnnxOpset {
  /** Empty for ONNX's own. */
  readonly domain: string;
  /** Its version. */
  readonly version: number;
}

/** One node of a graph. */
export interface OnnxNode {
  /** Its name; may be empty. */
  readonly name: string;
  /** Operator, such as `MatMul`. */
  readonly op: string;
  /** Tensors it reads; empty where an optional one is left out. */
  readonly inputs: readonly string[];
  /** Tensors it makes. */
  readonly outputs: readonly string[];
}

/** A tensor as a graph declares it. */
export interface OnnxValue {
  /** Its name. */
  readonly name: string;
  /** Element type by ONNX's number (1 float32, 6 int32, 7 int64, 10 float16); absent for what is no tensor. */
  readonly type?: number;
  /** Sizes of the axes, names where they vary, `?` where nothing is said; absent where the file does not tell. */
  readonly shape?: readonly (number | string)[];
}

/** A weight. */
export interface OnnxInitializer {
  /** Its name. */
  readonly name: string;
  /** Sizes of the axes. */
  readonly dims: readonly number[];
  /** The file that holds its numbers, where that is another. */
  readonly location?: string;
}

/** Bodies within bodies, as far as they are followed. */
const deepest = 32;

/**
 * What an ONNX file holds: it is read by headers, weights are skipped.
 *
 * @throws FormatError `onnx-truncated`, `onnx-not-protobuf`, `onnx-no-graph`, `onnx-nested`
 */
export async function describeOnnx(source: ByteSource): Promise<OnnxDescription> {
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
  return {
    ...found,
    inputs: found.inputs.filter(({ name }) => !weights.has(name)),
    external: [...new Set([...found.initializers, ...found.external].flatMap(({ location }) => location ?? []))],
  };
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
  /** Weights of bodies. */
  external: [] as OnnxInitializer[],
});

type Found = ReturnType<typeof emptyDescription>;

async function readGraph(reader: ProtoReader, graph: ProtoField, found: Found, file: string): Promise<void> {
  for await (const field of reader.fields(graph.start, graph.end)) {
    if (!field.hasBytes) continue;
    if (field.number === 1) found.nodes.push(await readNode(reader, field, found, file, 0));
    else if (field.number === 5) found.initializers.push(await readInitializer(reader, field));
    else if (field.number === 11) found.inputs.push(await readValue(reader, field));
    else if (field.number === 12) found.outputs.push(await readValue(reader, field));
    else if (field.number === 13) found.values.push(await readValue(reader, field));
  }
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
      if (field.number === 5) found.external.push(await readInitializer(reader, field));
      if (field.number === 1) found.inner.push(...(await readNode(reader, field, found, file, depth)).outputs);
    }
  }
}

async function readInitializer(reader: ProtoReader, at: ProtoField): Promise<OnnxInitializer> {
  let [name, isExternal] = ["", false];
  const dims: number[] = [];
  const places = new Map<string, string>();
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) dims.push(...(await reader.ints(field)));
    else if (field.number === 8) name = await reader.text(field);
    else if (field.number === 13 && field.hasBytes) places.set(...(await readPair(reader, field)));
    else if (field.number === 14) isExternal = field.value === 1;
  }
  const location = isExternal ? places.get("location") : undefined;
  return { name, dims, ...(location === undefined ? {} : { location }) };
}

async function readValue(reader: ProtoReader, at: ProtoField): Promise<OnnxValue> {
  let name = "";
  let tensor: { type?: number; shape?: readonly (number | string)[] } = {};
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) name = await reader.text(field);
    else if (field.number === 2 && field.hasBytes) {
      for await (const kind of reader.fields(field.start, field.end)) {
        if (kind.number === 1 && kind.hasBytes) tensor = await readTensorType(reader, kind);
      }
    }
  }
  return { name, ...tensor };
}

async function readTensorType(reader: ProtoReader, at: ProtoField): Promise<Omit<OnnxValue, "name">> {
  let type: number | undefined;
  let shape: (number | string)[] | undefined;
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) type = field.value;
    else if (field.number === 2 && field.hasBytes) {
      shape = [];
      for await (const axis of reader.fields(field.start, field.end)) {
        if (axis.number === 1 && axis.hasBytes) shape.push(await readAxis(reader, axis));
      }
    }
  }
  return { ...(type === undefined ? {} : { type }), ...(shape === undefined ? {} : { shape }) };
}

async function readAxis(reader: ProtoReader, at: ProtoField): Promise<number | string> {
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1 && !field.hasBytes) return field.value;
    if (field.number === 2) return await reader.text(field);
  }
  return "?";
}

async function readOpset(reader: ProtoReader, at: ProtoField): Promise<OnnxOpset> {
  let [domain, version] = ["", 0];
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) domain = await reader.text(field);
    else if (field.number === 2) version = field.value;
  }
  return { domain, version };
}

async function readPair(reader: ProtoReader, at: ProtoField): Promise<[string, string]> {
  let [key, value] = ["", ""];
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) key = await reader.text(field);
    else if (field.number === 2) value = await reader.text(field);
  }
  return [key, value];
}
