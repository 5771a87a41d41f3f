import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { type Progress, type ProgressOptions, progress } from "@monosema/experiments";
import { simdWith, type Tier } from "@monosema/simd";
import { type Backend, BackendError, openBackend } from "@monosema/tensor";
import { type FileSystem, tfjsNode, writeFileAtomic } from "@monosema/tensor/node";
import type { Given } from "./options.js";
import { UsageError } from "./usageError.js";
import { version } from "./version.js";

/** What a command works with: its options, a backend, an output folder, and the way it speaks. */
export interface Session {
  /** Command name. */
  readonly command: string;
  /** The command line. */
  readonly given: Given;
  /** Seed. */
  readonly seed: number;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Where results are written. */
  readonly fs: FileSystem;
  /** Writes a result, whole or not at all. */
  readonly write: (path: string, content: string | Uint8Array | AsyncIterable<Uint8Array>) => Promise<void>;
  /** Starts showing progress, on standard error. */
  readonly progress: (options: ProgressOptions) => Progress;
  /** A line for a person: standard output, or standard error with --json; nothing with --quiet. */
  readonly say: (line: string) => void;
  /** A warning, shown at once and kept for the document. */
  readonly warn: (warning: string) => void;
  /** Opens a backend with a tier: by default those that were asked for. */
  readonly backend: (name?: string, tier?: AskedTier) => Promise<Backend>;
  /** Makes the output folder (by default runs/<command>-<time>); its absolute path. */
  readonly output: (folder?: string) => Promise<string>;
  /** The document of the command: what all have, and its own keys. */
  readonly document: <T extends object>(backend: BackendFacts, out: string, own: T) => Document & T;
  /** Prints the document with --json, else the text. */
  readonly finish: (document: Document, text: string) => void;
}

/** A tier of the simd backend, or its own choice. */
export type AskedTier = Tier | "auto";

/** What a document says of its backend. */
export type BackendFacts = Pick<Backend, "name" | "detail" | "tier" | "threads">;

/** What every JSON document has. */
export interface Document {
  /** Command name. */
  readonly command: string;
  /** Version of the command line. */
  readonly version: string;
  /** What computed it. */
  readonly backend: BackendFacts;
  /** Wall-clock seconds of the command. */
  readonly seconds: number;
  /** Warnings, each once. */
  readonly warnings: readonly string[];
  /** Absolute folder of the results. */
  readonly out: string;
}

/** What `--tier` may be. */
export const tiers: readonly AskedTier[] = ["auto", "int8", "int16", "float32"];

/** Opens the session of a command. */
export function openSession(command: string, given: Given, signal: AbortSignal, fs: FileSystem): Session {
  const started = performance.now();
  const [json, quiet] = [given.has("json"), given.has("quiet")];
  const warnings: string[] = [];
  let shown: Progress | undefined;
  const seed = given.whole("seed", 0) ?? 0;
  const threads = given.whole("threads", 1);
  const askedTier = given.choice("tier", tiers) ?? "auto";
  const warn = (warning: string): void => {
    if (warnings.includes(warning)) return;
    warnings.push(warning);
    shown?.end();
    process.stderr.write(`warning: ${warning}\n`);
  };
  return {
    command,
    given,
    signal,
    seed,
    fs,
    write: (path, content) =>
      writeFileAtomic(path, typeof content === "string" ? new TextEncoder().encode(content) : content, fs),
    progress(options) {
      shown = progress(process.stderr, { quiet, ...options });
      return shown;
    },
    say(line) {
      if (quiet) return;
      shown?.end();
      (json ? process.stderr : process.stdout).write(`${line}\n`);
    },
    warn,
    async backend(name = given.text("backend") ?? "auto", tier = askedTier) {
      if (tier !== "auto" && !["auto", "simd"].includes(name)) {
        throw new UsageError(`--tier ${tier} is for the backend simd, got ${name}; leave --tier out`);
      }
      try {
        // With a tier, auto is simd or nothing: its error says why it did not open.
        const opened = await openBackend(tier === "auto" ? name : "simd", {
          others: [simdWith({ tier }), tfjsNode],
          ...(threads === undefined ? {} : { threads }),
        });
        if (threads !== undefined && opened.threads !== threads) {
          warn(`--threads ${threads}: ${opened.name} uses ${opened.threads} here`);
        }
        return opened;
      } catch (error) {
        if (!(error instanceof BackendError || error instanceof RangeError)) throw error;
        throw new UsageError(`--backend ${name}: ${error.message}`, { cause: error });
      }
    },
    async output(wanted) {
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
      const folder = resolve(wanted ?? given.text("out") ?? `runs/${command}-${stamp}`);
      try {
        await mkdir(folder, { recursive: true });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new UsageError(`--out must name a folder that can be made, got ${folder} (${code}); choose another`, {
          cause: error,
        });
      }
      return folder;
    },
    document: ({ name, detail, tier: chosen, threads: used }, out, own) => ({
      command,
      version,
      backend: { name, detail, ...(chosen === undefined ? {} : { tier: chosen }), threads: used },
      seconds: Math.round(performance.now() - started) / 1000,
      warnings,
      out,
      ...own,
    }),
    finish(document, text) {
      shown?.end();
      process.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : text === "" ? "" : `${text}\n`);
    },
  };
}
