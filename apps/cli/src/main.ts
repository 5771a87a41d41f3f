import { FormatError } from "@monosema/tensor";
import { type FileSystem, nodeFileSystem } from "@monosema/tensor/node";
import { atCommandLine } from "./advice.js";
import type { Command } from "./command.js";
import { withConfigFile } from "./configFile.js";
import { didYouMean } from "./didYouMean.js";
import { helpText, table } from "./help.js";
import { type Host, localHost } from "./host.js";
import { Interrupted, interruption } from "./interrupted.js";
import { commonOptions, parseOptions } from "./options.js";
import { openSession } from "./session.js";
import { UsageError } from "./usageError.js";
import { version } from "./version.js";
import { wrapped } from "./wrapped.js";

/** Loaded when needed, so that a command waits for its own libraries only. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  bench: async () => (await import("./commands/bench.js")).bench,
  train: async () => (await import("./commands/train.js")).train,
  encode: async () => (await import("./commands/encode.js")).encode,
  evaluate: async () => (await import("./commands/evaluate.js")).evaluate,
  anchors: async () => (await import("./commands/anchors.js")).anchors,
  audit: async () => (await import("./commands/audit.js")).audit,
  features: async () => (await import("./commands/features.js")).features,
  compare: async () => (await import("./commands/compare.js")).compare,
  recheck: async () => (await import("./commands/recheck.js")).recheck,
  table: async () => (await import("./commands/table.js")).table,
  sweep: async () => (await import("./commands/sweep.js")).sweep,
  runs: async () => (await import("./commands/runs.js")).runs,
  worker: async () => (await import("./commands/worker.js")).worker,
  job: async () => (await import("./commands/job.js")).job,
  shard: async () => (await import("./commands/shard.js")).shard,
  convert: async () => (await import("./commands/convert.js")).convert,
  info: async () => (await import("./commands/info.js")).info,
  hooks: async () => (await import("./commands/hooks.js")).hooks,
  harvest: async () => (await import("./commands/harvest.js")).harvest,
};

/**
 * Runs a command line in this thread. The program `monosema` runs it in one of its own, see supervise.ts.
 *
 * @param args - arguments after the program name
 * @param fs - where results are written
 * @returns exit status: 0 done, 1 the run failed, 2 wrong usage or unreadable input, 130 interrupted
 */
export async function main(args: readonly string[], fs: FileSystem = nodeFileSystem): Promise<number> {
  const host = localHost(fs);
  try {
    return await runCommand(args, host);
  } finally {
    host.leftovers.clear();
  }
}

/** Runs a command line on a host; exit status as of {@link main}. */
export async function runCommand(args: readonly string[], host: Host): Promise<number> {
  let kept: string | undefined;
  const listening: Host = {
    ...host,
    tell(news) {
      kept = news.keeps ?? kept;
      host.tell(news);
    },
  };
  try {
    return await dispatch(args, listening);
  } catch (error) {
    host.err.write(`monosema: ${messageOf(error, kept)}\n`);
    return statusOf(error);
  }
}

async function dispatch([first, ...rest]: readonly string[], host: Host): Promise<number> {
  const { columns } = host.out;
  const print = (text: string): number => {
    host.out.write(`${text}\n`);
    return 0;
  };
  const asksHelp = first === "help" || first === "--help" || first === "-h";
  if (first === "--version" || first === "-v") return print(version);
  if (first === undefined || (asksHelp && rest.length === 0)) {
    print(await overview(columns));
    return first === undefined ? 2 : 0;
  }
  const name = asksHelp ? (rest[0] as string) : first;
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    const names = Object.keys(commands);
    throw new UsageError(`${name} is not a command${didYouMean(name, names)}; use one of ${names.join(", ")}`);
  }
  const command = await load();
  const options = { ...command.options, ...commonOptions };
  const typed = asksHelp ? rest.slice(1) : rest;
  const given = await withConfigFile(name, options, parseOptions(name, options, typed), typed);
  if (given.has("version")) return print(version);
  if (asksHelp || given.has("help")) return print(helpText(command.usage, command.summary, options, columns));
  const least = command.positionals.length;
  const most = command.positionals.at(-1)?.endsWith("...") ? Number.POSITIVE_INFINITY : least;
  if (given.positionals.length < least || given.positionals.length > most) {
    const wanted = least === 0 ? "no arguments" : command.positionals.join(" ");
    throw new UsageError(
      `${name} takes ${wanted}, got ${given.positionals.join(" ") || "nothing"}; see monosema ${name} --help`,
    );
  }
  await command.run(openSession(name, command, given, host));
  return 0;
}

async function overview(columns: number): Promise<string> {
  const all = await Promise.all(Object.entries(commands).map(async ([name, load]) => [name, await load()] as const));
  const rows = all.flatMap(([name, { summary, internal }]) => (internal ? [] : [[name, summary] as const]));
  return [
    "Usage: monosema COMMAND [options]",
    "",
    ...wrapped(
      "Sparse dictionary learning: train, benchmark, anchor, evaluate, audit and compare dictionaries.",
      columns,
    ),
    "",
    "Commands:",
    ...table(rows, columns),
    "",
    ...wrapped("monosema help COMMAND lists the options of a command; -v prints the version.", columns),
  ].join("\n");
}

/** What cannot be used: wrong usage, a file that is not what it must be, or one that the system does not let us read. */
const isUsage = (error: unknown): boolean =>
  error instanceof UsageError || error instanceof FormatError || isUnreadable(error);

/** An error of the system in reading; writers wrap theirs. */
function isUnreadable(error: unknown): error is NodeJS.ErrnoException {
  const { syscall = "" } = Object(error) as NodeJS.ErrnoException;
  return ["open", "stat", "lstat", "scandir", "read", "readlink", "realpath"].includes(syscall);
}

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return 130;
  return isUsage(error) ? 2 : 1;
}

function messageOf(error: unknown, kept: string | undefined): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Interrupted) return interruption(kept);
  if (isUnreadable(error)) return `${error.path ?? "the file"} must be readable, got ${error.code}; check the path`;
  // A defect of ours is shown with its stack; everything else has said what is wrong and what to do.
  const expected =
    isUsage(error) ||
    ["DivergenceError", "EngineError", "JobError", "RangeError", "StoreError"].includes(error.name) ||
    [error, error.cause].some((one) => one instanceof Error && "code" in one);
  const message = atCommandLine(expected ? error.message : (error.stack ?? error.message));
  return kept === undefined ? message : `${message}\n${kept}`;
}
