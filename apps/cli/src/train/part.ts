import { atCommandLine } from "../advice.js";
import type { Session } from "../session.js";

/**
 * The session of one of several runs of a command: its time and its warnings are its own, and what stays if the command ends is said
 * for all of them.
 *
 * @param name - what its warnings begin with
 * @param common - warnings that all runs share
 */
export function partOf(session: Session, name: string, common: readonly string[]): Session {
  const started = performance.now();
  const warnings = new Set(common);
  return {
    ...session,
    keeps: () => {},
    warn(warning) {
      warnings.add(atCommandLine(warning));
      session.warn(`${name}: ${warning}`);
    },
    document: (backend, out, own) => ({
      ...session.document(backend, out, own),
      warnings: [...warnings],
      seconds: Math.round(performance.now() - started) / 1000,
    }),
  };
}
