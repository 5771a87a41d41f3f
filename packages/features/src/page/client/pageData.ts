import type { FeatureRecord } from "../../featureRecord.js";
import type { PackedFeatures, PackedHead } from "../pack/packDocument.js";
import { type PackedFeature, unpackFeature } from "../pack/packFeature.js";

/** The data of the page. Features are told by their place in the list's columns. */
export interface PageData {
  /** All but the records. */
  readonly head: PackedHead;
  /** Number of features. */
  readonly count: number;
  /** Place of a latent, or undefined. */
  placeOf(latent: number): number | undefined;
  /** A record that is at hand, or undefined. */
  at(place: number): FeatureRecord | undefined;
  /** A record, from a chunk that is loaded where it is not at hand. */
  load(place: number): Promise<FeatureRecord>;
}

declare global {
  /** Called by the scripts of chunks. */
  var featureChunk: ((chunk: number, texts: readonly string[], records: readonly PackedFeature[]) => void) | undefined;
}

/** Records that are kept unpacked; making one anew takes a tenth of a millisecond. */
const KEPT = 512;

/** Reads the data that stand in the page. Records are parsed when they are looked at. */
export function readPageData(): PageData {
  const head = JSON.parse(textOf("head")) as PackedHead;
  const lines = textOf("features").split("\n");
  const chunks = new Map<number, PackedFeatures>();
  const places = new Map(head.list.latent.map((latent, place) => [latent, place]));
  const kept = new Map<number, FeatureRecord>();
  const waiting = new Map<number, Promise<void>>();
  globalThis.featureChunk = (chunk, texts, records) => chunks.set(chunk, { texts, records });

  const unpacked = (place: number): FeatureRecord | undefined => {
    if (head.chunk === 0) return unpackFeature(JSON.parse(lines[place] as string) as PackedFeature, head.texts);
    const chunk = chunks.get(Math.floor(place / head.chunk));
    return chunk && unpackFeature(chunk.records[place % head.chunk] as PackedFeature, chunk.texts);
  };

  const at = (place: number): FeatureRecord | undefined => {
    const known = kept.get(place);
    if (known) return known;
    const record = unpacked(place);
    if (record === undefined) return undefined;
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value as number);
    kept.set(place, record);
    return record;
  };

  const loadChunk = (chunk: number): Promise<void> => {
    const loading = waiting.get(chunk) ?? addScript(`features-${chunk}.js`);
    waiting.set(chunk, loading);
    return loading;
  };

  return {
    head,
    count: head.list.latent.length,
    placeOf: (latent) => places.get(latent),
    at,
    load: async (place) => {
      const known = at(place);
      if (known) return known;
      const chunk = Math.floor(place / head.chunk);
      await loadChunk(chunk);
      const record = at(place);
      if (record === undefined) throw new Error(`features-${chunk}.js must have this feature; write the page again`);
      return record;
    },
  };
}

const textOf = (id: string): string => document.getElementById(id)?.textContent ?? "";

function addScript(source: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => {
      reject(new Error(`the file ${source} is missing; it must lie beside this page`));
    });
    document.head.append(script);
  });
}
