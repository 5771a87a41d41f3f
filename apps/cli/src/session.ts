import { join } from "node:path";
import type { BackendRecord, DocumentHead } from "@monosema/experiments";
import { tiers as simdTiers, simdWith, type Tier } from "@monosema/simd";
import { type Backend, BackendError, openBackend } from "@monosema/tensor";
import { type FileSystem, tfjsNode, writeFileAtomic } from "@monosema/tensor/node";
import { tfjsCpu } from "@monosema/tensor/tfjs-cpu";
import { tfjsWasm } from "@monosema/tensor/tfjs-wasm";
import { atCommandLine } from "./advice.js";
import type { Host } from "./host.js";
import { type LiveScreen, liveScreen } from "./liveScreen.js";
import type { Given, Options } from "./options.js";
import { checkOutputs, type NamedPath, namedPaths } from "./paths.js";
import { type Progress, type ProgressOptions, progress } from "./progress.js";
import { openRunFolder, outputsIn, type RunFolder } from "./runFolder.js";
import { trackedFileSystem } from "./trackedFileSystem.js";
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
  /** Aborted by SIGINT or SIGTERM while the command stops by itself; else it is ended at once. */
  readonly signal: AbortSignal;
  /** Where results are written; what is half-written goes when the command is ended. */
  readonly fs: FileSystem;
  /** Writes a result, whole or not at all. */
  readonly write: (path: string, content: string | Uint8Array | AsyncIterable<Uint8Array>) => Promise<void>;
  /** Starts showing progress, on standard error. */
  readonly progress: (options: ProgressOptions) => Progress;
  /** A line for a person: standard output, or standard error with --json; nothing with --quiet. */
  readonly say: (line: string) => void;
  /** A place on the terminal that is redrawn, see {@link liveScreen}; elsewhere {@link Session.say} has the shorter text. */
  readonly screen: () => LiveScreen;
  /** A warning, shown at once and kept for the document. */
  readonly warn: (warning: string) => void;
  /** Opens a backend with a tier: by default those that were asked for. */
  readonly backend: (name?: string, tier?: AskedTier) => Promise<Backend>;
  /**
   * Takes the output folder, by default a new one in `runs`, with its lock; its absolute path. Ask for it before long work: it is
   * refused where it is filled or in use, and goes again if nothing is written.
   *
   * @param resumed - folder of a run that goes on
   * @param named - the folder, where the command line names it by another word than --out
   */
  readonly output: (resumed?: string, named?: string) => string;
  /** Takes a folder in the output folder, on the same terms and with a lock of its own; its absolute path. */
  readonly inside: (name: string) => string;
  /** Refuses outputs that are inputs of the command line, each other, or no files. */
  readonly checkOutputs: (outputs: readonly NamedPath[]) => void;
  /** Says what the command is doing, for a line of progress where nothing counts it. */
  readonly doing: (what: string) => void;
  /** Says whether the command, from now on, stops by itself when the signal is aborted, and keeps its work. */
  readonly stopsItself: (does: boolean) => void;
  /** Says what stays if the command ends now, and how to go on: added to the message of an error or an interruption. */
  readonly keeps: (what: string) => void;
  /** The document of the command: what all have, and its own keys. */
  readonly document: <T extends object>(backend: BackendRecord, out: string, own: T) => DocumentHead & T;
  /** Prints the document with --json, else the text. */
  readonly finish: (document: DocumentHead, text: string) => void;
}

/** What the document of a command says that needs no backend. */
export const noBackend: BackendRecord = { name: "none", detail: "no backend needed", threads: 0 };

/** A tier of the simd backend, or its own choice. */
export type AskedTier = Tier | "auto";

/** What `--tier` may be. */
export const tiers: readonly AskedTier[] = ["auto", ...simdTiers];

/** What a session needs to know of its command. */
export interface CommandFacts {
  /** Its own options; the common ones come on top. */
  readonly options: Options;
  /** Names that it writes in its output folder, as `writes` of `openRunFolder`. */
  readonly writes: readonly string[];
}

/** Opens the session of a command. */
export function openSession(name: string, { writes, options }: CommandFacts, given: Given, host: Host): Session {
  const started = performance.now();
  const [json, quiet] = [given.has("json"), given.has("quiet")];
  const warnings: string[] = [];
  let shown: Progress | undefined;
  const folders: RunFolder[] = [];
  const fs = trackedFileSystem(host, () => {
    for (const folder of folders) folder.beforeWriting();
  });
  const seed = given.whole("seed", 0) ?? 0;
  const threads = given.whole("threads", 1);
  const askedTier = given.choice("tier", tiers) ?? "auto";
  const warn = (told: string): void => {
    const warning = atCommandLine(told);
    if (warnings.includes(warning)) return;
    warnings.push(warning);
    shown?.end();
    host.err.write(`warning: ${warning}\n`);
  };
  const say = (line: string): void => {
    if (quiet) return;
    shown?.end();
    (json ? host.err : host.out).write(`${line}\n`);
  };
  if (writes.length === 0 && given.text("out") !== undefined) warn(`--out is not used: ${name} writes no files`);
  if (!quiet) host.tell({ doing: name });
  const inputs = namedPaths(given, options, "input");
  checkOutputs(namedPaths(given, options, "output"), inputs);
  let resumes = false;
  const take = (out: string | undefined): string => {
    const folder = openRunFolder({ command: name, out, force: given.has("force"), writes, resumes }, host.leftovers);
    folders.push(folder);
    if (!resumes) checkOutputs(outputsIn(folder.path, writes), inputs);
    return folder.path;
  };
  return {
    command: name,
    given,
    signal: host.signal,
    seed,
    fs,
    write: (path, content) =>
      writeFileAtomic(path, typeof content === "string" ? new TextEncoder().encode(content) : content, fs),
    progress(options) {
      shown = progress(host.err, { quiet, ...options });
      return shown;
    },
    say,
    screen: () =>
      quiet || json || !host.out.isTTY ? (_, short) => (short === "" ? undefined : say(short)) : liveScreen(host.out),
    warn,
    async backend(asked = given.text("backend") ?? "auto", tier = askedTier) {
      if (tier !== "auto" && !["auto", "simd"].includes(asked)) {
        throw new UsageError(`--tier ${tier} is for the backend simd, got ${asked}; leave --tier out`);
      }
      try {
        // With a tier, auto is simd or nothing: its error says why it did not open.
        const opened = await openBackend(tier === "auto" ? asked : "simd", {
          others: [simdWith({ tier }), tfjsWasm, tfjsCpu, tfjsNode],
          ...(threads === undefined ? {} : { threads }),
        });
        if (threads !== undefined && opened.threads !== threads) {
          warn(`--threads ${threads}: ${opened.name} uses ${opened.threads} here`);
        }
        return opened;
      } catch (error) {
        if (!(error instanceof BackendError || error instanceof RangeError)) throw error;
        throw new UsageError(`--backend ${asked}: ${error.message}`, { cause: error });
      }
    },
    output(resumed, named) {
      resumes = resumed !== undefined;
      return take(resumed ?? named ?? given.text("out"));
    },
    inside: (name) => take(join((folders[0] as RunFolder).path, name)),
    checkOutputs: (outputs) => checkOutputs(outputs, inputs),
    doing: (what) => {
      if (!quiet) host.tell({ doing: what });
    },
    stopsItself: (does) => host.tell({ stopsItself: does }),
    keeps: (what) => host.tell({ keeps: what }),
    document: ({ name: backend, detail, tier: chosen, threads: used }, out, own) => ({
      command: name,
      version,
      backend: { name: backend, detail, ...(chosen === undefined ? {} : { tier: chosen }), threads: used },
      seconds: Math.round(performance.now() - started) / 1000,
      warnings,
      out,
      ...own,
    }),
    finish(document, text) {
      shown?.end();
      host.out.write(json ? `${JSON.stringify(document, null, 2)}\n` : text === "" ? "" : `${text}\n`);
    },
  };
}
