import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, type JobSpec, type Json, jobOf } from "../src/index.js";

const spec: JobSpec = {
  kind: "train",
  parameters: { k: 4, lr: 0.001 },
  inputs: { data: { path: "/a/acts.npy", sha256: "aa" } },
  pins: { backend: "simd" },
  version: "1.0.0",
};

it("a job is named by what it is: content of its inputs, not their place, nor the order of keys", () => {
  const { id } = jobOf(spec);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(jobOf({ ...spec, parameters: { lr: 0.001, k: 4 } }).id).toBe(id);
  expect(jobOf({ ...spec, inputs: { data: { path: "/b/acts.npy", sha256: "aa" } } }).id).toBe(id);
  const others: readonly Partial<JobSpec>[] = [
    { kind: "bench" },
    { parameters: { k: 4, lr: 0.002 } },
    { inputs: { data: { path: "/a/acts.npy", sha256: "ab" } } },
    { pins: { backend: "webgpu" } },
    { version: "1.0.1" },
  ];
  expect(new Set([id, ...others.map((other) => jobOf({ ...spec, ...other }).id)]).size).toBe(6);
});

it("canonical JSON is JSON, whatever the order of keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value as Json);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(JSON.parse(text)))).toBe(text);
    }),
  );
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  );
}
