import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { expect, it } from "vitest";
import * as layouts from "../src/generated/layouts.js";

const kernels = fileURLToPath(new URL("../kernels", import.meta.url));
const classes = Object.entries<Readonly<Record<string, string>>>(layouts).map(([name, layout]) => ({
  name: `${name.charAt(0).toUpperCase()}${name.slice(1, -"Layout".length)}`,
  fields: Object.keys(layout),
  types: Object.values(layout),
}));

/** A module that says where the compiler puts the fields of each class, and which of them are floating-point numbers. */
function probe(): string {
  const files = readdirSync(kernels).filter((file) => file.endsWith(".ts"));
  const fileOf = (name: string) =>
    files.find((file) => readFileSync(`${kernels}/${file}`, "utf8").includes(`export class ${name} {`)) as string;
  return classes
    .map(({ name, fields }) => {
      const offsets = fields.map(
        (field) => `export function ${name}_at_${field}(): i32 { return offsetof<${name}>("${field}"); }`,
      );
      const kinds = fields.map(
        (field) =>
          `export function ${name}_float_${field}(): bool { return isFloat(changetype<${name}>(0).${field}); }`,
      );
      const size = `export function ${name}_size(): i32 { return offsetof<${name}>(); }`;
      return [`import { ${name} } from "./${fileOf(name).replace(".ts", "")}";`, ...offsets, ...kinds, size].join("\n");
    })
    .join("\n");
}

it("writes the fields of every class where the compiled kernels read them", { timeout: 60_000 }, async () => {
  let wasm: BufferSource | undefined;
  const { error, stderr } = await asc.main(
    [
      "probe.ts",
      "--outFile",
      "probe.wasm",
      "--runtime",
      "stub",
      "--noAssert",
      "--initialMemory",
      "1",
      "--enable",
      "simd,relaxed-simd,threads",
    ],
    {
      readFile: (file) => {
        const path = `${kernels}/${file}`;
        return file === "probe.ts" ? probe() : existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (name, content) => {
        if (name === "probe.wasm") wasm = content as unknown as BufferSource;
      },
      listFiles: () => [],
    },
  );
  if (wasm === undefined) throw new Error(`the probe must compile, got ${stderr.toString()}${error}`);
  const { instance } = await WebAssembly.instantiate(wasm, { env: { abort: () => {} } });
  const compiled = instance.exports as Record<string, () => number>;
  expect(classes.length).toBeGreaterThan(0);
  for (const { name, fields, types } of classes) {
    expect(
      fields.map((field) => compiled[`${name}_at_${field}`]?.()),
      name,
    ).toEqual(fields.map((_, i) => 4 * i));
    expect(
      fields.map((field) => compiled[`${name}_float_${field}`]?.()),
      name,
    ).toEqual(types.map((type) => Number(type === "f32")));
    expect(compiled[`${name}_size`]?.(), name).toBe(4 * fields.length);
  }
});
