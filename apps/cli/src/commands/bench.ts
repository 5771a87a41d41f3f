import { join } from "node:path";
import { parallelBatches } from "@monosema/bench/node";
import {
  anchorKinds,
  type BenchDocument,
  type BenchTask,
  benchConclusion,
  benchTable,
  benchTasks,
  checkSettings,
  configured,
  methods,
  presets,
  runBench,
  SettingsError,
} from "@monosema/experiments";
import type { Job, Store } from "@monosema/runs";
import { keptRows, rowJob } from "../bench/keptRows.js";
import { rowStore } from "../bench/rowStore.js";
import { benchSaver, refuseLarge } from "../bench/saver.js";
import type { Command } from "../command.js";
import { didYouMean } from "../didYouMean.js";
import type { Given } from "../options.js";
import { shellQuoted } from "../shellQuoted.js";
import { UsageError } from "../usageError.js";

/** `monosema bench`. */
export const bench: Command = {
  usage: "bench [--preset P] [--methods LIST] [--anchors LIST]",
  summary: "The benchmark: data with known features, training, recovery, table, conclusion and report.",
  options: {
    preset: { value: "P", help: `${Object.keys(presets).join(", ")} (default hard-small)` },
    methods: { value: "LIST", help: `comma-separated: ${methods.join(",")} (default all)` },
    anchors: {
      value: "LIST",
      help: `comma-separated: ${anchorKinds.join(",")} (default none,frequent; on quick, reduced and paper none,truth)`,
    },
    "anchor-count": {
      value: "N",
      help: "anchored latents (default: a fifth of the features as frequent; truth as the preset says)",
    },
    seeds: { value: "N", help: "seeds, from --seed on (default 1)" },
    steps: { value: "N", help: "steps of every method" },
    set: {
      value: "KEY=VALUE",
      help: "changes the preset, such as n=128, k=6 or relu.l1=0.3; may be repeated",
      multiple: true,
    },
    store: {
      value: "S",
      help: "where finished rows are kept: a folder or s3://bucket/prefix (default: rows in --out); the same command goes on",
    },
    save: { help: "keep data and dictionaries in --out too, for audit, evaluate, features" },
  },
  positionals: [],
  writes: ["bench.json", "report.html"],
  async run(session) {
    const { given, seed } = session;
    const steps = given.whole("steps", 1);
    const count = given.whole("anchor-count", 1);
    const settings = [...given.texts("set"), ...(count === undefined ? [] : [`anchors=${count}`])];
    const preset = presetOf(given.text("preset") ?? "hard-small", settings, steps);
    const chosen = given.list("methods", methods) ?? methods;
    const anchors = given.list("anchors", anchorKinds) ?? preset.compares;
    const seeds = given.whole("seeds", 1) ?? 1;
    refusingSettings(() => checkSettings(preset, chosen, anchors));
    const save = given.has("save");
    if (save) refuseLarge(preset.samples, preset.nP * (chosen.includes("crosscoder") ? 2 : 1));
    const backend = await session.backend();
    const runs = {
      ...{ methods: chosen, anchors },
      seeds: Array.from({ length: seeds }, (_, i) => seed + i),
    };
    const jobOfTask = (task: BenchTask): Job => rowJob({ preset, save }, task, backend);
    const jobs = benchTasks(runs).map(jobOfTask);
    const { out, store } = await rowStore(session, jobs);
    const done = await store.done();
    const before = jobs.filter(({ id }) => done.has(id)).length;
    session.say(`backend: ${backend.detail}`);
    const sparsity = preset.sparsity === undefined ? "" : `, sparsity ${preset.sparsity}`;
    session.say(
      `preset ${preset.name}: ${preset.n} features in ${preset.nP} dimensions, ${preset.nQ} latents${sparsity}`,
    );
    if (before > 0) session.say(`${jobs.length} rows, ${before} done before`);
    session.keeps(
      `finished rows and states are in ${shellQuoted(store.name)}; ${goesOnWith(given, out, store)} goes on`,
    );
    const rows = keptRows(session, store, jobOfTask);
    const bar = session.progress({ total: 1, unit: "steps" });
    bar.end();
    let shown = bar;
    const result = await refusingSettings(() =>
      runBench(backend, {
        preset,
        ...runs,
        onPlan: (total) => {
          shown = session.progress({ total, unit: "steps" });
        },
        onProgress: (done, label) => shown.update(done, label),
        signal: session.signal,
        onWarning: rows.onWarning,
        doRow: rows.doRow,
        opensBatches: parallelBatches,
        ...(save ? { save: benchSaver(session, out) } : {}),
      }),
    );
    shown.end();
    await backend.close();
    const document: BenchDocument = session.document(backend, out, {
      command: "bench" as const,
      preset: preset.name,
      settings: [...settings, ...(steps === undefined ? [] : [`steps=${steps}`])],
      ...result,
      conclusion: benchConclusion(result.rows),
    });
    const { benchReport } = await import("@monosema/experiments/report"); // loads the plotting library
    const report = join(out, "report.html");
    await session.write(report, benchReport(document));
    await session.write(join(out, "bench.json"), `${JSON.stringify(document, null, 2)}\n`);
    session.finish(document, `${benchTable(document)}\nreport: ${report}`);
  },
};

/** The command that goes on, for a person. */
function goesOnWith(given: Given, out: string, store: Store): string {
  if (given.text("store") !== undefined) return `the same command with --store ${shellQuoted(store.name)}`;
  return given.text("out") === undefined ? `the same command with --out ${shellQuoted(out)}` : "the same command";
}

function presetOf(name: string, set: readonly string[], steps: number | undefined): ReturnType<typeof configured> {
  const settings = set.map((text): readonly [string, string] => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`--set must be KEY=VALUE, got ${text}; see monosema bench --help`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  if (!Object.hasOwn(presets, name)) {
    const names = Object.keys(presets);
    throw new UsageError(
      `--preset must be one of ${names.join(", ")}, got ${name}${didYouMean(name, names)}; choose one`,
    );
  }
  return refusingSettings(() => configured(name, settings, steps));
}

/** Does something whose refusal of settings is one of the command line. */
function refusingSettings<T>(work: () => T): T {
  const refused = (error: unknown): never => {
    throw error instanceof SettingsError ? new UsageError(`--${error.message}`, { cause: error }) : error;
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(refused) as T) : result;
  } catch (error) {
    return refused(error);
  }
}
