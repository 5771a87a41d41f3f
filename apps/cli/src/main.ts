import { FormatError } from "@monosema/tensor";
import { type FileSystem, nodeFileSystem } from "@monosema/tensor/node";
import type { Command } from "./command.js";
import { type Host, localHost } from "./host.js";
import { Interrupted, interruption } from "./interrupted.js";
import { commonOptions, helpText, parseOptions } from "./options.js";
import { openSession } from "./session.js";
import { UsageError } from "./usageError.js";
import { version } from "./version.js";

/** Loaded when needed, so that a command waits for its own libraries only. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  bench: async () => (await import("./commands/bench.js")).bench,
  train: async () => (await import("./commands/train.js")).train,
  encode: async () => (await import("./commands/encode.js")).encode,
  evaluate: async () => (await import("./commands/evaluate.js")).evaluate,
  anchors: async () => (await import("./commands/anchors.js")).anchors,
  audit: async () => (await import("./commands/audit.js")).audit,
  recheck: async () => (await import("./commands/recheck.js")).recheck,
  info: async () => (await import("./commands/info.js")).info,
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

async function dispatch([name, ...rest]: readonly string[], host: Host): Promise<number> {
  if (name === undefined || name === "--help" || name === "help") {
    host.out.write(`${await overview()}\n`);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version") {
    host.out.write(`${version}\n`);
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined)
    throw new UsageError(`${name} is not a command; use one of ${Object.keys(commands).join(", ")}`);
  const command = await load();
  const options = { ...command.options, ...commonOptions };
  const given = parseOptions(name, options, rest);
  if (given.has("help")) {
    host.out.write(`${helpText(command.usage, command.summary, options)}\n`);
    return 0;
  }
  if (given.positionals.length !== command.positionals.length) {
    const wanted = command.positionals.length === 0 ? "no arguments" : command.positionals.join(" ");
    throw new UsageError(
      `${name} takes ${wanted}, got ${given.positionals.join(" ") || "nothing"}; see monosema ${name} --help`,
    );
  }
  if (command.stopsItself) host.tell({ stopsItself: true });
  await command.run(openSession(name, command, given, host));
  return 0;
}

async function overview(): Promise<string> {
  const rows: string[] = [];
  for (const [name, load] of Object.entries(commands)) rows.push(`  ${name.padEnd(10)}${(await load()).summary}`);
  return [
    "Usage: monosema COMMAND [options]",
    "",
    "Sparse dictionary learning: train, benchmark, anchor, evaluate and audit dictionaries.",
    "",
    "Commands:",
    ...rows,
    "",
    "monosema COMMAND --help lists the options of a command; --version prints the version.",
  ].join("\n");
}

const isUsage = (error: unknown): boolean => error instanceof UsageError || error instanceof FormatError;

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return 130;
  return isUsage(error) ? 2 : 1;
}

function messageOf(error: unknown, kept: string | undefined): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Interrupted) return interruption(kept);
  // A defect of ours is shown with its stack; everything else has said what is wrong and what to do.
  const expected =
    isUsage(error) ||
    ["DivergenceError", "RangeError"].includes(error.name) ||
    [error, error.cause].some((one) => one instanceof Error && "code" in one);
  const message = expected ? error.message : (error.stack ?? error.message);
  return kept === undefined ? message : `${message}\n${kept}`;
}
