import fc from "fast-check";

/** numpy's type codes with their sizes in bytes. */
const codes: readonly (readonly [string, number])[] = [
  ["f2", 2],
  ["f4", 4],
  ["f8", 8],
  ["i1", 1],
  ["u2", 2],
  ["i4", 4],
  ["i8", 8],
  ["b1", 1],
];

/** Any valid npy file: every version, byte order, order of the axes, and bit pattern; the header is of any length. */
export const anyNpy: fc.Arbitrary<Uint8Array> = fc
  .record({
    code: fc.constantFrom(...codes),
    order: fc.constantFrom("<", ">"),
    fortran: fc.boolean(),
    version: fc.constantFrom(1, 2, 3),
    shape: fc.array(fc.nat(3), { maxLength: 3 }),
    spaces: fc.nat(9),
    raw: fc.uint8Array({ minLength: 216, maxLength: 216 }),
  })
  .map(({ code: [code, size], order, fortran, version, shape, spaces, raw }) => {
    const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
    const name = `${size === 1 ? "|" : order}${code}`;
    const dict = `{'descr': '${name}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${tuple}, }`;
    const text = new TextEncoder().encode(`${dict}${" ".repeat(spaces)}\n`);
    const length = version === 1 ? [text.length, 0] : [text.length, 0, 0, 0];
    const data = raw.subarray(0, size * shape.reduce((a, b) => a * b, 1));
    return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0, ...length, ...text, ...data]);
  });
