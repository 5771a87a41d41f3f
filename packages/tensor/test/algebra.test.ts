import { describe, expect, it } from "vitest";
import { type Algebra, algebra, referenceBackend, type Tensor } from "../src/index.js";

const [a, b] = [
  [-2, 0, 3],
  [4, -5, 0.5],
] as const;

describe("algebra", () => {
  const backend = referenceBackend();
  const x = backend.tensor(Float64Array.from(a), [3]);
  const y = backend.tensor(Float64Array.from(b), [3]);

  it.each<[name: string, of: (ops: Algebra) => Tensor, expected: readonly number[]]>([
    ["add", ({ add }) => add(x, y), a.map((v, i) => v + (b[i] as number))],
    ["sub", ({ sub }) => sub(x, y), a.map((v, i) => v - (b[i] as number))],
    ["mul", ({ mul }) => mul(x, y), a.map((v, i) => v * (b[i] as number))],
    ["div", ({ div }) => div(x, y), a.map((v, i) => v / (b[i] as number))],
    ["min", ({ min }) => min(x, y), a.map((v, i) => Math.min(v, b[i] as number))],
    ["max", ({ max }) => max(x, 1), a.map((v) => Math.max(v, 1))],
    ["step", ({ step }) => step(x), [0, 0, 1]],
    ["relu", ({ relu }) => relu(x), [0, 0, 3]],
    ["tanh", ({ tanh }) => tanh(x), a.map(Math.tanh)],
    ["exp", ({ exp }) => exp(x), a.map(Math.exp)],
    ["square", ({ square }) => square(x), [4, 0, 9]],
    ["sqrt", ({ abs, sqrt }) => sqrt(abs(x)), [Math.SQRT2, 0, Math.sqrt(3)]],
    ["abs", ({ abs }) => abs(x), [2, 0, 3]],
    ["sum", ({ sum }) => sum(x), [1]],
    ["sum over rows", ({ sum }) => sum(backend.reshape(x, [3, 1]), 0), [1]],
  ])("%s", async (_name, of, expected) => {
    const made = of(algebra(backend));
    expect(Array.from(await backend.read(made))).toEqual(expected.map((value) => expect.closeTo(value, 12)));
    backend.dispose(made);
  });
});
