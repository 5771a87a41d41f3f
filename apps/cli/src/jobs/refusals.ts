import { canonicalJson, type Job, type Store } from "@monosema/runs";
import type { AskedTier, Session } from "../session.js";
import { UsageError } from "../usageError.js";
import { version } from "../version.js";
import { pinsOf } from "./pinsOf.js";

/** Why this process cannot do a job that another may do: it has another store, version, backend or tier; undefined where it can. */
export function refusals(session: Session, store: Store): (job: Job) => Promise<string | undefined> {
  const known = new Map<string, Promise<string | undefined>>();
  return async (job) => {
    if ((await store.job(job.id)) === undefined)
      return `the store must be that of the sweep, got ${store.name} without the job ${job.id}; name its --store`;
    if (job.version !== version)
      return `the job was made by monosema ${job.version}, this worker is ${version}; install ${job.version} here, or submit again`;
    const pins = canonicalJson(job.pins);
    if (!known.has(pins)) known.set(pins, unmetPin(session, job.pins));
    return await known.get(pins);
  };
}

/** Which of the pins of a job this machine does not offer. */
async function unmetPin(session: Session, pins: Job["pins"]): Promise<string | undefined> {
  try {
    const backend = await session.backend(pins.backend, pins.tier as AskedTier | undefined);
    await backend.close();
    const got = pinsOf(backend);
    const unmet = Object.keys(pins).find((name) => got[name] !== pins[name]);
    return unmet === undefined ? undefined : pinText(unmet, pins[unmet], got[unmet]);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return `the job needs the backend ${[pins.backend, pins.tier].filter(Boolean).join(" ")}: ${error.message}`;
  }
}

/** That a machine has not what a job needs. */
export const pinText = (name: string, wanted: string | undefined, got: string | undefined): string =>
  `the job needs the ${name} ${wanted}, got ${got}; use a machine that has it`;
