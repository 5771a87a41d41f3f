import fc from "fast-check";
import { expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import { CODECS, type Dtype, decodeElements, type StoredTensor } from "../src/io/dtype.js";
import { readNpy, writeNpy } from "../src/io/npy.js";
import { openNpz, writeNpz } from "../src/io/npz.js";
import { openPt } from "../src/io/pt/openPt.js";
import { writePt } from "../src/io/pt/writePt.js";
import { readSafetensors } from "../src/io/safetensors.js";
import { writeSafetensors } from "../src/io/writeSafetensors.js";
import { openZip } from "../src/io/zip/openZip.js";
import { writeZip } from "../src/io/zip/zipParts.js";

type Named = readonly (readonly [string, StoredTensor])[];

/** Tensors of these dtypes with any bits but the payloads of NaN, which no reader keeps for a half. */
const tensors = (dtypes: readonly Dtype[]): fc.Arbitrary<Named> =>
  fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[a-z_]{1,8}(\.[a-z]{1,4})?$/), fc.constantFrom(...dtypes)).chain(([name, dtype]) =>
      fc.array(fc.nat(3), { maxLength: 3 }).chain((shape) => {
        const length = shape.reduce((a, b) => a * b, 1) * (CODECS.get(dtype)?.size ?? 1);
        return fc.uint8Array({ minLength: length, maxLength: length, max: dtype === "BOOL" ? 1 : 255 }).map((bytes) => {
          const isHalf = dtype === "F16" || dtype === "BF16";
          const data = decodeElements(
            dtype,
            isHalf ? bytes.map((byte, i) => (i % 2 === 1 ? byte & 0xbf : byte)) : bytes,
          );
          return [name, { dtype, shape, data }] as const;
        });
      }),
    ),
    { selector: ([name]) => name, maxLength: 4 },
  );

const all = [...CODECS.keys()];
const inNumpy = all.filter((dtype) => dtype !== "BF16");
const inPyTorch = all.filter((dtype) => !/^U(16|32|64)$/.test(dtype));

it.each<[string, readonly Dtype[], (named: Named) => Uint8Array, (bytes: Uint8Array) => Promise<Named>]>([
  ["safetensors", all, writeSafetensors, async (bytes) => [...readSafetensors(bytes).tensors]],
  [
    "npz",
    inNumpy,
    writeNpz,
    async (bytes) => {
      const npz = await openNpz(bytesSource(bytes));
      return Promise.all(npz.arrays.map(async (name) => [name, await (await npz.npy(name)).readTensor()] as const));
    },
  ],
  [
    "a PyTorch file",
    inPyTorch,
    (named) => writePt(new Map(named)),
    async (bytes) => {
      const { tensors } = await openPt(bytesSource(bytes));
      return Promise.all([...tensors].map(async ([name, tensor]) => [name, await tensor.readTensor()] as const));
    },
  ],
  [
    "a zip",
    ["U8"],
    (named) => writeZip(named.map(([name, { data }]) => [name, data as Uint8Array])),
    async (bytes) => {
      const zip = await openZip(bytesSource(bytes));
      const read = async (name: string): Promise<StoredTensor> => {
        const data = await zip.read(name);
        return { dtype: "U8", shape: [data.length], data };
      };
      return Promise.all([...zip.entries.keys()].map(async (name) => [name, await read(name)] as const));
    },
  ],
])("%s that is written, read and written again has the same bytes", async (_, dtypes, write, read) => {
  await fc.assert(
    fc.asyncProperty(tensors(dtypes), async (named) => {
      const bytes = write(named);
      expect(write(await read(bytes))).toEqual(bytes);
    }),
    { numRuns: 200 },
  );
});

it("npy that is written, read and written again has the same bytes", () => {
  fc.assert(
    fc.property(tensors(inNumpy), (named) => {
      for (const [, tensor] of named) {
        const bytes = writeNpy(tensor);
        expect(writeNpy(readNpy(bytes))).toEqual(bytes);
      }
    }),
    { numRuns: 200 },
  );
});
