import { join } from "node:path";
import { FormatError } from "@monosema/tensor";
import { type FileSystem, nodeFileSystem, writeFileAtomic } from "@monosema/tensor/node";
import { hookRows } from "../harvest/hookRows.js";
import type { HarvestManifest, HarvestSettings } from "../harvest/manifest.js";
import { rowCollector } from "../harvest/rowCollector.js";
import { documentsName } from "../read/documents.js";
import { vocabularyName } from "../read/vocabulary.js";
import type { RuntimeSession, RuntimeTensor } from "../runtime/runtime.js";
import type { HarvestDocument } from "../source/harvestDocument.js";
import type { Cursor, HarvestGroup, HarvestSource, SourceSize } from "../source/harvestSource.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { type ContentHash, contentHash } from "./contentHash.js";
import { openDocumentLog } from "./documentLog.js";
import { finishedShards } from "./finishedShards.js";
import { harvestPlan } from "./harvestPlan.js";
import type { HarvestRequest, HarvestResult, HarvestWatch } from "./harvestRequest.js";
import { harvestSettings, itemsPerShard } from "./harvestSettings.js";
import { shardWriter } from "./shardWriter.js";

/**
 * Harvests activations of a model into a folder: shards of safetensors with a `[rows, width]` tensor per hook and the token, document
 * and position of each row, a manifest, the vocabulary and the documents. Memory does not grow with the source. An interrupted harvest
 * goes on where the same request is made again, after the last finished shard, and ends with the same bytes as one that never stopped.
 *
 * @param folder - is made if it is not there
 * @throws RangeError, FormatError for what does not fit; Error where the disk is too small or full. Finished shards are kept.
 */
export async function harvestToFolder(
  folder: string,
  request: HarvestRequest,
  watch: HarvestWatch = {},
): Promise<HarvestResult> {
  const settings = harvestSettings(request);
  const earlier = await finishedShards(folder, settings);
  const resumed = earlier?.shards.length ?? 0;
  if (earlier?.complete === true) {
    await refuseChanged(request.source, earlier);
    return { manifest: earlier, resumed };
  }
  const { model, runtime, hooks, source } = request;
  const { threads } = settings.runtime;
  const session = await runtime.open(await model.graph(hooks, source.length), { threads });
  try {
    return { manifest: await harvested(folder, request, settings, earlier, session, watch), resumed };
  } finally {
    await session.close();
  }
}

async function harvested(
  folder: string,
  { source, hooks, limit }: HarvestRequest,
  settings: HarvestSettings,
  earlier: HarvestManifest | undefined,
  session: RuntimeSession,
  { fs = nodeFileSystem, signal, onPlan, onProgress }: HarvestWatch,
): Promise<HarvestManifest> {
  const from = cursorOf(earlier);
  const hash = contentHash();
  const groups = source.groups(passedOver(source, from, hash), {
    batch: settings.batch,
    from,
    ...(limit === undefined ? {} : { limit: limit - limitDone(source, earlier) }),
  });
  const { value: first } = await groups.next();
  refuseOthers(source, earlier, hash);
  if (!(first || earlier)) {
    throw new RangeError(`harvest: ${source.name} must hold at least one token or image, got none; check the source`);
  }
  const run = async ({ inputs }: HarvestGroup): Promise<Outputs> => {
    signal?.throwIfAborted();
    return await session.run(inputs, hooks);
  };
  const began = performance.now();
  const firstOutputs = first && (await run(first));
  const seconds = (performance.now() - began) / 1000;
  const { widths, rowsPerItem } = measured(hooks, source, earlier, first, firstOutputs);

  await fs.makeFolder(folder);
  const perShard = itemsPerShard(settings, rowsPerItem);
  const plan = await harvestPlan({
    folder,
    size: rowsOf(await source.size(limit), rowsPerItem),
    bytesPerRow: bytesPerRow(widths, settings.dtype),
    rowsPerShard: perShard * rowsPerItem,
    done: rowsDone(earlier),
    secondsPerRow: seconds / (rowsIn(first, rowsPerItem) || 1),
  });
  onPlan?.(plan);

  const log = await openDocumentLog(join(folder, documentsName), earlier?.shards.at(-1)?.documentBytes ?? 0);
  try {
    const writer = shardWriter({
      folder,
      fs,
      settings,
      sourceName: source.name,
      widths,
      documents: log,
      hash,
      ...(earlier ? { earlier } : {}),
    });
    await writer.begin();
    if (source.tokenizer) await writeVocabulary(join(folder, vocabularyName), source.tokenizer, fs);
    const collector = rowCollector(widths, perShard * rowsPerItem);
    let done = rowsDone(earlier);
    let [items, begun]: [number, HarvestDocument[]] = [0, []];
    for (let group = first, outputs = firstOutputs; group && outputs; ) {
      const before = collector.rows;
      collector.add(group, outputs);
      done += collector.rows - before;
      items += group.items.length;
      begun.push(...group.begun);
      const { next } = group;
      group = (await groups.next()).value;
      if (items >= perShard || group === undefined) {
        await writer.write({ collected: collector.take(), begun, next });
        [items, begun] = [0, []];
      }
      onProgress?.({ rows: done, shards: writer.shards.length });
      outputs = group && (await run(group));
    }
    return await writer.finish();
  } finally {
    await log.close();
  }
}

type Outputs = Readonly<Record<string, RuntimeTensor>>;

/** Widths of the hooks and rows of an item, from the first outputs; of an earlier run where nothing is left to do. */
function measured(
  hooks: readonly string[],
  { rowsPerItem }: HarvestSource,
  earlier: HarvestManifest | undefined,
  first: HarvestGroup | undefined,
  outputs: Outputs | undefined,
): { readonly widths: ReadonlyMap<string, number>; readonly rowsPerItem: number } {
  if (!(first && outputs)) {
    return { widths: new Map(earlier?.hooks.map(({ name, width }) => [name, width])), rowsPerItem: rowsPerItem ?? 1 };
  }
  const expected = { items: first.items.length, ofTokens: rowsPerItem !== undefined };
  const rows = hooks.map((hook) => [hook, hookRows(hook, outputs[hook], expected)] as const);
  const places = Math.max(...rows.map(([, one]) => one.places));
  return { widths: new Map(rows.map(([hook, { width }]) => [hook, width])), rowsPerItem: rowsPerItem ?? places };
}

const rowsOf = ({ items, ...size }: SourceSize, rowsPerItem: number): SourceSize =>
  items === undefined ? size : { ...size, rows: items * rowsPerItem };

const cursorOf = (earlier: HarvestManifest | undefined): Cursor =>
  earlier?.shards.at(-1)?.next ?? { document: 0, position: 0 };

const rowsDone = (earlier: HarvestManifest | undefined): number =>
  (earlier?.shards ?? []).reduce((sum, { rows, dropped }) => sum + rows + dropped, 0);

/** What a limit counts: rows of texts, images otherwise. */
const limitDone = ({ rowsPerItem }: HarvestSource, earlier: HarvestManifest | undefined): number =>
  rowsPerItem === undefined ? cursorOf(earlier).document : rowsDone(earlier);

const rowsIn = (group: HarvestGroup | undefined, rowsPerItem: number): number =>
  (group?.items ?? []).reduce((sum, { ids }) => sum + (ids?.length ?? rowsPerItem), 0);

const bytesPerRow = (widths: ReadonlyMap<string, number>, dtype: HarvestSettings["dtype"]): number =>
  [...widths.values()].reduce((sum, width) => sum + width * (dtype === "F16" ? 2 : 4), 12);

/** The documents; those that an earlier run has begun are added to the hash. */
async function* passedOver(
  source: HarvestSource,
  { document: next, position }: Cursor,
  hash: ContentHash,
): AsyncGenerator<HarvestDocument> {
  for await (const document of source.documents()) {
    if (document.id < next || (document.id === next && position > 0)) hash.add([document]);
    yield document;
  }
}

/** Refuses a source that begins otherwise than that of the earlier run. */
function refuseOthers({ name }: HarvestSource, earlier: HarvestManifest | undefined, hash: ContentHash): void {
  const last = earlier?.shards.at(-1);
  if (last === undefined || hash.value() === last.content) return;
  const message =
    "a harvest goes on with the same texts or images, got others; give those of the first run, or choose another folder";
  throw new FormatError("other-harvest", message, { file: name });
}

async function refuseChanged(source: HarvestSource, earlier: HarvestManifest): Promise<void> {
  const hash = contentHash();
  const from = cursorOf(earlier);
  for await (const { id } of passedOver(source, from, hash)) {
    if (id > from.document || (id === from.document && from.position === 0)) break;
  }
  refuseOthers(source, earlier, hash);
}

async function writeVocabulary(path: string, { vocabulary, text }: Tokenizer, fs: FileSystem): Promise<void> {
  const texts = Array.from({ length: vocabulary }, (_, token) => text(token));
  await writeFileAtomic(path, new TextEncoder().encode(`${JSON.stringify(texts)}\n`), fs);
}
