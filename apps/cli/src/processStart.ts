import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * When a process of this machine started, as a text that no other process with the same id has; undefined where there is none.
 * A process that has ended and was not yet waited for counts as gone.
 */
export function processStart(pid: number): string | undefined {
  if (process.platform === "linux") return ofProc(pid);
  if (process.platform === "win32") return alive(pid) ? "running" : undefined;
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return stdout?.trim() || undefined;
}

/** Start in clock ticks after the boot of the machine (proc(5), field 22 of stat). */
function ofProc(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Windows tells no start times cheaply: only the id is looked at. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
