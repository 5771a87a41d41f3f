// packages/tensor/src/errors.ts
var FormatError = class extends Error {
  /**
   * @param code - stable short name of the defect, such as `size-mismatch`
   * @param message - what was required, what came, what to do
   * @param at - where: file name and tensor name, as far as known
   */
  constructor(code, message, at = {}) {
    super(`${at.file === void 0 ? "" : `${at.file}: `}${message} [${code}]`);
    this.code = code;
    this.at = at;
  }
  code;
  at;
  /** `FormatError`. */
  name = "FormatError";
};

// packages/tensor/src/io/lfsPointer.ts
var MARK = new TextEncoder().encode("version https://git-lfs.github.com/spec/");
var lfsMarkLength = MARK.length;
function refuseLfsPointer(start, file) {
  if (start.length < MARK.length || MARK.some((byte, i) => start[i] !== byte)) return;
  const message = "the file itself is required, got a Git LFS pointer to it; fetch the file with git lfs pull in its repository";
  throw new FormatError("lfs-pointer", message, { file });
}

// packages/tensor/src/io/byteSource.ts
function bytesSource(bytes, name = "bytes") {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      checkRange("bytesSource.read", offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
    close: async () => {
    }
  };
}
function rangeSource(source, begin, size, name) {
  return {
    name,
    size,
    read: async (offset, length) => {
      checkRange("rangeSource.read", offset, length, size);
      return await source.read(begin + offset, length);
    },
    close: async () => {
    }
  };
}
async function readStart(source, count) {
  const start = await source.read(0, Math.min(Math.max(count, lfsMarkLength), source.size));
  refuseLfsPointer(start, source.name);
  return start.subarray(0, count);
}
function checkRange(caller, start, count, size) {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(count) || start < 0 || count < 0 || start + count > size) {
    throw new RangeError(
      `${caller}: start and count must lie within 0 to ${size}, got ${start} and ${count}; ask for less`
    );
  }
}

// packages/tensor/src/io/halfFloat.ts
function fromFloat16(words4) {
  const bits = new Uint32Array(words4.length);
  for (let i = 0; i < words4.length; i++) bits[i] = expandHalf(words4[i]);
  return new Float32Array(bits.buffer);
}
function toFloat16(values) {
  const bits = bitsOf(values);
  const words4 = new Uint16Array(values.length);
  for (let i = 0; i < words4.length; i++) words4[i] = roundToHalf(bits[i]);
  return words4;
}
function fromBfloat16(words4) {
  const bits = new Uint32Array(words4.length);
  for (let i = 0; i < words4.length; i++) bits[i] = words4[i] << 16;
  return new Float32Array(bits.buffer);
}
function toBfloat16(values) {
  const bits = bitsOf(values);
  const words4 = new Uint16Array(values.length);
  for (let i = 0; i < words4.length; i++) {
    const u = bits[i];
    const nan = (u & 2147483647) > 2139095040;
    if (!nan) words4[i] = u + 32767 + (u >>> 16 & 1) >>> 16;
    else words4[i] = u >>> 16 & 127 ? u >>> 16 : u >>> 16 | 64;
  }
  return words4;
}
function bitsOf(values) {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
function expandHalf(word) {
  const sign = (word & 32768) << 16;
  const exponent = word >>> 10 & 31;
  const fraction = word & 1023;
  if (exponent === 31) return sign | 2139095040 | fraction << 13;
  if (exponent > 0) return sign | exponent + 112 << 23 | fraction << 13;
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21;
  return sign | 113 - shift << 23 | (fraction << shift & 1023) << 13;
}
function roundToHalf(u) {
  const sign = u >>> 16 & 32768;
  const magnitude = u & 2147483647;
  if (magnitude > 2139095040) {
    const fraction = magnitude >>> 13 & 1023;
    return sign | 31744 | (fraction === 0 ? 512 : fraction);
  }
  if (magnitude >= 1199566848) return sign | 31744;
  if (magnitude >= 947912704) {
    const rebased = magnitude - 939524096;
    return sign | rebased + 4095 + (rebased >>> 13 & 1) >>> 13;
  }
  if (magnitude < 855638016) return sign;
  const mantissa = magnitude & 8388607 | 8388608;
  const shift = 126 - (magnitude >>> 23);
  const floor = mantissa >>> shift;
  const rest = mantissa & (1 << shift) - 1;
  const half2 = 1 << shift - 1;
  return sign | floor + (rest > half2 || rest === half2 && (floor & 1) === 1 ? 1 : 0);
}

// packages/tensor/src/io/dtype.ts
var CODECS = /* @__PURE__ */ new Map([
  ["BOOL", { size: 1, array: Uint8Array }],
  ["U8", { size: 1, array: Uint8Array }],
  ["I8", { size: 1, array: Int8Array }],
  ["I16", { size: 2, array: Int16Array }],
  ["U16", { size: 2, array: Uint16Array }],
  ["F16", { size: 2, array: Float32Array, decode: fromFloat16, encode: toFloat16 }],
  ["BF16", { size: 2, array: Float32Array, decode: fromBfloat16, encode: toBfloat16 }],
  ["I32", { size: 4, array: Int32Array }],
  ["U32", { size: 4, array: Uint32Array }],
  ["F32", { size: 4, array: Float32Array }],
  ["F64", { size: 8, array: Float64Array }],
  ["I64", { size: 8, array: BigInt64Array }],
  ["U64", { size: 8, array: BigUint64Array }]
]);
function codecOf(dtype) {
  return CODECS.get(dtype);
}
function decodeElements(dtype, bytes, bigEndian = false) {
  const { size, array, decode } = codecOf(dtype);
  const ready = bigEndian && size > 1 ? swapped(bytes, size) : aligned(bytes, size);
  const length = bytes.length / size;
  if (decode !== void 0) return decode(new Uint16Array(ready.buffer, ready.byteOffset, length));
  return new array(ready.buffer, ready.byteOffset, length);
}
function aligned(bytes, size) {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}
function swapped(bytes, size) {
  const copy = new Uint8Array(bytes);
  for (let at = 0; at < copy.length; at += size) copy.subarray(at, at + size).reverse();
  return copy;
}
var partLength = 2 ** 26;
function* encodedParts({ dtype, data }) {
  const { encode } = codecOf(dtype);
  for (let first = 0; first < data.length; first += partLength) {
    const part2 = data.subarray(first, first + partLength);
    yield bytesOf(encode === void 0 ? part2 : encode(part2));
  }
}
function checkElements(caller, name, { dtype, shape, data }) {
  const codec = CODECS.get(dtype);
  if (codec === void 0) {
    throw new RangeError(`${caller}: dtype of ${name} must be one of ${[...CODECS.keys()].join(", ")}, got ${dtype}`);
  }
  if (!(data instanceof codec.array)) {
    const got = Object.prototype.toString.call(data).slice(8, -1);
    throw new TypeError(`${caller}: ${name} with dtype ${dtype} must be a ${codec.array.name}, got ${got}; convert it`);
  }
  const wanted = elementCount(shape);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0) || data.length !== wanted) {
    throw new RangeError(
      `${caller}: ${name} must have ${wanted} elements for shape [${shape.join(", ")}], got ${data.length}; fit the shape`
    );
  }
}
var bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
function elementCount(shape) {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!(count <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
  }
  return count;
}

// packages/tensor/src/io/fileParts.ts
function joined({ size, parts }) {
  const file = new Uint8Array(size);
  let position = 0;
  for (const part2 of parts) {
    file.set(part2, position);
    position += part2.length;
  }
  return file;
}

// packages/tensor/src/io/pythonLiteral.ts
function parsePythonLiteral(text) {
  const parser = { text, at: 0 };
  const value = parseValue(parser, 0);
  skipSpace(parser);
  if (parser.at < text.length) throw unexpected(parser);
  return value;
}
var DEEPEST = 32;
function parseValue(parser, depth) {
  if (depth > DEEPEST) throw unexpected(parser);
  skipSpace(parser);
  const next = parser.text[parser.at];
  if (next === "'" || next === '"') return parseString(parser);
  if (next === "{") return parseDict(parser, depth);
  if (next === "[") return parseItems(parser, "]", depth).items;
  if (next === "(") {
    const { items, commas } = parseItems(parser, ")", depth);
    return items.length === 1 && commas === 0 ? items[0] : { tuple: items };
  }
  const word = matchAt(parser, /-?\d+L?|True|False|None/y);
  if (word === "True" || word === "False") return word === "True";
  return word === "None" ? null : Number.parseInt(word, 10);
}
function parseString(parser) {
  const quoted = matchAt(parser, /'[^'\\\n]*'|"[^"\\\n]*"/y);
  return quoted.slice(1, -1);
}
function parseItems(parser, end, depth) {
  const items = [];
  let commas = 0;
  parser.at++;
  while (!accept(parser, end)) {
    if (items.length > commas) throw unexpected(parser);
    items.push(parseValue(parser, depth + 1));
    if (accept(parser, ",")) commas++;
  }
  return { items, commas };
}
function parseDict(parser, depth) {
  const entries = /* @__PURE__ */ new Map();
  let commas = 0;
  parser.at++;
  while (!accept(parser, "}")) {
    if (entries.size > commas) throw unexpected(parser);
    skipSpace(parser);
    const key = parseString(parser);
    if (entries.has(key) || !accept(parser, ":")) throw unexpected(parser);
    entries.set(key, parseValue(parser, depth + 1));
    if (accept(parser, ",")) commas++;
  }
  return entries;
}
function accept(parser, token) {
  skipSpace(parser);
  if (parser.text[parser.at] !== token) return false;
  parser.at++;
  return true;
}
function matchAt(parser, pattern) {
  pattern.lastIndex = parser.at;
  const match = pattern.exec(parser.text);
  if (match === null) throw unexpected(parser);
  parser.at = pattern.lastIndex;
  return match[0];
}
function skipSpace(parser) {
  while (/^\s$/.test(parser.text[parser.at] ?? "")) parser.at++;
}
function unexpected({ text, at }) {
  return new SyntaxError(at < text.length ? `unexpected ${JSON.stringify(text[at])} at ${at}` : "unexpected end");
}

// packages/tensor/src/io/npyHeader.ts
var MAGIC = [147, 78, 85, 77, 80, 89];
var LONGEST_HEADER = 1e4;
var MOST_HEADER_BYTES = 4 * LONGEST_HEADER;
var DTYPES = /* @__PURE__ */ new Map([
  ["f2", "F16"],
  ["f4", "F32"],
  ["f8", "F64"],
  ["i1", "I8"],
  ["u1", "U8"],
  ["b1", "BOOL"],
  ["i2", "I16"],
  ["i4", "I32"],
  ["i8", "I64"],
  ["u2", "U16"],
  ["u4", "U32"],
  ["u8", "U64"]
]);
var DESCRS = [...DTYPES].map(([code, dtype]) => (codecOf(dtype).size === 1 ? "|" : "<") + code);
function headerRange(start, size, file) {
  if (MAGIC.some((byte, i) => i < start.length && start[i] !== byte)) {
    throw new FormatError("npy-magic", "the file must start with the npy magic 93 4e 55 4d 50 59, got other bytes", {
      file
    });
  }
  const truncated = () => new FormatError("npy-truncated", `the file ends inside its header, after ${size} bytes`, { file });
  if (size < 8) throw truncated();
  const [major, minor] = [start[6], start[7]];
  if (major < 1 || major > 3 || minor !== 0) {
    throw new FormatError("npy-version", `the npy version must be 1.0, 2.0 or 3.0, got ${major}.${minor}`, { file });
  }
  const textStart = major === 1 ? 10 : 12;
  if (size < textStart) throw truncated();
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  const textEnd = textStart + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (textEnd > size) throw truncated();
  if (textEnd - textStart > MOST_HEADER_BYTES) throw tooLong(textEnd - textStart, file);
  return { textStart, textEnd, utf8: major === 3 };
}
function parseNpyHeader(bytes, utf82, dataStart2, size, file) {
  const text = decodeText(bytes, utf82, file);
  const { descr, fortranOrder, shape } = readFields(text, file);
  const { dtype, bigEndian } = readDescr(descr, file);
  const wanted = elementCount(shape) * codecOf(dtype).size;
  const got = size - dataStart2;
  const described = `${dtype} [${shape.join(", ")}]`;
  if (!(wanted <= got)) {
    throw new FormatError("npy-truncated", `the data must have ${wanted} bytes for ${described}, got ${got}`, { file });
  }
  if (wanted < got) {
    throw new FormatError("trailing-bytes", `the data must have ${wanted} bytes for ${described}, got ${got}`, {
      file
    });
  }
  return { dtype, shape, fortranOrder, bigEndian, dataStart: dataStart2 };
}
function decodeText(bytes, utf82, file) {
  let text;
  try {
    text = new TextDecoder(utf82 ? "utf-8" : "latin1", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("npy-header", "the header must be UTF-8, got bytes that are not", { file });
  }
  if (text.length > LONGEST_HEADER) throw tooLong(text.length, file);
  return text;
}
function tooLong(length, file) {
  const message = `the header must have at most ${LONGEST_HEADER} characters, got ${length}`;
  return new FormatError("npy-header-too-large", message, { file });
}
function readFields(text, file) {
  const fail = (message) => new FormatError("npy-header", message, { file });
  let literal;
  try {
    literal = parsePythonLiteral(text);
  } catch (cause) {
    throw fail(`the header must be a dict literal: ${cause.message}`);
  }
  if (!(literal instanceof Map)) throw fail("the header must be a dict literal");
  const keys = [...literal.keys()].sort().join(", ");
  if (keys !== "descr, fortran_order, shape") throw fail(`the keys must be descr, fortran_order, shape, got ${keys}`);
  const fortranOrder = literal.get("fortran_order");
  if (typeof fortranOrder !== "boolean") throw fail("fortran_order must be True or False");
  const shape = literal.get("shape");
  if (!isTuple(shape) || !shape.tuple.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw fail("shape must be a tuple of non-negative integers");
  }
  return { descr: literal.get("descr"), fortranOrder, shape: shape.tuple };
}
function readDescr(descr, file) {
  const order = typeof descr === "string" ? descr[0] : void 0;
  const dtype = typeof descr === "string" ? DTYPES.get(descr.slice(1)) : void 0;
  const known = dtype !== void 0 && (order === "|" ? codecOf(dtype).size === 1 : order === "<" || order === ">");
  if (known) return { dtype, bigEndian: order === ">" };
  const got = typeof descr === "string" ? descr : "a structured type";
  const message = `descr must be a little- or big-endian number of 1 to 8 bytes, got ${got}; save the array as float32`;
  throw new FormatError("unsupported-dtype", message, { file });
}
function isTuple(value) {
  return typeof value === "object" && value !== null && "tuple" in value;
}
function npyHeader(descr, shape) {
  if (!DESCRS.includes(descr)) {
    throw new RangeError(`npyHeader: descr must be one of ${DESCRS.join(" ")}, got ${descr}; convert to <f4`);
  }
  if (shape.length > 64 || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new RangeError(
      `npyHeader: shape must be at most 64 non-negative integers, got [${shape.join(", ")}]; reshape`
    );
  }
  const tuple2 = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict2 = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple2}, }`;
  const text = dict2 + " ".repeat(shape.length === 0 ? 0 : 21 - String(shape[0]).length);
  const padded = `${text}${" ".repeat(64 - (11 + text.length) % 64)}
`;
  const header = new Uint8Array(10 + padded.length);
  header.set([...MAGIC, 1, 0, padded.length & 255, padded.length >>> 8]);
  header.set(new TextEncoder().encode(padded), 10);
  return header;
}
function descrOf(dtype) {
  return DESCRS.find((descr) => DTYPES.get(descr.slice(1)) === dtype);
}

// packages/tensor/src/io/readElements.ts
var partBytes = 2 ** 27;
var arrayBytes = 2 ** 31;
async function readElements(source, storage, offset, count) {
  const { size, decode } = codecOf(storage.dtype);
  const asStored = decode === void 0 && storage.bigEndian !== true;
  if (count * size <= (asStored ? arrayBytes : partBytes)) return await decoded(source, storage, offset, count);
  const elements = emptyElements(storage.dtype, count, source.name);
  for await (const { first, part: part2 } of elementParts(source, storage, offset, count)) {
    elements.set(part2, first);
  }
  return elements;
}
async function* elementParts(source, storage, offset, count) {
  const { size } = codecOf(storage.dtype);
  const most = partBytes / size;
  for (let first = 0; first < count; first += most) {
    const part2 = await decoded(source, storage, offset + first * size, Math.min(most, count - first));
    yield { first, part: part2 };
  }
}
function emptyElements(dtype, count, file) {
  const { array } = codecOf(dtype);
  try {
    return new array(count);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(
      `${file}: ${count} numbers of ${dtype} must fit into memory, got "${reason}"; read fewer rows at a time`,
      { cause }
    );
  }
}
async function decoded(source, { dtype, bigEndian = false }, offset, count) {
  return decodeElements(dtype, await source.read(offset, count * codecOf(dtype).size), bigEndian);
}

// packages/tensor/src/io/rowMajor.ts
function placeColumnMajor(target, shape, part2, first) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  let rest = first;
  let to = 0;
  for (const [axis, size] of shape.entries()) {
    index[axis] = rest % size;
    to += index[axis] * strides[axis];
    rest = Math.floor(rest / size);
  }
  for (let from = 0; from < part2.length; from++) {
    target[to] = part2[from];
    for (let axis = 0; axis < shape.length; axis++) {
      const step = strides[axis];
      const next = index[axis] + 1;
      to += step;
      if (next < shape[axis]) {
        index[axis] = next;
        break;
      }
      to -= next * step;
      index[axis] = 0;
    }
  }
}

// packages/tensor/src/io/npy.ts
async function openNpy(source) {
  const { size, name } = source;
  const { textStart, textEnd, utf8: utf82 } = headerRange(await readStart(source, 12), size, name);
  const header = parseNpyHeader(await source.read(textStart, textEnd - textStart), utf82, textEnd, size, name);
  const { dtype, shape, fortranOrder, dataStart: dataStart2 } = header;
  const columnMajor = isColumnMajor(fortranOrder, shape);
  const readTensor = async () => {
    const count = elementCount(shape);
    const data = columnMajor ? await readColumnMajor(source, header, count) : await readElements(source, header, dataStart2, count);
    return { dtype, shape, data };
  };
  let whole;
  return {
    dtype,
    shape,
    readTensor,
    readRows: async (start, count) => {
      const [rows = 0, ...rest] = shape;
      checkRange("readRows", start, count, rows);
      const width = elementCount(rest);
      const part2 = { dtype, shape: [count, ...rest] };
      if (columnMajor) {
        whole ??= readTensor();
        const { data } = await whole;
        return { ...part2, data: data.subarray(start * width, (start + count) * width) };
      }
      const offset = dataStart2 + start * width * codecOf(dtype).size;
      return { ...part2, data: await readElements(source, header, offset, count * width) };
    },
    close: () => source.close()
  };
}
function writeNpy(array) {
  return joined(npyParts(array));
}
function npyParts({ dtype: given, shape, data }) {
  const dtype = given ?? dtypeOf(data);
  const descr = descrOf(dtype);
  if (descr === void 0) throw new RangeError(`writeNpy: dtype must have an npy name, got ${dtype}; convert to F32`);
  const tensor2 = { dtype, shape, data };
  checkElements("writeNpy", "data", tensor2);
  const header = npyHeader(descr, shape);
  const size = header.length + data.length * codecOf(dtype).size;
  return { size, parts: partsOf(header, tensor2) };
}
function* partsOf(header, tensor2) {
  yield header;
  yield* encodedParts(tensor2);
}
function dtypeOf(data) {
  const kind2 = Object.prototype.toString.call(data).slice(8, -1);
  const letter = kind2.startsWith("Float") ? "F" : /^(Big)?Ui/.test(kind2) ? "U" : "I";
  return `${letter}${data.BYTES_PER_ELEMENT * 8}`;
}
function isColumnMajor(fortranOrder, shape) {
  return fortranOrder && shape.length > 1;
}
async function readColumnMajor(source, header, count) {
  const data = emptyElements(header.dtype, count, source.name);
  for await (const { first, part: part2 } of elementParts(source, header, header.dataStart, count)) {
    placeColumnMajor(data, header.shape, part2, first);
  }
  return data;
}

// packages/tensor/src/io/zip/endRecord.ts
var END = 101010256;
var END_SIZE = 22;
var LOCATOR_64 = 117853008;
var LOCATOR_64_SIZE = 20;
var END_64 = 101075792;
var END_64_SIZE = 56;
var LONGEST_COMMENT = 65535;
var LARGEST_DIRECTORY = 2 ** 24;
async function findDirectory(source) {
  const { size, name: file } = source;
  const length = Math.min(size, LONGEST_COMMENT + END_SIZE + LOCATOR_64_SIZE + END_64_SIZE);
  const tail = await source.read(size - length, length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  const at = endOf(view);
  if (at === void 0) {
    throw new FormatError("zip-truncated", "the zip must end with its directory, got other bytes; fetch it again", {
      file
    });
  }
  const { count, bytes, offset, recordAt } = readEnd64(view, at, file) ?? readEnd(view, at, file);
  const end = size - length + recordAt;
  const prefix = end - bytes - offset;
  if (!(bytes <= end && prefix >= 0)) {
    const message = `the directory of ${bytes} bytes at ${offset} must end before ${end}; the file is cut short`;
    throw new FormatError("zip-truncated", message, { file });
  }
  if (bytes > LARGEST_DIRECTORY) {
    const message = `the directory must have at most ${LARGEST_DIRECTORY} bytes, got ${bytes}; put fewer files into one zip`;
    throw new FormatError("zip-size", message, { file });
  }
  return { start: end - bytes, size: bytes, count, prefix };
}
function endOf(view) {
  for (let at = view.byteLength - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) === END && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return void 0;
}
function readEnd(view, at, file) {
  const [disk, first, here] = [4, 6, 8].map((field) => view.getUint16(at + field, true));
  const count = view.getUint16(at + 10, true);
  checkParts(disk === 0 && first === 0 && here === count, file);
  return { count, bytes: view.getUint32(at + 12, true), offset: view.getUint32(at + 16, true), recordAt: at };
}
function readEnd64(view, at, file) {
  const locator = at - LOCATOR_64_SIZE;
  const recordAt = locator - END_64_SIZE;
  if (recordAt < 0 || view.getUint32(locator, true) !== LOCATOR_64) return void 0;
  if (view.getUint32(recordAt, true) !== END_64) {
    throw new FormatError("zip-directory", "the record of zip64 must stand before its locator, got other bytes", {
      file
    });
  }
  const [count, bytes, offset] = [32, 40, 48].map((field) => uint64(view, recordAt + field));
  const here = uint64(view, recordAt + 24);
  checkParts(
    view.getUint32(recordAt + 16, true) === 0 && view.getUint32(recordAt + 20, true) === 0 && here === count,
    file
  );
  const short = [view.getUint16(at + 10, true), view.getUint32(at + 12, true), view.getUint32(at + 16, true)];
  const agrees = [count, bytes, offset].every(
    (long, i) => short[i] === long || short[i] === (i === 0 ? 65535 : 4294967295)
  );
  if (!agrees) {
    throw new FormatError("zip-directory", "both end records must say the same, got two directories; save it again", {
      file
    });
  }
  return { count, bytes, offset, recordAt };
}
function checkParts(whole, file) {
  if (whole) return;
  throw new FormatError("zip-directory", "the zip must be one file, got a part of several; join them", { file });
}
function uint64(view, at) {
  return Number(view.getBigUint64(at, true));
}

// packages/tensor/src/io/zip/entryName.ts
function isInside(name) {
  const leadsOut = name.startsWith("/") || name.split("/").includes("..") || /^[a-z]:/i.test(name);
  return name !== "" && !leadsOut && !/[\\\0]/.test(name);
}
function decodeName(bytes, file) {
  const name = utf8(bytes);
  if (name !== void 0 && isInside(name)) return name;
  const got = name === void 0 ? "bytes that are not UTF-8" : JSON.stringify(name);
  const message = `names must be relative paths with / and without "..", got ${got}; do not trust this file`;
  throw new FormatError("zip-name", message, { file });
}
var decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function utf8(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    return void 0;
  }
}

// packages/tensor/src/io/zip/directory.ts
var ENTRY = 33639248;
var ENTRY_SIZE = 46;
var LOCAL_HEADER_SIZE = 30;
var LARGEST_RATIO = 1032;
async function readDirectory(source) {
  const file = source.name;
  const place2 = await findDirectory(source);
  const bytes = await source.read(place2.start, place2.size);
  const entries = [];
  let at = 0;
  while (at < bytes.length) {
    const { entry: entry2, next } = readEntry(bytes, at, place2, file);
    entries.push(entry2);
    at = next;
  }
  if (entries.length !== place2.count) {
    const message = `the directory must list ${place2.count} files, got ${entries.length}; the zip is damaged`;
    throw new FormatError("zip-directory", message, { file });
  }
  bound(entries, place2.start, file);
  if (entries.every(({ crc }) => crc === 0)) for (const entry2 of entries) delete entry2.crc;
  const byName = /* @__PURE__ */ new Map();
  for (const entry2 of entries) {
    if (byName.has(entry2.name)) {
      throw new FormatError("zip-name", `names must be unique, got ${JSON.stringify(entry2.name)} twice`, { file });
    }
    byName.set(entry2.name, entry2);
  }
  return byName;
}
function readEntry(bytes, at, { prefix, start }, file) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fits = at + ENTRY_SIZE <= bytes.length && view.getUint32(at, true) === ENTRY;
  const lengths = fits ? [28, 30, 32].map((field) => view.getUint16(at + field, true)) : [];
  const [nameLength = 0, extraLength = 0, commentLength = 0] = lengths;
  const extraAt = at + ENTRY_SIZE + nameLength;
  const next = extraAt + extraLength + commentLength;
  if (!fits || next > bytes.length) {
    throw new FormatError("zip-directory", `an entry must begin at byte ${at} of the directory, got other bytes`, {
      file
    });
  }
  const name = decodeName(bytes.subarray(at + ENTRY_SIZE, extraAt), file);
  const [compressedSize, size, offset] = longFields(view, at, extraAt, extraLength);
  const method = view.getUint16(at + 10, true);
  checkKind(name, view.getUint16(at + 8, true), method, file);
  const possible = method === 0 ? size === compressedSize : size <= LARGEST_RATIO * compressedSize;
  if (!possible) {
    const message = `${name} must have a size that its ${compressedSize} bytes can hold, got ${size}; the zip is damaged`;
    throw new FormatError("zip-size", message, { file });
  }
  const crc = view.getUint32(at + 16, true);
  return { entry: { name, size, compressedSize, method, crc, offset: prefix + offset, limit: start }, next };
}
function longFields(view, at, extraAt, extraLength) {
  const fields = [20, 24, 42].map((field) => view.getUint32(at + field, true));
  let from = extraAt;
  const end = extraAt + extraLength;
  while (from + 4 <= end && view.getUint16(from, true) !== 1) from += 4 + view.getUint16(from + 2, true);
  const fieldEnd = from + 4 <= end ? Math.min(end, from + 4 + view.getUint16(from + 2, true)) : from;
  from += 4;
  for (const index of [1, 0, 2]) {
    if (fields[index] !== 4294967295 || from + 8 > fieldEnd) continue;
    fields[index] = uint64(view, from);
    from += 8;
  }
  return fields;
}
function checkKind(name, flags, method, file) {
  if ((flags & 8257) !== 0) {
    throw new FormatError("zip-encrypted", `${name} must not be encrypted; save it without a password`, { file });
  }
  if (method !== 0 && method !== 8) {
    const message = `${name} must be stored (0) or deflated (8), got method ${method}; save it with one of them`;
    throw new FormatError("zip-method", message, { file });
  }
}
function bound(entries, directory, file) {
  let limit = directory;
  for (const entry2 of [...entries].sort((a, b) => b.offset - a.offset)) {
    entry2.limit = limit;
    if (entry2.offset + LOCAL_HEADER_SIZE + entry2.name.length + entry2.compressedSize > limit) {
      const message = `${entry2.name} must end before byte ${limit}, where something else begins; the zip is damaged`;
      throw new FormatError("zip-size", message, { file });
    }
    limit = entry2.offset;
  }
}

// packages/tensor/src/io/zip/crc32.ts
var TABLES = /* @__PURE__ */ makeTables();
function crc32(bytes, crc = 0) {
  let rest = ~crc >>> 0;
  let at = 0;
  const eights = bytes.length - bytes.length % 8;
  for (; at < eights; at += 8) {
    rest = (entry(7, (rest ^ bytes[at]) & 255) ^ entry(6, (rest >>> 8 ^ bytes[at + 1]) & 255) ^ entry(5, (rest >>> 16 ^ bytes[at + 2]) & 255) ^ entry(4, rest >>> 24 ^ bytes[at + 3]) ^ entry(3, bytes[at + 4]) ^ entry(2, bytes[at + 5]) ^ entry(1, bytes[at + 6]) ^ entry(0, bytes[at + 7])) >>> 0;
  }
  for (; at < bytes.length; at++) rest = entry(0, (rest ^ bytes[at]) & 255) ^ rest >>> 8;
  return ~rest >>> 0;
}
function entry(zeros, byte) {
  return TABLES[256 * zeros + byte];
}
function makeTables() {
  const tables = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? 3988292384 ^ rest >>> 1 : rest >>> 1;
    tables[byte] = rest;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256];
    tables[at] = tables[before & 255] ^ before >>> 8;
  }
  return tables;
}

// packages/tensor/src/io/zip/inflate.ts
var partBytes2 = 2 ** 20;
var mostBytes = 2 ** 31;
async function inflate(source, { begin, compressedSize, size, name }) {
  const at = { file: source.name };
  if (size > mostBytes) {
    const message = `${name} must have at most ${mostBytes} bytes to be inflated in memory, got ${size}; save it uncompressed`;
    throw new FormatError("zip-size", message, at);
  }
  const bytes = new Uint8Array(size);
  let done = 0;
  for await (const part2 of inflated(source, begin, compressedSize, name)) {
    if (done + part2.length > size) {
      throw new FormatError("zip-size", `${name} must inflate to ${size} bytes, got more; the zip is damaged`, at);
    }
    bytes.set(part2, done);
    done += part2.length;
  }
  if (done === size) return bytes;
  throw new FormatError("zip-size", `${name} must inflate to ${size} bytes, got ${done}; the zip is damaged`, at);
}
async function* inflated(source, begin, length, name) {
  let done = 0;
  let unread;
  const compressed = new ReadableStream({
    pull: async (controller) => {
      const count = Math.min(partBytes2, length - done);
      if (count === 0) return controller.close();
      const part2 = source.read(begin + done, count);
      part2.catch((error) => {
        unread = error;
      });
      controller.enqueue(await part2);
      done += count;
    }
  });
  const reader = compressed.pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } catch (cause) {
    if (unread !== void 0) throw unread;
    const problem = cause instanceof Error ? cause.message : String(cause);
    const message = `${name} must be a deflate stream, got "${problem}"; the zip is damaged`;
    throw new FormatError("zip-deflate", message, { file: source.name });
  } finally {
    await reader.cancel().catch(() => {
    });
  }
}

// packages/tensor/src/io/zip/openEntry.ts
var LOCAL_HEADER = 67324752;
var partBytes3 = 2 ** 22;
async function openEntry(source, entry2) {
  const begin = await dataStart(source, entry2);
  const name = `${source.name}/${entry2.name}`;
  if (entry2.method !== 0) {
    const content2 = bytesSource(await inflate(source, { ...entry2, begin }), name);
    await checkCrc(content2, entry2, source.name);
    return { ...content2, verify: async () => {
    } };
  }
  const content = rangeSource(source, begin, entry2.size, name);
  let verified;
  const verify = () => {
    verified ??= checkCrc(content, entry2, source.name);
    return verified;
  };
  return { ...content, verify };
}
async function dataStart(source, { name, offset, compressedSize, limit }) {
  const header = await source.read(offset, LOCAL_HEADER_SIZE);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const at = { file: source.name };
  if (view.getUint32(0, true) !== LOCAL_HEADER) {
    throw new FormatError(
      "zip-directory",
      `${name} must begin at byte ${offset}, got other bytes; the zip is damaged`,
      at
    );
  }
  const nameAt = offset + LOCAL_HEADER_SIZE;
  const nameLength = view.getUint16(26, true);
  const begin = nameAt + nameLength + view.getUint16(28, true);
  if (begin + compressedSize > limit) {
    const message = `${name} must end before byte ${limit}, where something else begins; the zip is damaged`;
    throw new FormatError("zip-size", message, at);
  }
  const local = new TextDecoder().decode(await source.read(nameAt, nameLength));
  if (local !== name) {
    const message = `both names of an entry must be equal, got ${JSON.stringify(name)} and ${JSON.stringify(local)}; the zip is damaged`;
    throw new FormatError("zip-name", message, at);
  }
  return begin;
}
async function checkCrc(content, entry2, file) {
  if (entry2.crc === void 0) return;
  let crc = 0;
  for (let at = 0; at < content.size; at += partBytes3) {
    crc = crc32(await content.read(at, Math.min(partBytes3, content.size - at)), crc);
  }
  if (crc === entry2.crc) return;
  const [wanted, got] = [entry2.crc, crc].map((number) => number.toString(16).padStart(8, "0"));
  throw new FormatError("zip-crc", `${entry2.name} must have CRC-32 ${wanted}, got ${got}; fetch the file again`, {
    file
  });
}

// packages/tensor/src/io/zip/openZip.ts
async function openZip(source) {
  await readStart(source, 4);
  const entries = await readDirectory(source);
  const open = async (name) => {
    const entry2 = entries.get(name);
    if (entry2 !== void 0) return await openEntry(source, entry2);
    const message = `the zip must hold ${name}, got ${[...entries.keys()].slice(0, 20).join(", ") || "no files"}`;
    throw new FormatError("zip-entry-not-found", message, { file: source.name });
  };
  return {
    entries,
    open,
    read: async (name) => {
      const entry2 = await open(name);
      await entry2.verify();
      return await entry2.read(0, entry2.size);
    },
    close: () => source.close()
  };
}
function isZip(start, { size }) {
  return size >= 22 && start[0] === 80 && start[1] === 75 && start[2] === 3 && start[3] === 4;
}

// packages/tensor/src/io/zip/zipRecords.ts
var LONG = 4294967295;
var nothing = new Uint8Array(0);
function localHeader({ name, size, padding }) {
  const sizes2 = size >= LONG ? extra(1, record([8, size], [8, size])) : nothing;
  const pad = padding === 0 ? nothing : extra(16966, new Uint8Array(padding - 4));
  const short = [4, size >= LONG ? LONG : 0];
  const lengths = [
    [2, name.length],
    [2, sizes2.length + pad.length]
  ];
  return joinBytes(record([4, 67324752], ...kind(), [4, 0], short, short, ...lengths), name, sizes2, pad);
}
function descriptor({ size }, crc) {
  const width = size >= LONG ? 8 : 4;
  return record([4, 134695760], [4, crc], [width, size], [width, size]);
}
function directoryEntry({ name, size, at }, crc) {
  const long = [];
  if (size >= LONG) long.push([8, size], [8, size]);
  if (at >= LONG) long.push([8, at]);
  const longs = long.length === 0 ? nothing : extra(1, record(...long));
  const short = [4, Math.min(size, LONG)];
  const commentDiskAttributes = [
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0]
  ];
  const lengths = [
    [2, name.length],
    [2, longs.length]
  ];
  const start = record(
    ...[[4, 33639248], [2, VERSION], ...kind(), [4, crc], short, short],
    ...lengths,
    ...commentDiskAttributes,
    [4, Math.min(at, LONG)]
  );
  return joinBytes(start, name, longs);
}
function endRecords(count, at, size) {
  const shortCount = [2, Math.min(count, 65535)];
  const place2 = [
    [4, Math.min(size, LONG)],
    [4, Math.min(at, LONG)]
  ];
  const short = record([4, 101010256], [4, 0], shortCount, shortCount, ...place2, [2, 0]);
  if (count < 65535 && at < LONG && size < LONG) return short;
  const disks = [
    [4, 0],
    [4, 0]
  ];
  const numbers2 = [count, count, size, at].map((value) => [8, value]);
  const long = record([4, 101075792], [8, 44], [2, VERSION], [2, VERSION], ...disks, ...numbers2);
  return joinBytes(long, record([4, 117853008], [4, 0], [8, at + size], [4, 1]), short);
}
var VERSION = 45;
function kind() {
  return [
    [2, VERSION],
    [2, 2056],
    [2, 0],
    [2, 0],
    [2, 33]
    // 1 January 1980
  ];
}
function extra(id, content) {
  return joinBytes(record([2, id], [2, content.length]), content);
}
function record(...fields) {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 8) view.setBigUint64(at, BigInt(value), true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}
function joinBytes(...parts) {
  return joined({ size: parts.reduce((sum, part2) => sum + part2.length, 0), parts });
}

// packages/tensor/src/io/zip/zipParts.ts
var LONGEST_NAME = 65535;
function writeZip(files, options = {}) {
  return joined(zipParts(files, options));
}
function zipParts(files, { align = 1 } = {}) {
  if (!Number.isSafeInteger(align) || align < 1 || align > 4096) {
    throw new RangeError(`writeZip: align must be a whole number from 1 to 4096, got ${align}; leave it out`);
  }
  const contents = /* @__PURE__ */ new Map();
  const names2 = /* @__PURE__ */ new Set();
  let at = 0;
  for (const [name, content] of files) {
    const bytes = new TextEncoder().encode(name);
    if (!isInside(name) || names2.has(name) || bytes.length > LONGEST_NAME) {
      const got = JSON.stringify(name.slice(0, 100));
      throw new RangeError(`writeZip: names must be relative paths with /, each once, got ${got}; rename the file`);
    }
    names2.add(name);
    const [size, parts] = content instanceof Uint8Array ? [content.length, [content]] : [content.size, content.parts];
    const unpadded = { name: bytes, size, at, padding: 0 };
    const file = { ...unpadded, padding: paddingOf(at + localHeader(unpadded).length, align) };
    contents.set(file, parts);
    at += localHeader(file).length + size + descriptor(file, 0).length;
  }
  const placed = [...contents.keys()];
  const directorySize = placed.reduce((sum, file) => sum + directoryEntry(file, 0).length, 0);
  const end = endRecords(placed.length, at, directorySize);
  return { size: at + directorySize + end.length, parts: partsOf2(contents, end) };
}
function* partsOf2(contents, end) {
  const directory = [];
  for (const [file, parts] of contents) {
    yield localHeader(file);
    let crc = 0;
    for (const part2 of parts) {
      crc = crc32(part2, crc);
      yield part2;
    }
    yield descriptor(file, crc);
    directory.push(directoryEntry(file, crc));
  }
  yield* directory;
  yield end;
}
function paddingOf(position, align) {
  return align === 1 ? 0 : 4 + (align - (position + 4) % align) % align;
}

// packages/tensor/src/io/npz.ts
var ENDING = ".npy";
async function openNpz(source) {
  const zip = await openZip(source);
  const arrays = npyNames(zip.entries.keys());
  return {
    arrays,
    npy: async (name) => {
      if (!arrays.includes(name)) {
        const message = `the file must hold ${name}, got ${arrays.join(", ") || "no arrays"}`;
        throw new FormatError("tensor-not-found", message, { file: source.name, tensor: name });
      }
      const entry2 = await zip.open(name + ENDING);
      const npy = await openNpy(entry2);
      return { ...npy, readTensor: () => entry2.verify().then(npy.readTensor) };
    },
    close: zip.close
  };
}
function npyNames(files) {
  return [...files].filter((name) => name.endsWith(ENDING)).map((name) => name.slice(0, -ENDING.length));
}

// packages/tensor/src/io/pickle/machine.ts
var mostSpent = 2 ** 27;
var deepestStack = 2 ** 20;
function malformed({ at, file }, required) {
  return new FormatError("pt-pickle", `${required}, at byte ${at} of the pickle; the file is damaged`, { file });
}
function spend(machine, bytes) {
  machine.left -= bytes;
  if (machine.left < 0) throw overLimit("objects and memo entries", machine.file);
}
function overLimit(what, file) {
  return new FormatError(
    "pt-limit",
    `the pickle must not have more ${what} than a checkpoint needs; do not trust this file`,
    {
      file
    }
  );
}
function push(machine, value) {
  if (machine.stack.length >= deepestStack) throw overLimit("values on its stack", machine.file);
  machine.stack.push(value);
}
function pop(machine) {
  if (machine.stack.length <= (machine.marks.at(-1) ?? 0)) throw malformed(machine, "a value must be on the stack");
  return machine.stack.pop();
}
function top(machine) {
  if (machine.stack.length <= (machine.marks.at(-1) ?? 0)) throw malformed(machine, "a value must be on the stack");
  return machine.stack.at(-1);
}
function popToMark(machine) {
  const mark2 = machine.marks.pop();
  if (mark2 === void 0) throw malformed(machine, "a mark must be on the stack");
  return machine.stack.splice(mark2);
}
function skip(machine, length) {
  const { at, bytes } = machine;
  if (!(at + length <= bytes.length)) throw cutShort(machine.file);
  machine.at = at + length;
  return at;
}
function take(machine, length) {
  const at = skip(machine, length);
  return machine.bytes.subarray(at, at + length);
}
function cutShort(file) {
  const message = "the pickle must end with STOP, got the end of its bytes; the file is cut short";
  return new FormatError("pt-truncated", message, { file });
}

// packages/tensor/src/io/pt/strided.ts
var partBytes4 = 2 ** 24;
async function readStrided(source, view) {
  const { dtype, shape, offset } = view;
  const count = elementCount(shape);
  const { size } = codecOf(dtype);
  const [outer, ...inner] = axesOf(view).sort((a, b) => b.stride - a.stride);
  if (count === 0) return emptyElements(dtype, 0, source.name);
  if (outer === void 0 || isRowMajor(view)) {
    return await readElements(source, { dtype }, offset * size, count);
  }
  const elements = emptyElements(dtype, count, source.name);
  const span = inner.reduce((sum, axis) => sum + (axis.size - 1) * axis.stride, 1);
  const most = Math.max(1, Math.floor(partBytes4 / size / Math.max(1, outer.stride)));
  for (let first = 0; first < outer.size; first += most) {
    const part2 = { ...outer, size: Math.min(most, outer.size - first) };
    const length = (part2.size - 1) * outer.stride + span;
    const stored = await readElements(source, { dtype }, (offset + first * outer.stride) * size, length);
    place(words(elements), first * outer.step, words(stored), [part2, ...inner]);
  }
  return elements;
}
function hasRows(view) {
  const [rows = 1] = view.strides;
  return (view.shape[0] ?? 1) <= 1 || axesOf(view).every(({ stride }) => stride <= rows);
}
function extent(view) {
  if (view.shape.includes(0)) return view.offset;
  return axesOf(view).reduce((last2, { size, stride }) => last2 + (size - 1) * stride, view.offset + 1);
}
function axesOf({ shape, strides }) {
  const axes = [];
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis];
    if (size > 1) axes.unshift({ size, stride: strides[axis], step });
    step *= size;
  }
  return axes;
}
function isRowMajor(view) {
  return axesOf(view).every(({ stride, step }) => stride === step);
}
function words(data) {
  return data instanceof Float32Array ? new Uint32Array(data.buffer, data.byteOffset, data.length) : data;
}
function place(target, start, stored, axes) {
  const runs = axes.slice(0, -1);
  const run = axes.at(-1);
  const index = runs.map(() => 0);
  let [from, to] = [0, start];
  let axis = 0;
  while (axis >= 0) {
    for (let i = 0; i < run.size; i++) target[to + i * run.step] = stored[from + i * run.stride];
    for (axis = runs.length - 1; axis >= 0; axis--) {
      const { size, stride, step } = runs[axis];
      const next = index[axis] + 1;
      from += stride;
      to += step;
      if (next < size) {
        index[axis] = next;
        break;
      }
      from -= next * stride;
      to -= next * step;
      index[axis] = 0;
    }
  }
}

// packages/tensor/src/io/pt/ptTensor.ts
function isPtTensor(value) {
  return typeof value === "object" && value !== null && "readTensor" in value;
}
var mostRepeated = 2 ** 20;
function ptTensor(storage, view, file) {
  const { dtype, shape } = view;
  const stored = Math.floor(storage.size / codecOf(dtype).size);
  const count = elementCount(shape);
  if (!(extent(view) <= stored) || !(count <= Math.max(stored, mostRepeated))) {
    const { offset, strides } = view;
    const message = `a tensor must lie within the ${stored} elements of its storage, got offset ${offset}, size [${shape.join(", ")}], strides [${strides.join(", ")}]; the file is damaged`;
    throw new FormatError("pt-bounds", message, { file });
  }
  const readTensor = async () => {
    const source = await storage.open();
    await source.verify();
    return { dtype, shape, data: await readStrided(source, view) };
  };
  let whole;
  return {
    dtype,
    shape,
    readTensor,
    readRows: async (start, rows) => {
      const [all, ...rest] = shape;
      if (all === void 0) throw new FormatError("bad-shape", "a tensor must have rows, got a scalar", { file });
      checkRange("readRows", start, rows, all);
      const part2 = { dtype, shape: [rows, ...rest] };
      if (hasRows(view)) {
        const offset = view.offset + start * (view.strides[0] ?? 0);
        return { ...part2, data: await readStrided(await storage.open(), { ...view, offset, shape: part2.shape }) };
      }
      whole ??= readTensor();
      const { data } = await whole;
      const width = elementCount(rest);
      return { ...part2, data: data.subarray(start * width, (start + rows) * width) };
    }
  };
}

// packages/tensor/src/io/pt/ptValue.ts
var deepest = 200;
var longestWalk = 2 ** 22;
function ptContent(value, file) {
  const tensors = /* @__PURE__ */ new Map();
  const heights = /* @__PURE__ */ new Map();
  heightOf(value, 0, heights, file);
  let walked = 0;
  const walk = (part2, path) => {
    if (isPtTensor(part2)) {
      walked += 8 + path.length / 16;
      if (tensors.has(path)) {
        throw new FormatError(
          "duplicate-key",
          `paths must be unique, got ${JSON.stringify(path.slice(0, 200))} twice`,
          { file }
        );
      }
      tensors.set(path, part2);
    } else if (isContainer(part2) && heights.get(part2)?.toTensors === true) {
      for (const [key, item] of part2.entries()) {
        walked++;
        if (walked > longestWalk) throw overLimit("paths to its tensors", file);
        walk(item, part2 === value ? String(key) : `${path}.${key}`);
      }
    }
  };
  walk(value, "");
  return { value, tensors };
}
var unknownHeight = { levels: Number.POSITIVE_INFINITY, toTensors: false };
function heightOf(part2, depth, heights, file) {
  if (isLeaf(part2)) return { levels: 0, toTensors: isPtTensor(part2) };
  if (!isContainer(part2)) {
    const message = "the file must hold tensors and plain data, got a name or a storage alone; save a dict of tensors";
    throw new FormatError("pt-pickle", message, { file });
  }
  const known = heights.get(part2);
  if (depth + (known?.levels ?? 0) > deepest) throw overLimit("containers in one another", file);
  if (known !== void 0) return known;
  heights.set(part2, unknownHeight);
  let [levels, toTensors] = [0, false];
  for (const item of part2.values()) {
    if (typeof item !== "object") continue;
    const below = heightOf(item, depth + 1, heights, file);
    levels = Math.max(levels, below.levels);
    toTensors ||= below.toTensors;
  }
  const height = { levels: levels + 1, toTensors };
  heights.set(part2, height);
  return height;
}
function isLeaf(value) {
  return value === null || typeof value !== "object" || value instanceof Uint8Array || isPtTensor(value);
}
function isContainer(value) {
  return Array.isArray(value) || value instanceof Map;
}

// packages/tensor/src/io/pickle/scalars.ts
function decodeText2(machine, bytes) {
  try {
    return decoder2.decode(bytes);
  } catch {
    throw malformed(machine, "texts must be UTF-8");
  }
}
var decoder2 = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decodeInteger(bytes) {
  let value = 0n;
  for (const byte of [...bytes].reverse()) value = value << 8n | BigInt(byte);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}
var longestLine = 1e3;
function readLine(machine) {
  const start = machine.at;
  const end = machine.bytes.subarray(start, start + longestLine).indexOf(10);
  if (end >= 0) {
    machine.at = start + end + 1;
    return decodeText2(machine, machine.bytes.subarray(start, start + end));
  }
  if (start + longestLine > machine.bytes.length) throw cutShort(machine.file);
  throw malformed(machine, `names must have at most ${longestLine} bytes`);
}

// packages/tensor/src/io/pickle/opcodes.ts
var opcodes = new Map(
  Object.entries({
    // Framing
    "\x80": (m) => checkProtocol(m),
    // PROTO
    "\x95": (m) => skip(m, 8),
    // FRAME
    "(": (m) => mark(m),
    // MARK
    // Scalars
    N: (m) => push(m, null),
    // NONE
    "\x88": (m) => push(m, true),
    // NEWTRUE
    "\x89": (m) => push(m, false),
    // NEWFALSE
    K: (m) => push(m, m.view.getUint8(skip(m, 1))),
    // BININT1
    M: (m) => push(m, m.view.getUint16(skip(m, 2), true)),
    // BININT2
    J: (m) => push(m, m.view.getInt32(skip(m, 4), true)),
    // BININT
    "\x8A": (m) => push(m, decodeInteger(take(m, length1(m)))),
    // LONG1
    G: (m) => push(m, m.view.getFloat64(skip(m, 8), false)),
    // BINFLOAT
    // Texts and bytes; the first two are texts of Python 2
    U: (m) => push(m, decodeText2(m, take(m, length1(m)))),
    // SHORT_BINSTRING
    T: (m) => push(m, decodeText2(m, take(m, length4(m)))),
    // BINSTRING
    "\x8C": (m) => push(m, decodeText2(m, take(m, length1(m)))),
    // SHORT_BINUNICODE
    X: (m) => push(m, decodeText2(m, take(m, length4(m)))),
    // BINUNICODE
    "\x8D": (m) => push(m, decodeText2(m, take(m, length8(m)))),
    // BINUNICODE8
    C: (m) => push(m, take(m, length1(m))),
    // SHORT_BINBYTES
    B: (m) => push(m, take(m, length4(m))),
    // BINBYTES
    "\x8E": (m) => push(m, take(m, length8(m))),
    // BINBYTES8
    "\x96": (m) => push(m, take(m, length8(m))),
    // BYTEARRAY8
    // Containers: tuples are frozen arrays, sets are arrays
    ")": (m) => push(m, tuple(m, [])),
    // EMPTY_TUPLE
    "\x85": (m) => push(m, tuple(m, last(m, 1))),
    // TUPLE1
    "\x86": (m) => push(m, tuple(m, last(m, 2))),
    // TUPLE2
    "\x87": (m) => push(m, tuple(m, last(m, 3))),
    // TUPLE3
    t: (m) => push(m, tuple(m, popToMark(m))),
    // TUPLE
    "]": (m) => push(m, made(m, 64, [])),
    // EMPTY_LIST
    "\x8F": (m) => push(m, made(m, 64, [])),
    // EMPTY_SET
    "}": (m) => push(m, made(m, 128, /* @__PURE__ */ new Map())),
    // EMPTY_DICT
    a: (m) => append(m, [pop(m)]),
    // APPEND
    e: (m) => append(m, popToMark(m)),
    // APPENDS
    "\x90": (m) => append(m, popToMark(m)),
    // ADDITEMS
    s: (m) => setItems(m, last(m, 2)),
    // SETITEM
    u: (m) => setItems(m, popToMark(m)),
    // SETITEMS
    // Memo
    q: (m) => memoize(m, length1(m)),
    // BINPUT
    r: (m) => memoize(m, length4(m)),
    // LONG_BINPUT
    "\x94": (m) => memoize(m, m.memo.size),
    // MEMOIZE
    h: (m) => recall(m, length1(m)),
    // BINGET
    j: (m) => recall(m, length4(m)),
    // LONG_BINGET
    // What the host gives its meaning
    c: (m) => push(m, m.host.global(`${readLine(m)} ${readLine(m)}`)),
    // GLOBAL
    "\x93": (m) => push(m, m.host.global(names(m).join(" "))),
    // STACK_GLOBAL
    Q: (m) => push(m, made(m, 256, m.host.persistent(pop(m)))),
    // BINPERSID
    R: (m) => call(m),
    // REDUCE
    b: (m) => build(m)
    // BUILD
  }).map(([character, opcode]) => [character.charCodeAt(0), opcode])
);
var length1 = (m) => m.view.getUint8(skip(m, 1));
var length4 = (m) => m.view.getUint32(skip(m, 4), true);
var length8 = (m) => Number(m.view.getBigUint64(skip(m, 8), true));
function checkProtocol(m) {
  const protocol = length1(m);
  if (protocol < 2 || protocol > 5) throw malformed(m, `the protocol must be 2 to 5, got ${protocol}`);
}
function mark(m) {
  spend(m, 64);
  m.marks.push(m.stack.length);
}
function last(m, count) {
  const start = m.stack.length - count;
  if (start < (m.marks.at(-1) ?? 0)) throw malformed(m, `${count} values must be on the stack`);
  return m.stack.splice(start);
}
function names(m) {
  const parts = last(m, 2);
  if (!parts.every((part2) => typeof part2 === "string")) throw malformed(m, "the parts of a name must be texts");
  return parts;
}
function made(m, bytes, value) {
  spend(m, bytes);
  return value;
}
function tuple(m, items) {
  return Object.freeze(made(m, 64, items));
}
function append(m, items) {
  const list2 = top(m);
  if (!Array.isArray(list2) || Object.isFrozen(list2)) throw malformed(m, "items must be appended to a list or set");
  spend(m, 8 * items.length);
  for (const item of items) list2.push(item);
}
function setItems(m, items) {
  const map = top(m);
  if (!(map instanceof Map) || items.length % 2 !== 0) throw malformed(m, "keys and values must be set in a dict");
  spend(m, 16 * items.length);
  for (let i = 0; i < items.length; i += 2) {
    if (!isKey(items[i])) throw malformed(m, "keys must be texts, numbers, truth values or None");
    map.set(items[i], items[i + 1]);
  }
}
function isKey(key) {
  return key === null || ["string", "number", "bigint", "boolean"].includes(typeof key);
}
function memoize(m, index) {
  spend(m, 64);
  m.memo.set(index, top(m));
}
function recall(m, index) {
  if (!m.memo.has(index)) throw malformed(m, `the memo must have entry ${index}`);
  push(m, m.memo.get(index));
}
function call(m) {
  const [callee, args] = last(m, 2);
  if (!Array.isArray(args)) throw malformed(m, "the arguments of a call must be a tuple");
  spend(m, 128);
  push(
    m,
    m.host.call(callee, args, (bytes) => spend(m, bytes))
  );
}
function build(m) {
  const state = pop(m);
  m.host.build(top(m), state);
}

// packages/tensor/src/io/pickle/readPickle.ts
var STOP = 46;
function readPickle(bytes, start, host, file) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const machine = {
    bytes,
    view,
    at: start,
    stack: [],
    marks: [],
    memo: /* @__PURE__ */ new Map(),
    host,
    file,
    left: mostSpent
  };
  for (; ; ) {
    const code = bytes[skip(machine, 1)];
    if (code === STOP) break;
    const opcode = opcodes.get(code);
    if (opcode === void 0)
      throw malformed(machine, `opcodes must be those of plain data, got 0x${code.toString(16)}`);
    opcode(machine);
  }
  const value = pop(machine);
  if (machine.stack.length > 0) throw malformed(machine, "the stack must be empty after the last value");
  return { value, end: machine.at };
}

// packages/tensor/src/io/pt/numpyScalar.ts
var numpyType = {
  call: ([name]) => typeof name === "string" && name.length <= 8 ? { numpyType: name, order: "<" } : void 0
};
var numpyScalar = {
  call: ([type, bytes], { file }) => {
    if (!isNumpyType(type) || !(bytes instanceof Uint8Array)) return void 0;
    const { dtype, bigEndian } = readDescr(type.order + type.numpyType, file);
    return bytes.length === codecOf(dtype).size ? scalar(dtype, bytes, bigEndian) : void 0;
  }
};
function setNumpyState(type, state) {
  const order = Array.isArray(state) ? state[1] : void 0;
  if (order !== "<" && order !== ">" && order !== "|") return false;
  type.order = order;
  return true;
}
function isNumpyType(value) {
  return typeof value === "object" && value !== null && "numpyType" in value;
}
function scalar(dtype, bytes, bigEndian) {
  const [value] = decodeElements(dtype, bytes, bigEndian);
  if (dtype === "BOOL") return value !== 0;
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

// packages/tensor/src/io/pt/rebuild.ts
var rebuildTensor = {
  call: ([storage, offset, size, stride, _gradient, _hooks, metadata], context) => {
    const dtype = isStorage(storage) ? storage.dtype : void 0;
    return dtype === void 0 ? void 0 : tensor(storage, dtype, offset, size, stride, metadata, context);
  }
};
var rebuildTensorOfType = {
  call: ([storage, offset, size, stride, _gradient, _hooks, type, metadata], context) => {
    const dtype = DTYPES2.get(type);
    return dtype === void 0 ? void 0 : tensor(storage, dtype, offset, size, stride, metadata, context);
  }
};
var unwrapTensor = { call: ([data]) => isPtTensor(data) ? data : void 0 };
var rebuildFromType = {
  call: ([rebuild, _type, args], context) => {
    const known = [rebuildTensor, rebuildTensorOfType].find((one) => one === rebuild);
    return known !== void 0 && Array.isArray(args) ? known.call(args, context) : void 0;
  }
};
var mostAxes = 64;
var DTYPES2 = /* @__PURE__ */ new Map([
  ["torch.uint16", "U16"],
  ["torch.uint32", "U32"],
  ["torch.uint64", "U64"]
]);
function tensor(storage, dtype, offset, shape, strides, metadata, { file }) {
  if (!isStorage(storage) || !Array.isArray(shape) || !Array.isArray(strides)) return void 0;
  if (shape.length !== strides.length || shape.length > mostAxes) return void 0;
  if (metadata instanceof Map && metadata.size > 0) {
    const message = "a tensor must be stored as it is, got a negated or conjugated view; save it after resolve_neg()";
    throw new FormatError("pt-view", message, { file });
  }
  const numbers2 = [offset, ...shape, ...strides];
  if (!numbers2.every((number) => Number.isSafeInteger(number) && number >= 0)) {
    const got = numbers2.map((number) => typeof number === "number" ? number : typeof number).slice(0, 20);
    const message = `offset, sizes and strides of a tensor must be non-negative integers, got ${got.join(", ")}; the file is damaged`;
    throw new FormatError("pt-bounds", message, { file });
  }
  return ptTensor(storage, { dtype, offset, shape, strides }, file);
}
function isStorage(value) {
  return typeof value === "object" && value !== null && "open" in value;
}

// packages/tensor/src/io/pt/ptGlobals.ts
function ptGlobal(name, file) {
  const found = GLOBALS.get(name);
  if (found !== void 0) return found;
  const message = `the pickle may only hold tensors and plain data, got ${name.slice(0, 200)}; save the state dict alone, and do not trust this file`;
  throw new FormatError("pt-forbidden-global", message, { file });
}
var STORAGES = [
  ["torch DoubleStorage", "F64"],
  ["torch FloatStorage", "F32"],
  ["torch HalfStorage", "F16"],
  ["torch BFloat16Storage", "BF16"],
  ["torch LongStorage", "I64"],
  ["torch IntStorage", "I32"],
  ["torch ShortStorage", "I16"],
  ["torch CharStorage", "I8"],
  ["torch ByteStorage", "U8"],
  ["torch BoolStorage", "BOOL"],
  ["torch.storage UntypedStorage", null]
  // of the unsigned types that PyTorch got later
];
var TYPES = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"];
var LATER_TYPES = ["uint16", "uint32", "uint64"];
var dict = { call: ([items = /* @__PURE__ */ new Map()]) => items instanceof Map ? items : void 0 };
var list = { call: ([items]) => Array.isArray(items) ? items : void 0 };
var GLOBALS = new Map([
  ...STORAGES.map(([name, storageOf2]) => [name, { storageOf: storageOf2 }]),
  ...[...TYPES, ...LATER_TYPES].map((name) => [`torch ${name}`, `torch.${name}`]),
  ["torch._utils _rebuild_tensor", rebuildTensor],
  // before PyTorch 0.4
  ["torch._utils _rebuild_tensor_v2", rebuildTensor],
  ["torch._utils _rebuild_tensor_v3", rebuildTensorOfType],
  // uint16, uint32, uint64
  ["torch._utils _rebuild_parameter", unwrapTensor],
  ["torch._utils _rebuild_parameter_with_state", unwrapTensor],
  ["torch._tensor _rebuild_from_type_v2", rebuildFromType],
  // buffers, and tensors with attributes
  ["torch Tensor", "torch.Tensor"],
  // named by the line before, as are the next two
  ["torch.nn.parameter Parameter", "torch.nn.parameter.Parameter"],
  ["torch.nn.parameter Buffer", "torch.nn.parameter.Buffer"],
  ["torch Size", list],
  // shapes in a config
  ["torch device", { call: deviceName }],
  // devices in a config
  ["collections OrderedDict", { call: orderedDict }],
  // state dicts
  ["collections Counter", dict],
  // schedulers with milestones
  ["__builtin__ set", list],
  // sets in a config, of protocol 2
  ["builtins set", list],
  ["_codecs encode", { call: encodeLatin1 }],
  // bytes of protocol 2, which numbers of numpy have
  ["numpy dtype", numpyType],
  // metrics that numpy computed, the next two as well
  ["numpy.core.multiarray scalar", numpyScalar],
  ["numpy._core.multiarray scalar", numpyScalar]
]);
function orderedDict([items = []], { spend: spend2 }) {
  if (!Array.isArray(items)) return void 0;
  spend2(64 * items.length);
  const isPair = (item) => Array.isArray(item) && item.length === 2 && typeof item[0] === "string";
  return items.every(isPair) ? new Map(items) : void 0;
}
function encodeLatin1([text, encoding], { spend: spend2 }) {
  if (typeof text !== "string" || encoding !== "latin1") return void 0;
  spend2(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return void 0;
    bytes[i] = code;
  }
  return bytes;
}
function deviceName([kind2, index]) {
  if (typeof kind2 !== "string" || index !== void 0 && typeof index !== "number") return void 0;
  return index === void 0 ? kind2 : `${kind2}:${index}`;
}

// packages/tensor/src/io/pt/ptHost.ts
function ptHost(find, file) {
  const refuse = (message) => new FormatError("pt-pickle", message, { file });
  return {
    global: (name) => ptGlobal(name, file),
    persistent: (id) => {
      if (Array.isArray(id) && (id[5] ?? null) !== null) {
        const message = "a storage must not be a part of another one, as before PyTorch 0.4; save it with a newer PyTorch";
        throw new FormatError("pt-legacy", message, { file });
      }
      const storage = Array.isArray(id) ? storageOf(id, find) : void 0;
      if (storage !== void 0) return storage;
      throw refuse("a persistent id must be that of a storage of numbers, got another one; do not trust this file");
    },
    call: (callee, args, spend2) => {
      if (!isFunction(callee))
        throw refuse("what the pickle calls must make tensors or plain data, got something else");
      const result = callee.call(args, { file, spend: spend2 });
      if (result !== void 0) return result;
      throw refuse("arguments must be those that PyTorch and Python write, got others; the file is damaged");
    },
    build: (object, state) => {
      const built = object instanceof Map || isNumpyType(object) && setNumpyState(object, state);
      if (!built) throw refuse("only dicts and types of numpy may have a state, got another object");
    }
  };
}
function storageOf([kind2, type, key, , count, part2 = null], find) {
  if (kind2 !== "storage" || !isStorageType(type) || typeof key !== "string" || part2 !== null) return void 0;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return void 0;
  const { storageOf: dtype } = type;
  const size = count * (dtype === null ? 1 : codecOf(dtype).size);
  return { ...dtype === null ? {} : { dtype }, size, ...find({ key, count, size }) };
}
function isStorageType(value) {
  return typeof value === "object" && value !== null && "storageOf" in value;
}
function isFunction(value) {
  return typeof value === "object" && value !== null && "call" in value;
}

// packages/tensor/src/io/pt/readArchive.ts
var largestPickle = 2 ** 26;
var PICKLE = "data.pkl";
async function readArchive(source) {
  const zip = await openZip(source);
  const { name: file } = source;
  const folder = ptFolder(zip, file);
  if (zip.entries.has(`${folder}constants.pkl`) || [...zip.entries.keys()].some((name) => name.startsWith(`${folder}code/`))) {
    const message = "the file must hold tensors and plain data, got a TorchScript program; save the state dict instead";
    throw new FormatError("pt-torchscript", message, { file });
  }
  await checkByteOrder(zip, folder, file);
  const size = zip.entries.get(folder + PICKLE)?.size ?? 0;
  if (size > largestPickle) {
    const message = `the pickle must have at most ${largestPickle} bytes, got ${size}; save numbers as tensors`;
    throw new FormatError("pt-limit", message, { file });
  }
  const bytes = await zip.read(folder + PICKLE);
  return readPickle(bytes, 0, ptHost(storages(zip, `${folder}data/`, file), file), file).value;
}
function ptFolder(zip, file) {
  const pickles = [...zip.entries.keys()].filter(isPickle);
  const [pickle] = pickles;
  if (pickle !== void 0 && pickles.length === 1) return pickle.slice(0, -PICKLE.length);
  const message = `the zip must hold one folder with ${PICKLE}, got ${pickles.join(", ") || "none"}; save it with torch.save`;
  throw new FormatError("pt-archive", message, { file });
}
function isPickle(name) {
  return /^[^/]+\/data\.pkl$/.test(name);
}
async function checkByteOrder(zip, folder, file) {
  const name = `${folder}byteorder`;
  const size = zip.entries.get(name)?.size;
  if (size === void 0) return;
  const order = size > 10 ? "a longer text" : new TextDecoder().decode(await zip.read(name));
  if (order === "little") return;
  const message = `byteorder must be little, got ${order}; save it on a little-endian machine`;
  throw new FormatError("pt-byteorder", message, { file });
}
function storages(zip, folder, file) {
  const opened = /* @__PURE__ */ new Map();
  return ({ key, size }) => {
    const name = folder + key;
    const got = zip.entries.get(name)?.size;
    if (got !== size) {
      const message = `${name.slice(0, 200)} must have ${size} bytes, got ${got ?? "no such file"}; the file is damaged`;
      throw new FormatError("pt-size", message, { file });
    }
    return {
      open: () => {
        const source = opened.get(name) ?? zip.open(name);
        opened.set(name, source);
        return source;
      }
    };
  };
}

// packages/tensor/src/io/pt/readLegacy.ts
var MAGIC2 = 0x1950a86a20f9469cfc6cn;
var VERSION2 = 1001;
var [firstBytes, mostBytes2] = [2 ** 16, 2 ** 26];
async function readLegacy(source) {
  const places = /* @__PURE__ */ new Map();
  const { value, keys, end } = await readPickles(source, storages2(source, places));
  await findStorages(source, places, keys, end);
  return value;
}
async function readPickles(source, find) {
  for (let length = firstBytes; ; length *= 4) {
    const most = Math.min(length, mostBytes2, source.size);
    const bytes = await source.read(0, most);
    try {
      return parsePickles(bytes, ptHost(find, source.name), source.name);
    } catch (error) {
      const goesOn = error instanceof FormatError && error.code === "pt-truncated" && most < Math.min(mostBytes2, source.size);
      if (!goesOn) throw error;
    }
  }
}
function parsePickles(bytes, host, file) {
  let end = 0;
  const next = () => {
    const pickle = readPickle(bytes, end, host, file);
    end = pickle.end;
    return pickle.value;
  };
  const [magic, version] = [next(), next()];
  if (magic !== MAGIC2 || version !== VERSION2) {
    const message = "the file must be what torch.save writes, got another pickle; save it again with a newer PyTorch";
    throw new FormatError("pt-legacy", message, { file });
  }
  const machine = next();
  if (!(machine instanceof Map) || machine.get("little_endian") !== true) {
    const message = "numbers must be little-endian, got other ones; save it on a little-endian machine";
    throw new FormatError("pt-byteorder", message, { file });
  }
  const [value, keys] = [next(), next()];
  return { value, keys, end };
}
async function findStorages(source, places, keys, end) {
  if (!Array.isArray(keys) || keys.length !== places.size || new Set(keys).size !== keys.length) {
    throw damaged(source.name, "the storages of the file must be those of its tensors, got others");
  }
  let at = end;
  for (const key of keys) {
    const place2 = places.get(key);
    if (place2 === void 0 || !(at + 8 + place2.size <= source.size)) {
      throw damaged(source.name, `a storage of a tensor must begin at byte ${at} and end with the file, got none`);
    }
    const bytes = await source.read(at, 8);
    const count = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
    if (count !== BigInt(place2.count)) {
      throw damaged(source.name, `storage ${place2.key.slice(0, 200)} must have ${place2.count} elements, got ${count}`);
    }
    place2.begin = at + 8;
    at = place2.begin + place2.size;
  }
  if (at !== source.size)
    throw damaged(source.name, `the file must end with its last storage at ${at}, got ${source.size} bytes`);
}
function storages2(source, places) {
  return (asked) => {
    const place2 = places.get(asked.key) ?? { ...asked };
    if (place2.size !== asked.size)
      throw damaged(source.name, `storage ${asked.key.slice(0, 200)} must have one size, got two`);
    places.set(asked.key, place2);
    const open = async () => ({
      ...rangeSource(source, place2.begin, place2.size, source.name),
      verify: async () => {
      }
      // these files have no checksums
    });
    return { open };
  };
}
function damaged(file, message) {
  return new FormatError("pt-size", `${message}; the file is damaged or cut short`, { file });
}

// packages/tensor/src/io/pt/openPt.ts
async function openPt(source) {
  const { name: file } = source;
  const start = await readStart(source, 4);
  if (!isZip(start, source) && !startsLegacyPt(start)) {
    const message = "the file must be what torch.save writes, got other first bytes; save it with torch.save";
    throw new FormatError("pt-magic", message, { file });
  }
  const { value, tensors } = ptContent(await (isZip(start, source) ? readArchive : readLegacy)(source), file);
  const tensor2 = (path) => {
    const found = tensors.get(path);
    if (found !== void 0) return found;
    const message = `the file must hold ${path}, got ${[...tensors.keys()].slice(0, 100).join(", ") || "no tensors"}`;
    throw new FormatError("tensor-not-found", message, { file, tensor: path });
  };
  return {
    value,
    tensors,
    tensor: tensor2,
    readTensor: async (path) => await tensor2(path).readTensor(),
    readRows: async (path, first, count) => await tensor2(path).readRows(first, count),
    close: () => source.close()
  };
}
function startsLegacyPt([first, protocol = 0, next]) {
  return first === 128 && protocol >= 2 && protocol <= 5 && (next === 138 || next === 149);
}

// packages/tensor/src/io/tensors/npyFormat.ts
var npyFormat = {
  name: "an npy file",
  detects: (start) => start[0] === 147,
  open: async (source) => {
    const npy = await openNpy(source);
    return { names: [""], open: () => npy };
  }
};

// packages/tensor/src/io/tensors/npzFormat.ts
var npzFormat = {
  name: "an npz file",
  detects: async (start, source) => isZip(start, source) && npyNames((await openZip(source)).entries.keys()).length > 0,
  open: async (source) => {
    const npz = await openNpz(source);
    return { names: npz.arrays, open: npz.npy };
  }
};

// packages/tensor/src/io/tensors/ptFormat.ts
var ptFormat = {
  name: "a PyTorch file",
  detects: async (start, source) => isZip(start, source) ? [...(await openZip(source)).entries.keys()].some(isPickle) : startsLegacyPt(start),
  open: async (source) => {
    const pt = await openPt(source);
    return { names: [...pt.tensors.keys()], open: pt.tensor };
  }
};

// packages/tensor/src/io/duplicateKey.ts
function duplicateKey(json) {
  const open = [];
  let at = 0;
  while (at < json.length) {
    const character = json[at];
    if (character === "{" || character === "[") open.push(/* @__PURE__ */ new Set());
    else if (character === "}" || character === "]") open.pop();
    if (character !== '"') {
      at++;
      continue;
    }
    const end = stringEnd(json, at);
    const isKey2 = /\s*:/y;
    isKey2.lastIndex = end;
    if (isKey2.test(json)) {
      const key = JSON.parse(json.slice(at, end));
      const seen = open.at(-1);
      if (seen.has(key)) return key;
      seen.add(key);
    }
    at = end;
  }
  return void 0;
}
function stringEnd(json, start) {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at + 1;
}

// packages/tensor/src/io/safetensorsHeader.ts
var LARGEST_HEADER = 1e8;
function headerLength(prefix, fileSize, file) {
  if (fileSize < 8) {
    throw new FormatError("header-too-small", `the file must have at least 8 bytes, got ${fileSize}`, { file });
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > LARGEST_HEADER) {
    throw new FormatError("header-too-large", `the header must be at most 100000000 bytes long, got ${length}`, {
      file
    });
  }
  if (8 + Number(length) > fileSize) {
    const message = `the header of ${length} bytes must end within the file of ${fileSize} bytes; the file is cut short`;
    throw new FormatError("header-length", message, { file });
  }
  return Number(length);
}
function parseHeader(bytes, fileSize, file) {
  const text = decodeUtf8(bytes, file);
  if (bytes[0] !== 123) {
    throw new FormatError("header-start", `the header must start with "{", got byte ${bytes[0] ?? "none"}`, { file });
  }
  const { entries, metadata } = readEntries(parseJson(text, file), file);
  const twice = duplicateKey(text);
  if (twice !== void 0) {
    throw new FormatError("duplicate-key", `names in the header must be unique, got ${JSON.stringify(twice)} twice`, {
      file
    });
  }
  const dataStart2 = 8 + bytes.length;
  const tensors = /* @__PURE__ */ new Map();
  const sorted = checkLayout(entries, fileSize - dataStart2, file);
  for (const { name, dtype, shape, begin, end } of sorted) {
    tensors.set(name, { dtype, shape, begin: dataStart2 + begin, end: dataStart2 + end });
  }
  return { tensors, metadata };
}
function decodeUtf8(bytes, file) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FormatError("header-not-utf8", "the header must be UTF-8, got bytes that are not", { file });
  }
}
function parseJson(text, file) {
  try {
    const value = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (cause) {
    throw new FormatError("header-json", `the header must be JSON: ${cause.message}`, { file });
  }
  throw new FormatError("header-json", "the header must be a JSON object", { file });
}
function readEntries(header, file) {
  const entries = [];
  const metadata = /* @__PURE__ */ new Map();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") {
      if (!isRecord(value)) throw new FormatError("header-json", "__metadata__ must be an object", { file });
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== "string") {
          throw new FormatError("header-json", `__metadata__ must map to strings, got ${typeof text} at ${key}`, {
            file
          });
        }
        metadata.set(key, text);
      }
    } else entries.push(readEntry2(name, value, file));
  }
  return { entries, metadata };
}
function readEntry2(name, value, file) {
  const at = { file, tensor: name };
  if (!isRecord(value)) throw new FormatError("header-json", `the entry of ${name} must be an object`, at);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string") throw new FormatError("header-json", `dtype of ${name} must be a string`, at);
  if (!isSizes(shape)) {
    throw new FormatError(
      "header-json",
      `shape of ${name} must be non-negative integers, got ${JSON.stringify(shape)}`,
      at
    );
  }
  if (!isSizes(offsets) || offsets.length !== 2) {
    const got = JSON.stringify(offsets);
    throw new FormatError("header-json", `data_offsets of ${name} must be two non-negative integers, got ${got}`, at);
  }
  return { name, dtype, shape, begin: offsets[0], end: offsets[1] };
}
function checkLayout(entries, dataSize, file) {
  for (const { name, dtype } of entries) {
    if (!CODECS.has(dtype)) {
      const message = `dtype of ${name} must be one of ${[...CODECS.keys()].join(", ")}, got ${dtype}; convert the file`;
      throw new FormatError("unsupported-dtype", message, { file, tensor: name });
    }
  }
  const sorted = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let position = 0;
  for (const { name, begin, end } of sorted) {
    if (begin !== position || end < begin) {
      const message = `data of ${name} must start at ${position} and not end before, got ${begin} to ${end}`;
      throw new FormatError("bad-offset", message, { file, tensor: name });
    }
    position = end;
  }
  for (const { name, dtype, shape } of sorted) {
    if (!(elementCount(shape) * codecOf(dtype).size <= Number.MAX_SAFE_INTEGER)) {
      const message = `${name} must have at most 2^53 - 1 bytes, got shape [${shape.join(", ")}]`;
      throw new FormatError("overflow", message, { file, tensor: name });
    }
  }
  for (const { name, dtype, shape, begin, end } of sorted) {
    const wanted = elementCount(shape) * codecOf(dtype).size;
    if (end - begin !== wanted) {
      const message = `${name} must have ${wanted} bytes for ${dtype} [${shape.join(", ")}], got ${end - begin}`;
      throw new FormatError("size-mismatch", message, { file, tensor: name });
    }
  }
  if (position !== dataSize) {
    const message = `the data must be ${position} bytes long, got ${dataSize}; the file is cut short or has bytes too many`;
    throw new FormatError("incomplete-buffer", message, { file });
  }
  return sorted;
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isSizes(value) {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

// packages/tensor/src/io/safetensors.ts
async function openSafetensors(source) {
  const length = headerLength(await readStart(source, 8), source.size, source.name);
  const header = parseHeader(await source.read(8, length), source.size, source.name);
  const info = (name) => {
    const found = header.tensors.get(name);
    if (found !== void 0) return found;
    const names2 = [...header.tensors.keys()].join(", ");
    throw new FormatError("tensor-not-found", `the file must hold ${name}, got ${names2 || "no tensors"}`, {
      file: source.name,
      tensor: name
    });
  };
  const readTensor = async (name) => {
    const { dtype, shape, begin } = info(name);
    return { dtype, shape, data: await readElements(source, { dtype }, begin, elementCount(shape)) };
  };
  return {
    ...header,
    info,
    readTensor,
    readRows: async (name, start, count) => {
      const { dtype, shape, begin } = info(name);
      const [rows, ...rest] = shape;
      if (rows === void 0) {
        throw new FormatError("bad-shape", `${name} must have rows, got a scalar`, { file: source.name, tensor: name });
      }
      checkRange("readRows", start, count, rows);
      const width = elementCount(rest);
      const offset = begin + start * width * codecOf(dtype).size;
      return { dtype, shape: [count, ...rest], data: await readElements(source, { dtype }, offset, count * width) };
    },
    readAll: async () => {
      const tensors = /* @__PURE__ */ new Map();
      for (const name of header.tensors.keys()) tensors.set(name, await readTensor(name));
      return { tensors, metadata: header.metadata };
    },
    close: () => source.close()
  };
}

// packages/tensor/src/io/tensors/safetensorsFormat.ts
var safetensorsFormat = {
  name: "a safetensors file",
  detects: (start) => start.length < 9 || start[8] === 123,
  open: async (source) => {
    const file = await openSafetensors(source);
    return {
      names: [...file.tensors.keys()],
      open: (name) => ({
        ...file.info(name),
        readTensor: () => file.readTensor(name),
        readRows: (start, count) => file.readRows(name, start, count)
      })
    };
  }
};

// packages/tensor/src/io/tensors/formats.ts
var tensorFormats = [npyFormat, safetensorsFormat, npzFormat, ptFormat];

// packages/tensor/src/io/tensors/openTensors.ts
async function openTensors(source) {
  const format = await formatOf(source);
  const readers = await format.open(source);
  const { names: names2 } = readers;
  const open = async (name) => {
    if (names2.includes(name)) return await readers.open(name);
    const got = names2.slice(0, 100).join(", ") || (names2.length === 0 ? "no tensors" : "one tensor without a name");
    const message = `the file must hold ${JSON.stringify(name)}, got ${got}; name one that it holds`;
    throw new FormatError("tensor-not-found", message, { file: source.name, tensor: name });
  };
  return {
    format: format.name,
    names: names2,
    open,
    readAll: async () => {
      const tensors = /* @__PURE__ */ new Map();
      for (const name of names2) tensors.set(name, await (await open(name)).readTensor());
      return tensors;
    },
    close: () => source.close()
  };
}
async function formatOf(source) {
  const start = await readStart(source, 9);
  for (const format of tensorFormats) if (await format.detects(start, source)) return format;
  const message = "the file must be npy, npz, safetensors or PyTorch by its first bytes, got another one; convert it";
  throw new FormatError("unknown-format", message, { file: source.name });
}

// packages/tensor/src/random/log.ts
var LN2_HIGH = 0.6931471803691238;
var LN2_LOW = 19082149292705877e-26;
var float = new Float64Array(1);
var words2 = new Int32Array(float.buffer);
var HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
function portableLog(x) {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  let exponent = 0;
  float[0] = x;
  if (words2[HIGH] < 1048576) {
    float[0] = x * 2 ** 54;
    exponent = -54;
  }
  const high = words2[HIGH];
  const mantissa = high & 1048575;
  const carry = mantissa + 614244 & 1048576;
  words2[HIGH] = mantissa | carry ^ 1072693248;
  exponent += (high >> 20) - 1023 + (carry >> 20);
  const f = float[0] - 1;
  if (f === 0) return exponent * LN2_HIGH + exponent * LN2_LOW;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const half2 = 0.5 * f * f;
  return exponent * LN2_HIGH - (half2 - (s * (half2 + even + odd) + exponent * LN2_LOW) - f);
}

// packages/tensor/src/random/philox.ts
function philox(counter0, counter1, counter2, counter3, key0, key1, out) {
  let c0 = counter0 | 0;
  let c1 = counter1 | 0;
  let c2 = counter2 | 0;
  let c3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(c0, 53841, 8019);
    const low0 = Math.imul(c0, 3528531795);
    const high1 = highProduct(c2, 52638, 36183);
    const low1 = Math.imul(c2, 3449720151);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = k0 + 2654435769 | 0;
    k1 = k1 + 3144134277 | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
function highProduct(a, upper, lower) {
  const aLower = a & 65535;
  const aUpper = a >>> 16;
  const middle = Math.imul(aUpper, lower) + (Math.imul(aLower, lower) >>> 16) | 0;
  const carry = Math.imul(aLower, upper) + (middle & 65535) | 0;
  return Math.imul(aUpper, upper) + (middle >>> 16) + (carry >>> 16) | 0;
}

// packages/tensor/src/random/stream.ts
var TWO_32 = 2 ** 32;
var NUMBER_TAG = 1;
var STRING_TAG = 2;
function streamKey(caller, seed, path) {
  const { key0, key1, state } = absorbPath(caller, seed, path);
  return { key0, key1, prefix0: state[0], prefix1: state[1] };
}
function absorbPath(caller, seed, path) {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`${caller}: seed must be an integer from 0 to 2^53 - 1, got ${seed}; pass such an integer`);
  }
  const key0 = seed | 0;
  const key1 = Math.floor(seed / TWO_32) | 0;
  const state = new Int32Array(4);
  for (const part2 of path) {
    if (typeof part2 === "string") absorbString(state, part2, key0, key1);
    else absorbNumber(caller, state, part2, key0, key1);
  }
  return { key0, key1, state };
}
function absorbNumber(caller, state, value, key0, key1) {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${caller}: path numbers must be safe integers, got ${value}; pass an integer or a string`);
  }
  absorb(state, value | 0, Math.floor(value / TWO_32) | 0, NUMBER_TAG, key0, key1);
}
function absorbString(state, value, key0, key1) {
  absorb(state, value.length, 0, STRING_TAG, key0, key1);
  for (let i = 0; i < value.length; i += 4)
    absorb(state, twoUnits(value, i), twoUnits(value, i + 2), STRING_TAG, key0, key1);
}
function twoUnits(value, at) {
  const first = at < value.length ? value.charCodeAt(at) : 0;
  const second = at + 1 < value.length ? value.charCodeAt(at + 1) : 0;
  return first | second << 16;
}
function absorb(state, word0, word1, tag, key0, key1) {
  const s0 = state[0] ^ word0;
  const s1 = state[1] ^ word1;
  philox(s0, s1, state[2] ^ tag, state[3], key0, key1, state);
}

// packages/tensor/src/random.ts
var TWO_322 = 2 ** 32;
var TWO_53 = 2 ** 53;
function random(seed, ...path) {
  const { key0, key1, prefix0, prefix1 } = streamKey("random", seed, path);
  const block = new Int32Array(4);
  let blocks = 0;
  let used = 4;
  let spare = Number.NaN;
  const word = () => {
    if (used === 4) {
      philox(blocks, Math.floor(blocks / TWO_322), prefix0, prefix1, key0, key1, block);
      blocks++;
      used = 0;
    }
    return block[used++] >>> 0;
  };
  const bits53 = () => (word() >>> 5) * 67108864 + (word() >>> 6);
  const uniform = () => bits53() / TWO_53;
  const normal = () => {
    if (!Number.isNaN(spare)) {
      const result = spare;
      spare = Number.NaN;
      return result;
    }
    for (; ; ) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const factor = Math.sqrt(-2 * portableLog(s) / s);
        spare = v * factor;
        return u * factor;
      }
    }
  };
  const integer = (n) => {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`integer: n must be an integer from 1 to 2^53 - 1, got ${n}; pass such an integer`);
    }
    const range = n <= TWO_322 ? TWO_322 : TWO_53;
    const limit = range - range % n;
    for (; ; ) {
      const draw = n <= TWO_322 ? word() : bits53();
      if (draw < limit) return draw % n;
    }
  };
  return {
    uniform,
    normal,
    integer,
    exponential: () => -portableLog(1 - uniform()),
    bernoulli: (p) => {
      if (!(p >= 0 && p <= 1)) throw new RangeError(`bernoulli: p must lie in [0, 1], got ${p}; pass a probability`);
      return uniform() < p;
    },
    permutation: (n) => {
      if (!Number.isSafeInteger(n) || n < 0 || n > 2147483647) {
        throw new RangeError(`permutation: n must be an integer from 0 to 2^31 - 1, got ${n}; pass such an integer`);
      }
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        const moved = order[i];
        order[i] = order[j];
        order[j] = moved;
      }
      return order;
    }
  };
}

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

// packages/tensor/test/support/plainReading.ts
function otherThanBefore(got, _damaged, before) {
  for (const [name, tensor2] of got) {
    const wanted = before.get(name);
    if (!(wanted && tensor2.dtype === wanted.dtype && sameShape(tensor2, wanted) && sameNumbers(tensor2, wanted.data)))
      return `${name} has other values`;
  }
  return void 0;
}
function otherThanSafetensors(got, damaged2) {
  const view = new DataView(damaged2.buffer, damaged2.byteOffset, damaged2.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(damaged2.subarray(8, 8 + length)));
  delete header.__metadata__;
  if (Object.keys(header).sort().join() !== [...got.keys()].sort().join()) return "the names are others";
  for (const [name, tensor2] of got) {
    const { dtype, shape, data_offsets: offsets } = header[name];
    const wanted = plainNumbers(dtype, damaged2.subarray(8 + length + offsets[0], 8 + length + offsets[1]));
    if (tensor2.dtype !== dtype || !sameShape(tensor2, { shape })) return `${name} has another shape or dtype`;
    if (!sameNumbers(tensor2, wanted)) return `${name} has other values`;
  }
  return void 0;
}
function otherThanNpy(got, damaged2, before, name = "") {
  const others = new Map([...got].filter(([key]) => key !== name));
  const tensor2 = got.get(name);
  if (tensor2 === void 0) return `${name} is missing`;
  const view = new DataView(damaged2.buffer, damaged2.byteOffset, damaged2.byteLength);
  const [length, start] = damaged2[6] === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const header = new TextDecoder("latin1").decode(damaged2.subarray(start, start + length));
  const stated = (key) => new RegExp(`['"]${key}['"]\\s*:\\s*('[^']*'|"[^"]*"|\\([^)]*\\)|\\w+)`).exec(header)?.[1] ?? "";
  const [, order, code = ""] = /^['"]([<>|])(\w\d)['"]$/.exec(stated("descr")) ?? [];
  const shape = (stated("shape").match(/\d+/g) ?? []).map(Number);
  const wanted = plainNumbers(npyTypes[code], damaged2.subarray(start + length), order !== ">");
  if (!sameShape(tensor2, { shape })) return `${name} has another shape`;
  const rowMajor = stated("fortran_order") === "True" ? fromColumnMajor(wanted, shape) : wanted;
  if (!sameNumbers(tensor2, rowMajor)) return `${name} has other values`;
  return otherThanBefore(others, damaged2, before);
}
function nowhereInFile(got, damaged2) {
  const places = new Map([4, 8].map((size) => [size, new Set(words3(damaged2, size, 1))]));
  for (const [name, { dtype, data }] of got) {
    const size = sizes[dtype];
    const known = places.get(size);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (known && words3(bytes, size, size).some((word) => !known.has(word))) return `${name} has a number of nowhere`;
  }
  return void 0;
}
function words3(bytes, size, step) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.max(0, Math.floor((bytes.length - size) / step) + 1);
  return Array.from({ length: count }, (_, i) => size === 4 ? view.getUint32(i * step) : view.getBigUint64(i * step));
}
var npyTypes = {
  ...{ f2: "F16", f4: "F32", f8: "F64", b1: "BOOL", i1: "I8", i2: "I16", i4: "I32", i8: "I64" },
  ...{ u1: "U8", u2: "U16", u4: "U32", u8: "U64" }
};
var sizes = {
  ...{ BOOL: 1, I8: 1, U8: 1, I16: 2, U16: 2, F16: 2, BF16: 2, I32: 4, U32: 4, F32: 4, F64: 8, I64: 8, U64: 8 }
};
function plainNumbers(dtype, bytes, little = true) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers = {
    BOOL: (at) => view.getUint8(at),
    I8: (at) => view.getInt8(at),
    U8: (at) => view.getUint8(at),
    I16: (at) => view.getInt16(at, little),
    U16: (at) => view.getUint16(at, little),
    F16: (at) => half(view.getUint16(at, little)),
    BF16: (at) => brain(view.getUint16(at, little)),
    I32: (at) => view.getInt32(at, little),
    U32: (at) => view.getUint32(at, little),
    F32: (at) => view.getFloat32(at, little),
    F64: (at) => view.getFloat64(at, little),
    I64: (at) => view.getBigInt64(at, little),
    U64: (at) => view.getBigUint64(at, little)
  };
  const size = sizes[dtype];
  return Array.from({ length: bytes.length / size }, (_, i) => readers[dtype]?.(i * size));
}
function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, bits >> 10 & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
function brain(bits) {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(2, bits, true);
  return view.getFloat32(0, true);
}
function fromColumnMajor(values, shape) {
  return values.map((_, index) => {
    let [rest, at, step] = [index, 0, values.length];
    for (const size of [...shape].reverse()) {
      step /= size;
      at += rest % size * step;
      rest = Math.floor(rest / size);
    }
    return values[at];
  });
}
var sameShape = (a, b) => a.shape.join() === b.shape.join();
var sameNumbers = ({ data }, wanted) => data.length === wanted.length && Array.from(data).every((v, i) => Object.is(v, wanted[i]));

// packages/tensor/test/support/fuzz.ts
var fuzzTargets = [
  { name: "zip", files: ["deflated.npz", "state.pt"], read: readZip, wrong: otherThanBefore },
  { name: "npz", files: ["stored.npz", "deflated.npz"], read: readNpz, wrong: otherThanBefore },
  { name: "pt", files: ["views.pt", "training.pt", "protocol5.pt"], read: readPt, wrong: otherThanBefore },
  {
    name: "safetensors",
    files: ["dtypes.safetensors", "deflated.safetensors", "views.safetensors"],
    read: readAny,
    wrong: otherThanSafetensors
  },
  {
    name: "npy",
    files: [
      writeNpy({ shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(i)) }),
      writeNpy({ dtype: "F16", shape: [5], data: Float32Array.of(1, 0.5, -2, 0, 65504) }),
      writeNpy({ dtype: "I64", shape: [], data: BigInt64Array.of(-3n) })
    ],
    read: readAny,
    wrong: otherThanNpy
  },
  {
    name: "npy in a zip",
    files: ["stored.npz"],
    read: readNpz,
    inside: "columns.npy",
    wrong: (got, damaged2, before) => otherThanNpy(got, damaged2, before, "columns")
  },
  {
    name: "pickle in a zip",
    files: ["views.pt", "training.pt", "protocol5.pt"],
    read: readPt,
    inside: "/data.pkl",
    // Its storages are whole: numbers are those that the undamaged file has somewhere.
    wrong: nowhereInTensors
  },
  {
    name: "pt without checksums",
    files: ["unchecked.pt", "legacy.pt", "legacy4.pt"],
    read: readPt,
    wrong: nowhereInFile
  }
];
async function fuzz(target, { first = 0, count, seed }, load) {
  const files = target.files.map((file) => typeof file === "string" ? load(file) : file);
  const wanted = await Promise.all(files.map((bytes) => target.read(bytesSource(bytes))));
  const failures = [];
  let read = 0;
  for (let number = first; number < first + count; number++) {
    const rng = random(seed, target.name, number);
    const which = rng.integer(files.length);
    let damaged2 = new Uint8Array();
    const damage = (bytes2) => {
      damaged2 = mutated(bytes2, files[rng.integer(files.length)], rng);
      return damaged2;
    };
    const file = files[which];
    const bytes = target.inside === void 0 ? damage(file) : await changedInside(file, target.inside, damage);
    const wrong = (got) => target.wrong(got, damaged2, wanted[which]);
    const outcome = await outcomeOf(target, bytes, wrong);
    if (outcome === "read") read++;
    else if (outcome !== "refused") {
      failures.push(`${target.name} ${number} of seed ${seed}, file ${which}: ${outcome}`);
    }
  }
  return { passed: count - failures.length, read, failures };
}
var mostBytes3 = 2 ** 24;
async function outcomeOf({ read }, bytes, wrong) {
  const began = performance.now();
  const memory = process.memoryUsage().arrayBuffers;
  let outcome = "read";
  try {
    const got = await read(bytesSource(bytes));
    for (const [name, { data, shape }] of got) {
      if (data.length !== shape.reduce((a, b) => a * b, 1)) return `${name} has data of another shape`;
    }
    outcome = wrong(got) ?? outcome;
  } catch (error) {
    if (!(error instanceof FormatError)) return `threw ${error instanceof Error ? error.stack : String(error)}`;
    if (!/^bytes[^:]*: .{20,} \[[a-z0-9-]+\]$/s.test(error.message)) return `refused it with ${error.message}`;
    outcome = "refused";
  }
  const seconds = (performance.now() - began) / 1e3;
  const taken = process.memoryUsage().arrayBuffers - memory;
  if (taken > mostBytes3) return `took ${taken} bytes for a file of ${bytes.length}`;
  return seconds > 10 ? `took ${seconds} s` : outcome;
}
async function changedInside(bytes, ending, change) {
  const zip = await openZip(bytesSource(bytes));
  const files = [];
  for (const name of zip.entries.keys()) {
    const content = await zip.read(name);
    files.push([name, name.endsWith(ending) ? change(content) : content]);
  }
  return writeZip(files);
}
function nowhereInTensors(got, _damaged, before) {
  const numbers2 = [...before.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return nowhereInFile(got, Buffer.concat(numbers2));
}
async function readAny(source) {
  return await (await openTensors(source)).readAll();
}
async function readZip(source) {
  const zip = await openZip(source);
  const files = /* @__PURE__ */ new Map();
  for (const name of zip.entries.keys()) {
    const data = await zip.read(name);
    files.set(name, { dtype: "U8", shape: [zip.entries.get(name)?.size ?? -1], data });
  }
  return files;
}
async function readNpz(source) {
  const npz = await openNpz(source);
  const arrays = /* @__PURE__ */ new Map();
  for (const name of npz.arrays) {
    const npy = await npz.npy(name);
    arrays.set(name, await npy.readTensor());
    await readSomeRows(npy);
  }
  return arrays;
}
async function readPt(source) {
  const pt = await openPt(source);
  const tensors = /* @__PURE__ */ new Map();
  for (const [path, tensor2] of pt.tensors) {
    tensors.set(path, await tensor2.readTensor());
    await readSomeRows(tensor2);
  }
  return tensors;
}
async function readSomeRows(array) {
  const [rows = 0, ...rest] = array.shape;
  if (rows === 0) return;
  const { data } = await array.readRows(rows - 1, 1);
  if (data.length !== rest.reduce((a, b) => a * b, 1)) throw new Error("a row has another length than the shape says");
}
export {
  fuzz,
  fuzzTargets
};
