import type { FeatureVerdict, RowLabels, RowTexts, Unembedding, ViewSources } from "@monosema/features";
import { type LatentNames, latentNames, type Model, type StoredCodes } from "@monosema/sdl";
import { openCheckpoint } from "../checkpoint.js";
import { openText } from "../data.js";
import { dataOf } from "../dataFile.js";
import { labelPerSample } from "../labels.js";
import { namesFrom } from "../names.js";
import type { Given } from "../options.js";
import type { Session } from "../session.js";
import { openStoredCodes } from "../storedCodes.js";
import { UsageError } from "../usageError.js";
import { checksFrom, type LatentRule } from "./checks.js";
import { type FeatureData, openFeatureData } from "./featureData.js";
import { openUnembedding } from "./lens.js";
import { rowImages } from "./rowImages.js";
import { rowTexts } from "./rowTexts.js";
import { verdictsFrom } from "./verdicts.js";

/** All that the command line names. */
export interface FeatureInputs {
  /** The dictionary. */
  readonly model: Model;
  /** The activations. */
  readonly data: FeatureData;
  /** Codes of all rows, where they were encoded before. */
  readonly codes: StoredCodes | undefined;
  /** Latents to show in full. */
  readonly asked: readonly number[];
  /** Strongest examples of each latent. */
  readonly examples: number;
  /** Names of latents. */
  readonly names: LatentNames;
  /** Rules to check. */
  readonly rules: readonly LatentRule[];
  /** What an audit says. */
  readonly verdicts: ReadonlyMap<number, FeatureVerdict>;
  /** Output embeddings. */
  readonly unembedding: Unembedding | undefined;
  /** Classes of the rows. */
  readonly labels: RowLabels | undefined;
  /** Texts of rows that are no tokens. */
  readonly texts: RowTexts | undefined;
  /** Images of rows. */
  readonly images: ViewSources["images"];
  /** Closes all files. */
  close(): Promise<void>;
}

/** Opens them; what is wrong is refused before any work. */
export async function openFeatureInputs(session: Session): Promise<FeatureInputs> {
  const { given } = session;
  const files = dataOf(given, "features");
  const examples = given.whole("examples", 1) ?? 12;
  const model = await openCheckpoint(session);
  const { nQ } = model.spec;
  const own = {
    ...{ model, examples, asked: latentsFrom(given, nQ) },
    names: new Map([...latentNames(model), ...((await namesFrom(session, nQ)) ?? [])]),
    rules: await checksFrom(given, nQ),
    verdicts: await verdictsFrom(given, nQ),
    unembedding: await openUnembedding(session, model),
  };
  const data = await openFeatureData(session, files, model);
  let codes: StoredCodes | undefined;
  const close = async (): Promise<void> => {
    await codes?.close();
    await data.close();
  };
  try {
    codes = await openStoredCodes(given, model, data.samples.rows);
    const { samples, origin, documents } = data;
    const [labels, images] = [await labelsOf(given, data), await rowImages(given, data)];
    const texts = await rowTexts(given, samples.rows, origin, documents);
    return { ...own, data, codes, labels, images, texts, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function latentsFrom(given: Given, nQ: number): readonly number[] {
  const text = given.text("latents");
  if (text === undefined) return [];
  return [...new Set(text.split(","))].map((part) => {
    const latent = part.trim() === "" ? Number.NaN : Number(part);
    if (Number.isSafeInteger(latent) && latent >= 0 && latent < nQ) return latent;
    throw new UsageError(
      `--latents must be numbers from 0 to ${nQ - 1} with commas between, got ${text}; see monosema features --help`,
    );
  });
}

async function labelsOf(given: Given, { samples }: FeatureData): Promise<RowLabels | undefined> {
  const path = given.text("labels");
  if (path === undefined) return undefined;
  const text = await openText("labels", path);
  return { labels: labelPerSample(text, given.text("label-key"), samples.rows, "data"), samples };
}
