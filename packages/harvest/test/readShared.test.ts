import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { folderFiles } from "../src/node.js";
import { openActivations, openDocuments, readVocabulary } from "../src/read.js";

const folder = join(
  process.env.MONOSEMA_SHARED ?? resolve(import.meta.dirname, "../../../../shared"),
  "data/lm-smollm2",
);
const available = existsSync(folder);
if (!available) {
  console.warn(
    "readShared.test.ts: skipped, the shared folder is absent; put it beside the repository or set MONOSEMA_SHARED",
  );
}

describe.skipIf(!available)("activations of SmolLM2 with vocabulary and documents beside", () => {
  it("belong together: the tokens of a document spell its text", async () => {
    const files = await folderFiles(join(folder, "resid-24000.safetensors"));
    const [opened, texts, documents] = [
      await openActivations(files),
      await readVocabulary(files),
      await openDocuments(files),
    ];
    expect(opened.matrices).toEqual(["blocks.14.hook_resid_post"]);
    expect(documents?.ids.length).toBe(72);
    const [tokens, of] = [await opened.origin?.tokens?.(0, 100), await opened.origin?.documents?.(0, 100)];
    const document = await documents?.read(of?.[0] ?? -1);
    const spelt = [...(tokens ?? [])].filter((_, i) => of?.[i] === of?.[0]).map((token) => texts?.get(token));
    // Dropped rows leave gaps: every token by itself stands in the text.
    for (const token of spelt) expect(document?.text).toContain(token?.trim());
    expect(spelt.length).toBeGreaterThan(50);
    await documents?.close();
    await opened.close();
  });
});
