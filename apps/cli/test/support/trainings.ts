import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Training processes of a store that run now, with the step of their newest state. */
export function trainingsIn(store: string): readonly { readonly pid: number; readonly step: number }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
      const folder = args.flatMap((arg) => /^--(?:out|resume)=(.*)$/.exec(arg)?.[1] ?? [])[0];
      if (!folder?.startsWith(join(store, "jobs"))) return [];
      const states = existsSync(join(folder, "states")) ? readdirSync(join(folder, "states")) : [];
      const steps = states.map((state) => Number(/^step-(\d+)$/.exec(state)?.[1] ?? 0));
      return [{ pid: Number(name), step: Math.max(0, ...steps) }];
    } catch {
      return []; // has ended
    }
  });
}

/** A moment between two looks. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
