import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel, readCheckpoint } from "@monosema/sdl";
import { FormatError, referenceBackend } from "@monosema/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dictionaryFormats } from "../src/index.js";
import { memoryFiles } from "./support/memoryFiles.js";

const root = fileURLToPath(new URL("fixtures", import.meta.url));
const folders = [
  "circuit_tracer/jump_relu",
  "crosscode/topk_crosscoder",
  "crosslayer_coding/tied_by_target",
  "dictionary_learning/matryoshka",
  "gemma_scope/affine_transcoder",
  "gemma_scope/sae",
  "openai/topk",
  "openmoss/parameters",
  "saelens/matching_pursuit_unfolded",
  "sparsify/groupmax",
  "weights_alone/mwhanna_transcoder",
];

describe("damaged files", { timeout: 60_000 }, () => {
  it.each(folders)("%s: end in a FormatError, or in a dictionary that runs", async (name) => {
    const folder = join(root, name);
    const files = readdirSync(folder).filter((file) => file !== "expected.json");
    const whole = Object.fromEntries(files.map((file) => [file, new Uint8Array(readFileSync(join(folder, file)))]));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), damage, async (file, change) => {
        const damaged = memoryFiles({ ...whole, [file]: change(whole[file] as Uint8Array) });
        const read = await readCheckpoint(damaged, { formats: dictionaryFormats }).catch((error: unknown) => {
          if (error instanceof FormatError) return undefined;
          throw error;
        });
        if (read === undefined || read.warnings.some((warning) => warning.includes("not finite"))) return;
        const { nP, nQ, nR } = read.model.spec;
        const { codes, reconstruction } = await openModel(referenceBackend(), read.model).run(new Float32Array(nP), 1);
        expect(codes.latents.every((latent) => latent < nQ)).toBe(true);
        expect(reconstruction.length).toBe(nR);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });
});

type Damage = (bytes: Uint8Array) => Uint8Array;

/** Cuts, and bytes that become others. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (share): Damage =>
      (bytes) =>
        bytes.subarray(0, Math.floor(share * bytes.length)),
  ),
  fc
    .array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    })
    .map(
      (changes): Damage =>
        (bytes) => {
          const changed = bytes.slice();
          for (const [share, byte] of changes) changed[Math.floor(share * changed.length)] = byte;
          return changed;
        },
    ),
);
