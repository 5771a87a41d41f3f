import { type ByteSource, FormatError } from "@monosema/tensor";
import type { Files } from "../../files.js";
import { describeOnnx } from "../../onnx/describeOnnx.js";
import { outputsTail } from "../../onnx/exposeOutputs.js";
import type { OnnxDescription } from "../../onnx/onnxDescription.js";
import type { ExternalWeights } from "../../onnx/onnxModel.js";
import type { HarvestModel } from "../harvestModel.js";
import type { ModelFormat } from "../modelFormat.js";
import { requireHooks } from "../network/networkModel.js";
import { firstBytes, onlyFile, opened, requireFile } from "../onlyFile.js";
import { onnxHooks } from "./hooks.js";
import { onnxText } from "./text.js";

/** Any ONNX file: the tensors of its graph are hooks by their own names. */
export const onnx: ModelFormat = {
  name: "onnx",
  detects: async (files) => {
    const name = onlyFile(files, ".onnx");
    if (name === undefined) return false;
    if (name.toLowerCase().endsWith(".onnx")) return true;
    const [tag, version = 0] = await firstBytes(files, name, 2);
    return tag === 8 && version >= 1 && version <= 30; // ir_version, which writers put first
  },
  open: async (files) => {
    const name = requireFile(files, ".onnx");
    return await opened(files, name, async (source) => {
      const description = await describeOnnx(source);
      const hooks = onnxHooks(description);
      const text = await onnxText(description, files);
      return {
        name: files.main ?? files.name,
        format: "onnx",
        architecture: "onnx",
        hooks,
        ...(text.tokens === undefined ? {} : { tokens: text.tokens }),
        ...imageInput(description),
        graph: async (wanted) => await exposed(source, files, description, wanted, hooks),
        inputs: text.inputs,
        close: () => source.close(),
      };
    });
  },
};

/** Its only input, where that is float32 of four axes. */
function imageInput({ inputs }: OnnxDescription): Pick<HarvestModel, "image"> {
  const [only, another] = inputs;
  if (only?.type !== 1 || only.shape?.length !== 4 || another !== undefined) return {};
  return { image: { name: only.name, shape: only.shape } };
}

async function exposed(
  source: ByteSource,
  files: Files,
  { outputs, inner, external }: OnnxDescription,
  wanted: readonly string[],
  hooks: HarvestModel["hooks"],
): ReturnType<HarvestModel["graph"]> {
  const within = wanted.find((name) => inner.includes(name) && !hooks.some((hook) => hook.name === name));
  if (within !== undefined) {
    const message = `hooks must be tensors of the graph itself, got ${within}: tensors inside If and Loop bodies cannot be exposed; choose another`;
    throw new FormatError("onnx-inner-tensor", message, { file: source.name, tensor: within });
  }
  requireHooks(
    wanted,
    hooks.map(({ name }) => name),
  );
  const already = new Set(outputs.map(({ name }) => name));
  const added = wanted.filter((name) => !already.has(name));
  const proto = await wholeFile(source, added.length === 0 ? new Uint8Array(0) : outputsTail(added));
  const weights: ExternalWeights[] = [];
  for (const location of external) weights.push(await fileBeside(files, location, source.name));
  return { proto, external: weights };
}

/** Bytes that are read at a time. */
const partBytes = 2 ** 24;
/** Largest message of protobuf. */
const largestProto = 2 ** 31 - 1;

/** The file with a few bytes after it, of which there is one copy in memory. */
async function wholeFile(source: ByteSource, tail: Uint8Array): Promise<Uint8Array> {
  if (source.size + tail.length > largestProto) {
    const message = `an ONNX file must have at most 2 GB, got ${source.size} bytes; export it with its weights in another file`;
    throw new FormatError("onnx-too-large", message, { file: source.name });
  }
  const whole = new Uint8Array(source.size + tail.length);
  for (let at = 0; at < source.size; at += partBytes) {
    whole.set(await source.read(at, Math.min(partBytes, source.size - at)), at);
  }
  whole.set(tail, source.size);
  return whole;
}

async function fileBeside(files: Files, location: string, file: string): Promise<ExternalWeights> {
  if (!files.names.includes(location)) {
    const message = `its weights must lie beside it in ${location}, got no such file; put it there, not into a folder`;
    throw new FormatError("missing-file", message, { file });
  }
  const source = await files.open(location);
  const { size } = source;
  await source.close();
  return { location, size, parts: () => parts(files, location) };
}

async function* parts(files: Files, name: string): AsyncGenerator<Uint8Array> {
  const source = await files.open(name);
  try {
    for (let at = 0; at < source.size; at += partBytes)
      yield await source.read(at, Math.min(partBytes, source.size - at));
  } finally {
    await source.close();
  }
}
