import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ComparisonRecord } from "@monosema/audit";
import type { DocumentHead } from "@monosema/experiments";
import type { TrainDocument } from "@monosema/experiments/report";
import { loadDictionary } from "../checkpoint.js";
import type { Session } from "../session.js";
import { compareSeeds } from "./compareSeeds.js";
import type { TrainingData } from "./data.js";
import { openTrainBackend } from "./openTrainBackend.js";
import { partOf } from "./part.js";
import { progressIn } from "./resumed.js";
import { keepsRun, type Run, trainDictionary } from "./run.js";
import { seedsFile, seedsJson } from "./seedsFile.js";

/** Document of `train --seeds`. */
export interface SeedsDocument extends DocumentHead {
  /** `train`. */
  readonly command: "train";
  /** The document of each run. */
  readonly seeds: readonly TrainDocument[];
  /** Which latents of the first come back in the others, on all rows. */
  readonly comparison: ComparisonRecord;
}

/**
 * Trains dictionaries that differ by seed alone, one after the other, each in a folder of its own. What is finished is kept, what was
 * begun goes on.
 *
 * @param run - the first of them
 */
export async function trainSeeds(
  session: Session,
  out: string,
  run: Run,
  seeds: readonly number[],
  data: TrainingData,
): Promise<SeedsDocument> {
  const folders = seeds.map((_, i) => session.inside(`seed-${i}`));
  const first = await progressIn(folders[0] as string);
  const backend = await openTrainBackend(session, run.config, first.saved);
  await session.write(join(out, seedsFile), seedsJson({ seeds, ...run }));
  keepsRun(session, out);
  const common = [...session.document(backend, out, {}).warnings];
  const documents: TrainDocument[] = [];
  for (const [i, seed] of seeds.entries()) {
    const folder = folders[i] as string;
    const own = { ...run, config: { ...run.config, seed }, ...(await progressIn(folder)) };
    const before = await finished(folder, own);
    session.say(`seed ${seed}, ${i + 1} of ${seeds.length}: ${before ? "finished before" : folder}`);
    const part = partOf(session, `seed ${seed}`, common);
    own.saved?.warnings.forEach(part.warn);
    documents.push(before ?? (await trainDictionary(part, backend, folder, await withStart(own), data)));
  }
  const comparison = await compareSeeds(session, backend, folders, data.input);
  await backend.close();
  const document = session.document(backend, out, { command: "train" as const, seeds: documents, comparison });
  await session.write(join(out, "train.json"), `${JSON.stringify(document, null, 2)}\n`);
  return document;
}

/** The document of a run that has come to its end, with all the steps that are asked for. */
async function finished(folder: string, { config, saved }: Run): Promise<TrainDocument | undefined> {
  if (saved?.state.step !== config.steps) return undefined;
  try {
    const document = JSON.parse(await readFile(join(folder, "train.json"), "utf8")) as TrainDocument;
    return document.steps === config.steps ? document : undefined;
  } catch {
    return undefined; // what is missing is measured again
  }
}

/** The weights of `--init`, for a run that has not begun before. */
async function withStart(run: Run): Promise<Run> {
  if (run.saved || run.weights || run.config.init === undefined) return run;
  return { ...run, weights: (await loadDictionary(run.config.init)).model.weights };
}
