import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { printsAs, readCommands } from "./readExamples.js";

const root = join(import.meta.dirname, "../..");
const shared = resolve(process.env.MONOSEMA_SHARED || join(root, "../shared"));
/** In this order: the second goes on with what the first has made. */
const guides = ["docs/guide/from-a-model.md", "docs/guide/features.md"];
const runs = process.env.MONOSEMA_ONNXRUNTIME !== undefined && existsSync(join(shared, "data/lm/stories260K.bin"));

describe.skipIf(!runs)(
  `${guides.join(", ")} (needs onnxruntime, see scripts/ci-onnxruntime.mjs, and the shared data)`,
  () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "guide-"));
      symlinkSync(join(shared, "data/lm/stories260K.bin"), join(folder, "stories260K.bin"));
      symlinkSync(join(shared, "data/lm/tok512.bin"), join(folder, "tok512.bin"));
      symlinkSync(join(shared, "data/text/tinystories_1000.json"), join(folder, "stories.json"));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    // In their order and in one folder: each goes on with what those before it have made.
    it.each(guides.flatMap((guide) => readCommands(readFileSync(join(root, guide), "utf8"), guide)))(
      "$name runs and prints what is documented",
      { timeout: 120_000 },
      ({ lines, output }) => {
        let printed = "";
        for (const line of lines) {
          const [npx, program, ...args] = line.split(" ");
          expect([npx, program]).toEqual(["npx", "monosema"]);
          const bin = join(root, "apps/cli/bin/monosema.js");
          const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
            cwd: folder,
            encoding: "utf8",
          });
          expect(status, stderr).toBe(0);
          printed += stdout;
        }
        if (output !== undefined && !printsAs(printed, output)) expect(printed).toBe(output);
      },
    );
  },
);
