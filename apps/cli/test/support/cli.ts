import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random, writeNpy } from "@monosema/tensor";
import { type FileSystem, nodeFileSystem } from "@monosema/tensor/node";
import { onTestFinished, vi } from "vitest";
import { main } from "../../src/main.js";

/** The program. */
export const bin: string = fileURLToPath(new URL("../../bin/monosema.js", import.meta.url));

/** What a run of the command line left. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the signal to the end, where one was sent. */
  readonly afterSignal?: number;
}

/** Runs `monosema` and waits for it. */
export function monosema(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

/** Runs `monosema` inside this process: quicker, for runs that end before a backend is opened. */
export function inProcess(...args: readonly string[]): Promise<Ran> {
  return inProcessOn(nodeFileSystem, ...args);
}

/** The same, on another file system. */
export async function inProcessOn(fs: FileSystem, ...args: readonly string[]): Promise<Ran> {
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockReturnValue(true),
  );
  try {
    const status = await main(args, fs);
    const text = (spy: typeof stdout): string => (spy?.mock.calls ?? []).map(([chunk]) => String(chunk)).join("");
    return { status, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    stdout?.mockRestore();
    stderr?.mockRestore();
  }
}

/** The JSON document of a run that must end with status 0. */
export function document(...args: readonly string[]): Record<string, unknown> {
  const ran = monosema(...args, "--json");
  if (ran.status !== 0) throw new Error(`monosema ${args.join(" ")} ended with ${ran.status}:\n${ran.stderr}`);
  return JSON.parse(ran.stdout) as Record<string, unknown>;
}

/** Starts `monosema` and sends it a signal, after some milliseconds or once standard error matches, unless it has ended by itself. */
export function interrupted(
  signal: "SIGKILL" | "SIGINT" | "SIGTERM",
  when: number | RegExp,
  ...args: readonly string[]
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    let sent = Number.NaN;
    const send = (): void => {
      sent = performance.now();
      child.kill(signal);
    };
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
      if (when instanceof RegExp && !child.killed && when.test(stderr)) send();
    });
    const timer = typeof when === "number" ? setTimeout(send, when) : undefined;
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr, afterSignal: performance.now() - sent });
    });
  });
}

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "monosema-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes samples that are sparse sums of `features` random directions, [rows, columns], and returns the file. */
export function writeSamples(
  folder: string,
  name: string,
  rows: number,
  columns: number,
  features: number = 24,
): string {
  const stream = random(7, "samples", columns);
  const directions = Array.from({ length: features }, () =>
    Array.from({ length: columns }, () => stream.normal() / Math.sqrt(columns)),
  );
  const data = new Float32Array(rows * columns);
  for (let b = 0; b < rows; b++) {
    for (const direction of directions) {
      if (!stream.bernoulli(0.1)) continue;
      const size = 1 + stream.exponential();
      for (let d = 0; d < columns; d++)
        data[b * columns + d] = (data[b * columns + d] as number) + size * (direction[d] as number);
    }
  }
  const file = join(folder, name);
  writeFileSync(file, writeNpy({ shape: [rows, columns], data }));
  return file;
}
