import { join } from "node:path";
import { loadCheckpoint } from "@monosema/sdl/node";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { expectedIn, expectSame, foldersOf, shared, skipped } from "./support/peers.js";

const peers = join(shared, "data/peers");
const read = (folder: string) => loadCheckpoint(folder, { formats: dictionaryFormats });

describe.skipIf(skipped !== "").each(["dictionary_learning", "sparsify"])(
  `dictionaries that %s wrote${skipped}`,
  (program) => {
    it.each(foldersOf(join(peers, program)))("%s: codes and reconstruction are the program's to 1e-5", async (name) => {
      const folder = join(peers, program, name);
      const { model, origin, warnings } = await read(folder);
      expect(origin.layout).toBe(program);
      expect(warnings).toEqual([]);
      await expectSame(model, expectedIn(folder), 1e-5);
    });
  },
);
