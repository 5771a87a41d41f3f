import { join } from "node:path";
import { decoderMap, type FeatureDocument, type ViewSources, withViews } from "@monosema/features";
import { featurePageFiles } from "@monosema/features/page";
import type { Model } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { Session } from "../session.js";

/** Writes the page of a document, with what there is to look at of each example and a map of the decoder; its path. */
export async function writeFeaturePage(
  session: Session,
  backend: Backend,
  out: string,
  { spec, weights }: Model,
  document: FeatureDocument,
  views: ViewSources,
): Promise<string> {
  session.doing("making the page");
  // The map first: what it takes is free again before the examples of all latents are held.
  const map =
    spec.nR >= 2 ? await decoderMap(backend, weights.decoder, spec.nQ, spec.nR, { seed: session.seed }) : undefined;
  const files = featurePageFiles({ ...document, ...(map && { map }) }, (records) => withViews(records, views));
  for await (const [name, text] of files) await session.write(join(out, name), text);
  return join(out, "index.html");
}
