import type { OnnxInitializer, OnnxOpset, OnnxValue } from "./onnxDescription.js";
import type { ProtoField, ProtoReader } from "./protoReader.js";

/** A weight: its name, shape and place. */
export async function readInitializer(reader: ProtoReader, at: ProtoField): Promise<OnnxInitializer> {
  let [name, isExternal] = ["", false];
  const dims: number[] = [];
  const places = new Map<string, string>();
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) for (const size of await reader.ints(field)) dims.push(size);
    else if (field.number === 8) name = await reader.text(field);
    else if (field.number === 13 && field.hasBytes) places.set(...(await readPair(reader, field)));
    else if (field.number === 14) isExternal = field.value === 1;
  }
  const location = isExternal ? places.get("location") : undefined;
  return { name, dims, ...(location === undefined ? {} : { location }) };
}

/** A declared tensor. */
export async function readValue(reader: ProtoReader, at: ProtoField): Promise<OnnxValue> {
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

/** A set of operators. */
export async function readOpset(reader: ProtoReader, at: ProtoField): Promise<OnnxOpset> {
  let [domain, version] = ["", 0];
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) domain = await reader.text(field);
    else if (field.number === 2) version = field.value;
  }
  return { domain, version };
}

/** A key and its value. */
export async function readPair(reader: ProtoReader, at: ProtoField): Promise<[string, string]> {
  let [key, value] = ["", ""];
  for await (const field of reader.fields(at.start, at.end)) {
    if (field.number === 1) key = await reader.text(field);
    else if (field.number === 2) value = await reader.text(field);
  }
  return [key, value];
}
