import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import { openPt } from "../src/io/pt/openPt.js";
import { writeZip } from "../src/io/zip/zipParts.js";
import { fixture } from "./support/fixtures.js";
import { legacyStart } from "./support/legacyFile.js";

/** A `.pt` file around a pickle, opcodes by their characters, and with other files in its folder. */
const pt = (pickle: string, files: Readonly<Record<string, Uint8Array>> = {}): Uint8Array => {
  const bytes = new Uint8Array(Buffer.from(`\x80\x02${pickle}.`, "latin1"));
  const entries = Object.entries(files).map(([name, data]) => [`x/${name}`, data] as const);
  return writeZip([["x/data.pkl", bytes], ...entries]);
};
const text = (string: string): string => `X${String.fromCharCode(string.length)}\0\0\0${string}`;
const short = (string: string): string => `\x8c${String.fromCharCode(string.length)}${string}`;
const storage = (key = "0", count = 6, type = "FloatStorage"): string =>
  `(${text("storage")}ctorch\n${type}\n${text(key)}${text("cpu")}K${String.fromCharCode(count)}tQ`;
const int = (value: number): string =>
  `J${String.fromCharCode(...[0, 8, 16, 24].map((shift) => (value >> shift) & 255))}`;
const tuple = (...values: number[]): string => `(${values.map(int).join("")}t`;
const tensor = (offset: number, size: number[], stride: number[], stored: string = storage()): string =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${stored}${int(offset)}${tuple(...size)}${tuple(...stride)}\x89ccollections\nOrderedDict\n)RtR`;
const six = { "data/0": new Uint8Array(new Float32Array(6).buffer) };
const open = (bytes: Uint8Array) => openPt(bytesSource(bytes, "f.pt"));

describe("openPt refuses to run anything:", () => {
  it.each<[string, string, string]>([
    ["os.system by its name", `cos\nsystem\n(${text("touch owned")}tR`, "os system"],
    ["posix.system", `cposix\nsystem\n(${text("touch owned")}tR`, "posix system"],
    ["builtins.eval from the stack", `${short("builtins")}${short("eval")}\x93(${text("1")}tR`, "builtins eval"],
    [
      "a name of more parts",
      `${short("collections")}${short("OrderedDict.fromkeys")}\x93`,
      "collections OrderedDict.fromkeys",
    ],
    [
      "getattr of what is allowed",
      `c__builtin__\ngetattr\n(ccollections\nOrderedDict\n${text("x")}tR`,
      "__builtin__ getattr",
    ],
    ["a call within a call", `ccollections\nOrderedDict\n(cos\nsystem\n(${text("x")}tRtR`, "os system"],
    ["a loader of pickles", `cpickle\nloads\n(${text("x")}tR`, "pickle loads"],
    ["torch.load", `ctorch\nload\n(${text("x")}tR`, "torch load"],
    ["a part of the object prototype", `c__proto__\nconstructor\n`, "__proto__ constructor"],
  ])("%s", async (_, pickle, name) => {
    await expect(open(pt(pickle))).rejects.toMatchObject({ name: "FormatError", code: "pt-forbidden-global" });
    await expect(open(pt(pickle))).rejects.toThrow(`got ${name};`);
  });

  it.each<[string, string]>([
    ["INST", `(ios\nsystem\n`],
    ["OBJ", `(ccollections\nOrderedDict\no`],
    ["NEWOBJ", `ccollections\nOrderedDict\n)\x81`],
    ["NEWOBJ_EX", `ccollections\nOrderedDict\n)}\x92`],
    ["extensions", "\x82\x01"],
    ["PERSID of protocol 0", "Pstorage\n"],
    ["buffers out of band", "\x97"],
    ["LONG4", "\x8b\x01\0\0\0\x01"],
    ["LONG4 of four gigabytes", "\x8b\xff\xff\xff\x7f\x01"],
    ["an opcode that is none", "\xff"],
    ["a call of what is no function", `${text("x")})R`],
    ["a call of a type", `ctorch\nFloatStorage\n)R`],
    ["a call without a tuple", `ccollections\nOrderedDict\nNR`],
    [
      "a rebuild from something else",
      `ctorch._tensor\n_rebuild_from_type_v2\n(ccollections\nOrderedDict\nctorch\nTensor\n)}tR`,
    ],
    ["a state for a list", `]}b`],
    ["a persistent id of a module", `(${text("module")}NNNNtQ`],
    ["a persistent id that is a text", `${text("storage")}Q`],
    ["a storage of another type", `(${text("storage")}ccollections\nOrderedDict\n${text("0")}${text("cpu")}K\x06tQ`],
  ])("%s", async (_, pickle) => {
    await expect(open(pt(pickle, six))).rejects.toMatchObject({ name: "FormatError", code: "pt-pickle" });
  });
});

describe("openPt refuses what would take memory or time:", () => {
  it.each<[string, string]>([
    ["LONG1 beyond the file", "\x8a\xff\x01"],
    ["a text of 2^63 bytes", `\x8d${"\xff".repeat(7)}\x7f`],
    ["bytes of 2^64 bytes", `\x8e${"\xff".repeat(8)}`],
    ["a bytearray of 2^40 bytes", "\x96\0\0\0\0\0\x01\0\0"],
    ["a text of 4 GiB", "X\xff\xff\xff\xff"],
    ["a frame that ends within its size", "\x95\x01\0\0"],
  ])("%s", async (_, pickle) => {
    const before = process.memoryUsage().arrayBuffers;
    await expect(open(pt(pickle))).rejects.toMatchObject({ name: "FormatError", code: "pt-truncated" });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it("reads a frame of any stated size, since it only says how far to read ahead", async () => {
    const framed = (size: string): Uint8Array => pt(`\x95${size}${"\x95".padEnd(9, "\0")}N`);
    expect((await open(framed("\xff".repeat(8)))).value).toBeNull();
    expect((await open(framed("\0".repeat(8)))).value).toBeNull();
  });

  it("takes the largest integer of LONG1 for what it is: a number, no memory", async () => {
    expect((await open(pt(`\x8a\xff${"\xff".repeat(254)}\x7f`))).value).toBe(2n ** (8n * 255n - 1n) - 1n);
  });

  it("a list in which everything stands ten times, thirty levels deep", async () => {
    const level = (i: number): string => `](${`h${String.fromCharCode(i)}`.repeat(10)}eq${String.fromCharCode(i + 1)}`;
    const laughs = `${tensor(0, [6], [1])}q\0${Array.from({ length: 30 }, (_, i) => level(i)).join("")}`;
    // Leave the last level alone on the stack.
    await expect(open(pt(`(${laughs}t`, six))).rejects.toMatchObject({ code: "pt-limit" });
    const harmless = `Nq\0${Array.from({ length: 30 }, (_, i) => level(i)).join("")}`;
    expect((await open(pt(`(${harmless}t`, six))).tensors.size).toBe(0);
  });

  it.each<[string, string]>([
    ["lists in one another", `${"]".repeat(1000)}${"a".repeat(999)}`],
    ["tuples in one another", `N${"\x85".repeat(1000)}`],
    ["a list that holds itself", "]q\0h\0a"],
    ["a dict that holds itself through a list", `}q\0${text("x")}](h\0es`],
    ["millions of dicts", "}".repeat(2 ** 20 + 1)],
    ["millions of storages", `]${storage().replace("tQ", "tq\0Q")}a${"h\0Qa".repeat(2 ** 19)}`],
    [
      "copies of a text as bytes",
      `${`X\0\0\x10\0${"a".repeat(2 ** 20)}q\0`}${`c_codecs\nencode\n(h\0${text("latin1")}tR`.repeat(200)}`,
    ],
    ["millions of memo entries", `N${"\x94".repeat(2 ** 21 + 1)}`],
    ["a stack without an end", "N".repeat(2 ** 21)],
    ["marks without an end", "(".repeat(2 ** 21 + 1)],
  ])("%s", { timeout: 30_000 }, async (_, pickle) => {
    const before = performance.now();
    await expect(open(pt(pickle, six))).rejects.toMatchObject({ name: "FormatError", code: "pt-limit" });
    expect(performance.now() - before).toBeLessThan(20_000);
  });

  it("a type of numbers, a device and sizes that are made of shared parts", async () => {
    const laughs = `]q\0${Array.from({ length: 40 }, (_, i) => `](${`h${String.fromCharCode(i)}`.repeat(10)}eq${String.fromCharCode(i + 1)}`).join("")}`;
    const shared = `(${laughs}t`;
    for (const pickle of [
      `${shared}ctorch\ndevice\n(${text("cuda")}h\x28tR\x86`,
      `${shared}cnumpy\ndtype\n(h\x28\x89\x88tR\x86`,
      `${shared}${tensor(0, [1], [1]).replace(tuple(1), "h\x28")}\x86`,
    ]) {
      await expect(open(pt(pickle, six))).rejects.toMatchObject({ code: "pt-pickle" });
    }
    const sizes = `(${"K\0".repeat(65)}t`;
    const many = `ctorch._utils\n_rebuild_tensor_v2\n(${storage()}K\0${sizes}${sizes}tR`;
    await expect(open(pt(many, six))).rejects.toMatchObject({ code: "pt-pickle" });
  });

  it("a tensor that repeats one element a billion times", async () => {
    await expect(open(pt(tensor(0, [2 ** 30], [0]), six))).rejects.toMatchObject({ code: "pt-bounds" });
    const few = await open(pt(tensor(5, [3, 2], [0, 0]), six));
    expect((await few.readTensor("")).data).toEqual(new Float32Array(6));
  });
});

describe("openPt refuses a damaged file:", () => {
  it.each<[string, string, Uint8Array]>([
    ["pt-bounds", "a negative stride", pt(tensor(5, [6], [-1]), six)],
    ["pt-bounds", "a negative size", pt(tensor(0, [-1], [1]), six)],
    ["pt-bounds", "a negative offset", pt(tensor(-1, [2], [1]), six)],
    ["pt-bounds", "more elements than the storage", pt(tensor(0, [7], [1]), six)],
    ["pt-bounds", "an offset that leaves too few", pt(tensor(3, [2, 2], [2, 1]), six)],
    [
      "pt-bounds",
      "a stride that leads out",
      pt(
        tensor(
          0,
          [2, 2],
          [5, 1].reverse().map((n) => n * 4),
        ),
        six,
      ),
    ],
    ["pt-bounds", "an offset beyond the storage of an empty tensor", pt(tensor(7, [0], [1]), six)],
    ["pt-bounds", "a product beyond 2^53", pt(tensor(0, [2 ** 30, 2 ** 30, 2 ** 30], [0, 0, 0]), six)],
    [
      "pt-legacy",
      "a storage that is a part of another",
      pt(`(${text("storage")}ctorch\nFloatStorage\n${text("0")}${text("cpu")}K\x06(${text("1")}K\0K\x06ttQ`, six),
    ],
    ["pt-size", "a storage that is not there", pt(tensor(0, [6], [1], storage("1")), six)],
    ["pt-size", "a count that is not that of the bytes", pt(tensor(0, [5], [1], storage("0", 5)), six)],
    ["pt-size", "a type that is not that of the bytes", pt(tensor(0, [6], [1], storage("0", 6, "HalfStorage")), six)],
    ["pt-size", "a key that leads elsewhere", pt(tensor(0, [6], [1], storage("../data/0")), six)],
    ["pt-pickle", "strides that are fewer than sizes", pt(tensor(0, [2, 3], [1]), six)],
    [
      "pt-pickle",
      "a number instead of sizes",
      pt(`ctorch._utils\n_rebuild_tensor_v2\n(${storage()}K\0K\x06K\x01tR`, six),
    ],
    ["pt-pickle", "a tensor of something else", pt(tensor(0, [6], [1], "N"), six)],
    ["pt-pickle", "a stack that is too short", pt("a")],
    ["pt-pickle", "a value that is taken from below a mark", pt("N(\x85")],
    ["pt-pickle", "no mark", pt("Nt")],
    ["pt-pickle", "no value", pt("")],
    ["pt-pickle", "two values", pt("NN")],
    ["pt-pickle", "a memo entry that is not there", pt("h\x05")],
    ["pt-pickle", "a key without a value", pt("}(Nu")],
    ["pt-pickle", "a list as a key", pt("}]Ns")],
    ["pt-pickle", "items for a tuple", pt(")Na")],
    ["pt-pickle", "text that is not UTF-8", pt("X\x01\0\0\0\xff")],
    ["pt-pickle", "a name without an end", pt(`c${"a".repeat(2000)}`)],
    ["pt-pickle", "a name of numbers", pt("NN\x93")],
    ["pt-pickle", "protocol 6", writeZip([["x/data.pkl", Uint8Array.of(0x80, 6, 0x4e, 0x2e)]])],
    ["pt-pickle", "a name instead of data", pt("ccollections\nOrderedDict\n")],
    ["pt-truncated", "a text longer than the pickle", pt(`X\xff\xff\xff\x7fabc`)],
    ["pt-truncated", "no STOP", writeZip([["x/data.pkl", Uint8Array.of(0x80, 2, 0x4e)]])],
    [
      "duplicate-key",
      "two tensors whose paths read alike",
      pt(`}(${text("a.b")}${tensor(0, [1], [1])}${text("a")}}${text("b")}${tensor(0, [1], [1])}su`, six),
    ],
    [
      "pt-archive",
      "two pickles",
      writeZip([
        ["x/data.pkl", new Uint8Array(1)],
        ["y/data.pkl", new Uint8Array(1)],
      ]),
    ],
    ["pt-byteorder", "a big-endian file", pt("N", { byteorder: new TextEncoder().encode("big") })],
    ["pt-torchscript", "a program", pt("N", { "code/a.py": new Uint8Array(1) })],
    ["pt-magic", "an npy file", Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)],
    ["pt-magic", "nothing", new Uint8Array(0)],
    [
      "lfs-pointer",
      "a Git LFS pointer",
      new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    ],
    ["zip-truncated", "half of a file", fixture("views.pt").subarray(0, 1500)],
  ])("%s: %s", async (code, _, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ name: "FormatError", code });
  });

  it("keeps the names of objects' own properties as names", async () => {
    const { value } = await open(pt(`}${text("__proto__")}K\x01s`));
    expect(value).toEqual(new Map([["__proto__", 1]]));
  });
});

describe("openPt refuses a file of before PyTorch 1.6:", () => {
  it.each([
    ["os system", `cos\nsystem\n(${text("touch owned")}tR`],
    ["builtins eval", `${short("builtins")}${short("eval")}\x93(${text("1")}tR`],
    ["subprocess Popen", `ccollections\nOrderedDict\n(csubprocess\nPopen\n(${text("x")}tRtR`],
  ])("that wants to run %s", async (name, pickle) => {
    const bytes = Buffer.concat([legacyStart(), Buffer.from(`\x80\x02${pickle}.`, "latin1")]);
    await expect(open(new Uint8Array(bytes))).rejects.toThrow(`got ${name};`);
  });

  const legacy = fixture("legacy4.pt");
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = legacy.slice();
    bytes[at] = value;
    return bytes;
  };
  const count = legacy.length - 2 * 8 - 4 * 8; // the count before the first storage, of six numbers
  it.each<[string, string, Uint8Array]>([
    ["pt-legacy", "that is another pickle", Uint8Array.of(0x80, 2, 0x8a, 1, 5, 0x2e, 0x4e, 0x2e, 0x4e, 0x2e)],
    ["pt-legacy", "of another version", changed(legacy.indexOf(0xe9), 0xe8)],
    ["pt-truncated", "that ends in its pickles", legacy.subarray(0, 100)],
    ["pt-size", "that ends in its storages", legacy.subarray(0, legacy.length - 1)],
    ["pt-size", "that goes on", Uint8Array.from([...legacy, 0])],
    ["pt-size", "with another count", changed(count, 7)],
  ])("%s: one %s", async (code, _, bytes) => {
    await expect(open(bytes)).rejects.toMatchObject({ name: "FormatError", code });
  });
});
