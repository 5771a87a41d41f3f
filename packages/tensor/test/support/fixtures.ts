import { readFileSync } from "node:fs";
import type { StoredTensor } from "../../src/io/dtype.js";
import { readSafetensors } from "../../src/io/safetensors.js";

/** The bytes of a file that PyTorch or numpy wrote, see fixtures/README.md. */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
}

/** The tensors that it must give, by path; a tensor alone has the empty one. */
export function expected(name: string): ReadonlyMap<string, StoredTensor> {
  const { tensors } = readSafetensors(fixture(`${name}.safetensors`));
  return new Map([...tensors].map(([path, tensor]) => [path === "tensor" ? "" : path, tensor]));
}
