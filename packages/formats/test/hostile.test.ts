import { readCheckpoint } from "@monosema/sdl";
import { bytesSource, openZip, writeZip } from "@monosema/tensor";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { fixtureFolder } from "./support/fixtureFolder.js";
import { memoryFiles } from "./support/memoryFiles.js";

/** A dict whose only value is what a call of a name gives, in protocol 2. */
const calling = (module: string, name: string): string =>
  `\x80\x02}X\x01\0\0\0xc${module}\n${name}\n(X\x05\0\0\0touchtRs.`;
const attacks: readonly (readonly [name: string, pickle: string])[] = [
  ["os system", calling("os", "system")],
  ["posix system", calling("posix", "system")],
  ["builtins eval", calling("builtins", "eval")],
  ["builtins exec", calling("builtins", "exec")],
  ["builtins getattr", calling("builtins", "getattr")],
  ["subprocess Popen", calling("subprocess", "Popen")],
  ["torch load", calling("torch", "load")],
  ["runpy _run_code", calling("runpy", "_run_code")],
];

describe("a dictionary whose pickle wants to run something is refused by the name of that", () => {
  describe.each([
    ["dictionary_learning/topk", "ae.pt"],
    ["crosscode/relu", "model.pt"],
    ["openai/topk", "autoencoder.pt"],
    ["weights_alone/qwen_scope", "layer0.sae.pt"],
  ])("%s", (folder, file) => {
    it.each(attacks)("%s", async (name, pickle) => {
      const whole = fixtureFolder(folder);
      const zip = await openZip(bytesSource(whole[file] as Uint8Array));
      const entries = await Promise.all(
        [...zip.entries.keys()].map(async (entry): Promise<[string, Uint8Array]> => {
          if (!entry.endsWith("/data.pkl")) return [entry, await zip.read(entry)];
          return [entry, Uint8Array.from(pickle, (character) => character.charCodeAt(0))];
        }),
      );
      const files = memoryFiles({ ...whole, [file]: writeZip(entries) });
      await expect(readCheckpoint(files, { formats: dictionaryFormats, k: 3 })).rejects.toMatchObject({
        name: "FormatError",
        code: "pt-forbidden-global",
        message: expect.stringContaining(`got ${name};`),
      });
    });
  });
});
