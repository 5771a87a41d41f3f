import { describe, expect, it } from "vitest";

import { backendContract, type TestFunctions } from "../src/contract.js";
import { type Backend, referenceBackend } from "../src/index.js";

/** Titles of the tests of the contract that a backend fails. */
async function failures(open: () => Backend): Promise<string[]> {
  const tests: { title: string; body: () => void | Promise<void> }[] = [];
  const around: (() => Promise<void>)[] = [];
  const collect: TestFunctions = {
    describe: (_, body) => body(),
    it: (title, body) => tests.push({ title, body }),
    beforeAll: (body) => around.unshift(body),
    afterAll: (body) => around.push(body),
    expect,
  };
  const expectations = { precision: "float64", arithmetic: "separate", tolerance: 1e-13, findsNaN: true } as const;
  backendContract(collect, async () => open(), { name: "reference", ...expectations });
  const failed: string[] = [];
  await around[0]?.();
  for (const { title, body } of tests) {
    try {
      await body();
    } catch {
      failed.push(title);
    }
  }
  await around[1]?.();
  return failed;
}

const good = referenceBackend();

/** What a backend may get wrong, and a test that says so. */
const defects: readonly (readonly [defect: string, title: string, parts: Partial<Backend>])[] = [
  ["another name", "says what it is", { name: "mine" }],
  ["no known rounding", "says what it is", { arithmetic: "exact" as never }],
  [
    "latents in the other order",
    "breaks ties by the lowest index (topK)",
    {
      select: (x, encoder, selection, options) => {
        const [q, p] = encoder.shape as [number, number];
        const flip = good.tensor(
          Array.from({ length: q * q }, (_, n) => Number((n % q) + Math.floor(n / q) === q - 1)),
          [q, q],
        );
        return good.select(x, p === q ? good.matMul(flip, encoder) : encoder, selection, options);
      },
    },
  ],
  [
    "sums without their sign",
    "decodes each level",
    { decode: (a, w) => good.decode(a, w).map((s) => good.unary("abs", s)) },
  ],
  [
    "counts that are off by one",
    "counts samples since each latent was last active",
    { fired: (a, since) => good.binary("add", good.fired(a, since), 1) },
  ],
  [
    "a division by zero that gives a number",
    "applies div to tensors, rows, scalars and numbers",
    { unary: good.unary, binary: divided },
  ],
  ["a leak", "frees in a scope all but what its result reaches", { scope: (body) => body() }],
];

function divided<T extends Parameters<Backend["binary"]>[1]>(
  op: Parameters<Backend["binary"]>[0],
  a: T,
  b: T | number,
): T {
  return op === "div" && b === 0 ? good.binary("add", a, 1) : good.binary(op, a, b);
}

describe("the contract of backends", () => {
  it("holds for the reference backend", async () => {
    expect(await failures(referenceBackend)).toEqual([]);
  });

  it.each(defects)("finds %s", async (_, title, parts) => {
    expect(await failures(() => ({ ...good, ...parts, close: async () => {} }))).toContain(title);
  });
});
