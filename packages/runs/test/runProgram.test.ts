import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
// From the build: what is loaded into a child is a file of it.
import { JobError, runProgram } from "../dist/index.js";
import { temporaryFolder, until } from "./support/temporary.js";

const signal = new AbortController().signal;

function programIn(folder: string, text: string): string {
  const file = join(folder, "program.mjs");
  writeFileSync(file, text);
  return file;
}

it("gives what the program writes", async () => {
  const program = programIn(temporaryFolder(), "console.log(process.argv.slice(2).join());");
  expect(await runProgram(program, ["a", "b"], { signal })).toBe("a,b\n");
});

it.each([
  ["process.stderr.write('k must be 4'); process.exit(2)", "k must be 4", "final"],
  ["process.stderr.write('disk full'); process.exit(1)", "disk full", "failed"],
  ["process.kill(process.pid, 'SIGKILL')", "must end with status 0, got SIGKILL", "lost"],
])("tells how it failed: %s", async (text, message, kind) => {
  const error = await runProgram(programIn(temporaryFolder(), text), [], { signal }).catch((caught) => caught);
  expect(error).toBeInstanceOf(JobError);
  expect(error).toMatchObject({ message: expect.stringContaining(message), kind });
});

it("a program that is told to end may save its work", async () => {
  const folder = temporaryFolder();
  const saved = join(folder, "saved");
  const text = `import { writeFileSync } from "node:fs";
    process.on("SIGTERM", () => { writeFileSync(${JSON.stringify(saved)}, "1"); process.exit(130); });
    writeFileSync(${JSON.stringify(join(folder, "up"))}, "1"); setInterval(() => {}, 1000);`;
  const stop = new AbortController();
  const running = runProgram(programIn(folder, text), [], { signal: stop.signal });
  await until(() => existsSync(join(folder, "up")));
  stop.abort();
  await expect(running).rejects.toThrow("aborted");
  expect(existsSync(saved)).toBe(true);
}, 30_000);

it("a program ends with the process that runs it, killed -9", async () => {
  const folder = temporaryFolder();
  const pidFile = join(folder, "pid");
  const child = programIn(
    folder,
    `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
  );
  const module = new URL("../dist/index.js", import.meta.url).href;
  const text = `const { runProgram } = await import(${JSON.stringify(module)});
    await runProgram(${JSON.stringify(child)}, [], { signal: new AbortController().signal });`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "ignore" });
  await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
  const pid = Number(readFileSync(pidFile, "utf8"));
  expect(alive(pid)).toBe(true);
  parent.kill("SIGKILL");
  await until(() => !alive(pid));
}, 30_000);

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
