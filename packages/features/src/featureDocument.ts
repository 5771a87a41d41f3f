import type { FeatureRecord } from "./featureRecord.js";

/** All that is known of the features of a dictionary, as plain data: the page is a function of it. */
export interface FeatureDocument {
  /** Name of the dictionary for titles. */
  readonly title: string;
  /** Path or name of the checkpoint, for the commands that the page names. */
  readonly checkpoint: string;
  /** Options that these features were made with, for the commands that the page names, such as `--data acts.npy`. */
  readonly options: string;
  /** Latents Q. */
  readonly latents: number;
  /** Latents that fire at all. */
  readonly alive: number;
  /** Rows that were read. */
  readonly rows: number;
  /** Rows that co-firing, tokens, documents and classes were counted on; below `rows` where these are many. */
  readonly sampledRows: number;
  /** Other facts, such as model, hook, fvu and L0, in order. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** What to know before believing it, a sentence each, such as a lens before the last third of the model. */
  readonly warnings: readonly string[];
  /** Records of all latents, dead ones included (count 0), by latent. */
  readonly features: readonly FeatureRecord[];
  /** Places of the decoder rows on a map of two dimensions, by latent; absent where none was made. */
  readonly map?: DecoderMap;
}

/** Decoder rows in two dimensions. */
export interface DecoderMap {
  /** How it was made, such as `UMAP of decoder cosines, seed 0`. */
  readonly method: string;
  /** Horizontal places, by latent. */
  readonly x: readonly number[];
  /** Vertical places, by latent. */
  readonly y: readonly number[];
}
