import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { formatWhole } from "@monosema/experiments/format";
import { type HarvestDtype, type HarvestRequest, harvestToFolder, openRuntime, runtimes } from "@monosema/harvest/node";
import { BackendError, parseJson } from "@monosema/tensor";
import type { Command } from "../command.js";
import { droppedText, planText } from "../harvest/harvestText.js";
import { openHarvestModel } from "../harvest/model.js";
import { openSource, sourceOptions } from "../harvest/source.js";
import type { Given } from "../options.js";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { UsageError } from "../usageError.js";

/** `monosema harvest`. */
export const harvest: Command = {
  usage: "harvest MODEL --texts FILE|--images FOLDER --hooks A,B --out FOLDER [--tokenizer FILE]",
  summary:
    "Activations of a model on texts or images, in shards with the token, document and position of every row. The same command again goes on where it was interrupted.",
  options: {
    hooks: { value: "A,B", help: "what to harvest; monosema hooks MODEL lists all" },
    ...sourceOptions,
    batch: { value: "B", help: "windows, or images, at a time (default 8)" },
    dtype: { value: "T", help: "f16 or f32 (default f16)" },
    "max-norm": {
      value: "RATIO",
      help: "leave out rows whose norm exceeds RATIO times the median, or none (default 5)",
    },
    limit: { value: "N", help: "tokens, or images, after which it ends (default: all)" },
    "shard-rows": { value: "N", help: "rows of a shard, about (default 16384, fewer for wide hooks)" },
    runtime: { value: "NAME", help: "onnxruntime-node or onnxruntime-web (default: the first that is installed)" },
  },
  positionals: ["MODEL"],
  writes: ["manifest.json", "vocab.json", "documents.jsonl", "shard-*"],
  async run(session) {
    const { given } = session;
    const wanted = hooksFrom(given);
    const model = await openHarvestModel(session);
    try {
      const source = await openSource(given, model).catch(refused);
      // Names are checked before the files of the model are read for their hash, which may take a while.
      const known = new Set(model.hooks.map(({ name }) => name));
      if (!wanted.every((hook) => known.has(hook))) await model.graph(wanted, source.length).catch(refused);
      const runtime = await openRuntime(given.choice("runtime", runtimeNames)).catch(refused);
      const folder = outputFolder(session);
      session.doing("reading the model");
      const request: HarvestRequest = {
        model: { ...model, sha256: await model.sha256() },
        runtime,
        source,
        hooks: wanted,
        threads: threadsFrom(given, folder),
        ...settingsFrom(given),
      };
      const { manifest, resumed } = await watched(session, folder, request);
      const { rows, dropped, shards, hooks } = manifest;
      const backend = { name: runtime.name, detail: runtime.version, threads: manifest.runtime.threads };
      const document = session.document(backend, folder, { hooks, rows, dropped, shards: shards.length, resumed });
      const token = (id: number): string => JSON.stringify(source.tokenizer?.text(id) ?? id);
      session.finish(
        document,
        [
          `${formatWhole(rows)} rows of ${hooks.map(({ name, width }) => `${name} [${width}]`).join(", ")} in ${shards.length} shards${resumed > 0 ? `, ${resumed} of them from an earlier run` : ""}`,
          ...droppedText(manifest, token),
          `folder: ${folder}`,
          `next: monosema train --data ${shellQuoted(`${folder}:${hooks[0]?.name}`)}`,
        ].join("\n"),
      );
    } finally {
      await model.close();
    }
  },
};

const runtimeNames = runtimes.map(({ name }) => name);

/** What a library is missing or refuses is wrong usage here. */
function refused(error: unknown): never {
  if (error instanceof BackendError || error instanceof RangeError)
    throw new UsageError(error.message, { cause: error });
  throw error;
}

function hooksFrom(given: Given): readonly string[] {
  const text = given.text("hooks");
  if (text === undefined) {
    throw new UsageError("--hooks must be given; monosema hooks MODEL lists what a model has");
  }
  return text.split(",").map((name) => name.trim());
}

/** A folder that is new, or that of the same harvest, which goes on. */
function outputFolder({ given, output }: Session): string {
  const out = given.text("out");
  const goesOn = out !== undefined && !given.has("force") && existsSync(join(out, "manifest.json"));
  return output(goesOn ? out : undefined);
}

/** As many as an earlier run in the folder had, whose bits depend on them; else one for each core, at most eight. */
function threadsFrom(given: Given, folder: string): number {
  const asked = given.whole("threads", 1);
  if (asked !== undefined) return asked;
  const path = join(folder, "manifest.json");
  const earlier: unknown = existsSync(path)
    ? Object(parseJson(readFileSync(path, "utf8"), path)).runtime?.threads
    : undefined;
  return typeof earlier === "number" ? earlier : Math.min(8, availableParallelism());
}

function settingsFrom(given: Given): Partial<HarvestRequest> {
  const [batch, limit] = [given.whole("batch", 1), given.whole("limit", 1)];
  const rowsPerShard = given.whole("shard-rows", 1);
  const dtype = given.choice("dtype", ["f16", "f32"])?.toUpperCase() as HarvestDtype | undefined;
  return {
    ...(batch === undefined ? {} : { batch }),
    ...(limit === undefined ? {} : { limit }),
    ...(rowsPerShard === undefined ? {} : { rowsPerShard }),
    ...(dtype === undefined ? {} : { dtype }),
    ...(given.text("max-norm") === "none" ? { maxNorm: null } : maxNormFrom(given)),
  };
}

function maxNormFrom(given: Given): Partial<HarvestRequest> {
  const maxNorm = given.number("max-norm", 1);
  return maxNorm === undefined ? {} : { maxNorm };
}

async function watched(session: Session, folder: string, request: HarvestRequest): ReturnType<typeof harvestToFolder> {
  let bar: ReturnType<Session["progress"]> | undefined;
  session.stopsItself(true);
  session.doing("running the model");
  try {
    return await harvestToFolder(folder, request, {
      fs: session.fs,
      signal: session.signal,
      onPlan(plan) {
        session.say(planText(plan, request.hooks.length));
        bar = session.progress({
          ...(plan.rows === undefined ? {} : { total: plan.rows }),
          unit: "rows",
          from: plan.done,
        });
      },
      onProgress({ rows, shards }) {
        bar?.update(rows, "harvesting");
        session.keeps(`${shards} finished shards are kept in ${folder}; the same command goes on with them`);
      },
    });
  } catch (error) {
    // What is refused before there is a plan is wrong usage here.
    if (error instanceof RangeError && bar === undefined) throw new UsageError(error.message, { cause: error });
    throw error;
  } finally {
    bar?.end();
    session.stopsItself(false);
  }
}
