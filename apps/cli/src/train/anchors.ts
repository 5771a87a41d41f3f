import { readFile } from "node:fs/promises";
import { type AnchorSet, givenAnchors } from "@monosema/anchoring";
import type { SdlSpec } from "@monosema/sdl";
import * as z from "zod/mini";
import { openDirections } from "../directions.js";
import { UsageError } from "../usageError.js";

/**
 * Anchors from a file of directions. What `monosema anchors` wrote beside it says where they come from and how they are called.
 *
 * @throws UsageError for directions that do not fit the model
 */
export async function openAnchors(path: string, { nP, nR, nQ, layers }: SdlSpec): Promise<AnchorSet> {
  if (layers) {
    throw new UsageError(
      "--anchors needs a model of one layer, got a cross-layer transcoder, whose rows are zero for other layers; drop it",
    );
  }
  if (nR !== nP) {
    throw new UsageError(
      `--anchors needs input and target of the same width, got ${nP} and ${nR}; anchor a model of one space`,
    );
  }
  const directions = await openDirections("anchors", path, nP);
  const count = directions.length / nP;
  if (count > nQ) {
    throw new UsageError(`--anchors must be at most as many as the latents, ${nQ}, got ${count}; raise --latents`);
  }
  const beside = schema.safeParse(await jsonBeside(path));
  const origin = beside.success && beside.data.count === count ? beside.data : undefined;
  return givenAnchors(directions, nP, {
    ...(origin ? { kind: origin.kind } : {}),
    ...(origin?.classes?.length === count ? { names: origin.classes } : {}),
  });
}

/** The document of `monosema anchors`: `anchors.json` beside `anchors.npy`. */
async function jsonBeside(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path.replace(/\.[^./\\]*$/, ".json"), "utf8"));
  } catch {
    return undefined; // the directions stand for themselves
  }
}

const schema = z.object({
  command: z.literal("anchors"),
  kind: z.enum(["classMeans", "discovered"]),
  count: z.number(),
  classes: z.optional(z.array(z.string())),
});
