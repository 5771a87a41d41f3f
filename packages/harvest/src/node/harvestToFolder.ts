import { join } from "node:path";
import { FormatError } from "@monosema/tensor";
import { type FileSystem, nodeFileSystem, writeFileAtomic } from "@monosema/tensor/node";
import type { HarvestManifest } from "../harvest/manifest.js";
import { outputWidth, rowCollector } from "../harvest/rowCollector.js";
import type { HarvestDtype } from "../harvest/shardTensors.js";
import type { RuntimeSession, RuntimeTensor } from "../runtime/runtime.js";
import type { HarvestDocument } from "../text/harvestDocument.js";
import type { Tokenizer } from "../tokenizers/tokenizer.js";
import { type Cursor, type HarvestWindow, type WindowGroup, windowGroups } from "../windows/windowGroups.js";
import { type ContentHash, contentHash } from "./contentHash.js";
import { openDocumentLog } from "./documentLog.js";
import { finishedShards } from "./finishedShards.js";
import { harvestPlan } from "./harvestPlan.js";
import type { HarvestRequest, HarvestResult, HarvestTexts, HarvestWatch } from "./harvestRequest.js";
import { type ResolvedRequest, resolvedRequest } from "./resolvedRequest.js";
import { fileNames, shardWriter } from "./shardWriter.js";

/**
 * Harvests activations of a model into a folder: shards of safetensors with a `[rows, width]` tensor per hook and the token, document
 * and position of each row, a manifest, the vocabulary and the documents. Memory does not grow with the texts. An interrupted harvest
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
  const resolved = resolvedRequest(request);
  const earlier = await finishedShards(folder, resolved.settings);
  const resumed = earlier?.shards.length ?? 0;
  if (earlier?.complete === true) {
    await refuseChangedTexts(request.texts, earlier);
    return { manifest: earlier, resumed };
  }
  const { model, runtime, hooks, threads = 1 } = request;
  const session = await runtime.open(await model.graph(hooks, resolved.settings.length), { threads });
  try {
    return { manifest: await harvested(folder, request, resolved, earlier, session, watch), resumed };
  } finally {
    await session.close();
  }
}

async function harvested(
  folder: string,
  request: HarvestRequest,
  { settings, tokensPerWindow, before, encode }: ResolvedRequest,
  earlier: HarvestManifest | undefined,
  session: RuntimeSession,
  { fs = nodeFileSystem, signal, onPlan, onProgress }: HarvestWatch,
): Promise<HarvestManifest> {
  const { hooks, texts, tokenizer, limit, model } = request;
  const began = performance.now();
  const done = tokensOf(earlier);
  const hash = contentHash();
  const groups = windowGroups(passedOver(texts, earlier, hash), {
    length: tokensPerWindow,
    batch: settings.batch,
    encode,
    from: cursorOf(earlier),
    ...(limit === undefined ? {} : { limit: limit - done }),
  });
  const { value: first } = await groups.next();
  refuseOthers(texts, earlier, hash);
  if (!(first || earlier)) {
    throw new RangeError(`harvest: ${texts.name} must hold at least one token, got none; check the texts`);
  }
  const run = async ({ windows }: WindowGroup): Promise<Outputs> => {
    signal?.throwIfAborted();
    return await session.run(model.inputs(windows.map(({ ids }) => Int32Array.of(...before, ...ids))), hooks);
  };
  const firstOutputs = first && (await run(first));
  const widths = firstOutputs
    ? new Map(hooks.map((hook) => [hook, outputWidth(hook, firstOutputs[hook])]))
    : new Map(earlier?.hooks.map(({ name, width }) => [name, width]));

  await fs.makeFolder(folder);
  const rowsPerShard = settings.windowsPerShard * tokensPerWindow;
  const plan = await harvestPlan(request, {
    folder,
    bytesPerRow: bytesPerRow(widths, settings.dtype),
    rowsPerShard,
    done,
    seconds: (performance.now() - began) / 1000,
    tokens: first ? tokensIn(first.windows) : 0,
  });
  onPlan?.(plan);

  if (tokenizer) await writeVocabulary(join(folder, fileNames.vocabulary), tokenizer, fs);
  const documents = await openDocumentLog(
    join(folder, fileNames.documents),
    earlier?.shards.at(-1)?.documentBytes ?? 0,
  );
  try {
    const state = earlier ? { earlier } : {};
    const writer = shardWriter({ folder, fs, settings, textsName: texts.name, widths, documents, hash, ...state });
    const collector = rowCollector(widths, rowsPerShard);
    let tokens = done;
    let [windows, begun]: [number, HarvestDocument[]] = [0, []];
    for (let group = first, outputs = firstOutputs; group && outputs; ) {
      collector.add(group.windows, outputs, before.length);
      windows += group.windows.length;
      begun.push(...group.begun);
      const { next } = group;
      tokens += tokensIn(group.windows);
      group = (await groups.next()).value;
      if (windows >= settings.windowsPerShard || group === undefined) {
        await writer.write({ collected: collector.take(), begun, next });
        [windows, begun] = [0, []];
      }
      onProgress?.({ tokens, shards: writer.shards.length });
      outputs = group && (await run(group));
    }
    return await writer.finish();
  } finally {
    await documents.close();
  }
}

type Outputs = Readonly<Record<string, RuntimeTensor>>;

const cursorOf = (earlier: HarvestManifest | undefined): Cursor =>
  earlier?.shards.at(-1)?.next ?? { document: 0, position: 0 };

const tokensOf = (earlier: HarvestManifest | undefined): number =>
  (earlier?.shards ?? []).reduce((sum, { rows, dropped }) => sum + rows + dropped, 0);

const tokensIn = (windows: readonly HarvestWindow[]): number => windows.reduce((sum, { ids }) => sum + ids.length, 0);

const bytesPerRow = (widths: ReadonlyMap<string, number>, dtype: HarvestDtype): number =>
  [...widths.values()].reduce((sum, width) => sum + width * (dtype === "F16" ? 2 : 4), 12);

/** The documents; those that an earlier run has begun are added to the hash. */
async function* passedOver(
  texts: HarvestTexts,
  earlier: HarvestManifest | undefined,
  hash: ContentHash,
): AsyncGenerator<HarvestDocument> {
  const { document: next, position } = cursorOf(earlier);
  for await (const document of texts.documents()) {
    if (document.id < next || (document.id === next && position > 0)) hash.add([document]);
    yield document;
  }
}

/** Refuses texts that begin otherwise than those of the earlier run. */
function refuseOthers({ name }: HarvestTexts, earlier: HarvestManifest | undefined, hash: ContentHash): void {
  const last = earlier?.shards.at(-1);
  if (last === undefined || hash.value() === last.texts) return;
  const message =
    "a harvest goes on with the same texts, got others; give the texts of the first run, or choose another folder";
  throw new FormatError("other-harvest", message, { file: name });
}

async function refuseChangedTexts(texts: HarvestTexts, earlier: HarvestManifest): Promise<void> {
  const hash = contentHash();
  const { document: next, position } = cursorOf(earlier);
  for await (const { id } of passedOver(texts, earlier, hash)) if (id > next || (id === next && position === 0)) break;
  refuseOthers(texts, earlier, hash);
}

async function writeVocabulary(path: string, { vocabulary, text }: Tokenizer, fs: FileSystem): Promise<void> {
  const texts = Array.from({ length: vocabulary }, (_, token) => text(token));
  await writeFileAtomic(path, new TextEncoder().encode(`${JSON.stringify(texts)}\n`), fs);
}
