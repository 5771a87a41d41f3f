import { describe, expect, it } from "vitest";
import { bytesSource } from "../src/io/byteSource.js";
import { openMatrix } from "../src/io/matrixSource.js";
import { openNpy, readNpy } from "../src/io/npy.js";
import { parseJson } from "../src/io/parseJson.js";
import { openSafetensors, readSafetensors } from "../src/io/safetensors.js";
import { readText } from "../src/io/text.js";

const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 2150000000\n`;
const pointer = new TextEncoder().encode(text);
const source = () => bytesSource(pointer, "weights");

describe("a Git LFS pointer is named, with what to do, by", () => {
  it.each<[string, () => unknown]>([
    ["readNpy", () => readNpy(pointer, "weights")],
    ["openNpy", () => openNpy(source())],
    ["readSafetensors", () => readSafetensors(pointer, "weights")],
    ["openSafetensors", () => openSafetensors(source())],
    ["openMatrix", () => openMatrix(source())],
    ["readText", () => readText(source())],
    ["parseJson", () => parseJson(text, "weights")],
  ])("%s", async (_, read) => {
    await expect((async () => read())()).rejects.toMatchObject({
      name: "FormatError",
      code: "lfs-pointer",
      message: expect.stringMatching(/^weights: .* got a Git LFS pointer to it; .*git lfs pull/),
    });
  });
});

it("other files that begin with a version are not taken for one", () => {
  const almost = new TextEncoder().encode("version https://git-lfs.github.com/");
  expect(() => readSafetensors(almost)).toThrow(/header/);
  expect(() => parseJson("version", "f")).toThrow(/must be JSON/);
});
