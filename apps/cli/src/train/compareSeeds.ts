import type { ComparisonRecord } from "@monosema/audit";
import { type Rows, sequentialBatches } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import { loadDictionary } from "../checkpoint.js";
import { watchedComparison } from "../compare/watchedComparison.js";
import type { Session } from "../session.js";

/** Which latents of the first dictionary come back in the others, by decoder rows and by codes on samples. */
export async function compareSeeds(
  session: Session,
  backend: Backend,
  folders: readonly string[],
  samples: Rows,
): Promise<ComparisonRecord> {
  const { compareDictionaries, comparisonRecord } = await import("@monosema/audit"); // loads all of its checks
  const models = await Promise.all(folders.map(async (folder) => (await loadDictionary(folder)).model));
  const watch = watchedComparison(session);
  const data = sequentialBatches(samples, BATCH);
  const found = await compareDictionaries(backend, models, { data, onProgress: watch.update });
  watch.end();
  return comparisonRecord(found, models, folders);
}

/** Samples per batch: few, so that sparse codes of any density stay small. */
const BATCH = 512;
