import type { Engine, Job, Store } from "@monosema/runs";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import type { EngineKind } from "./engines/engineKind.js";
import { openEngine } from "./engines/openEngine.js";
import { type WorkPlan, work } from "./work.js";

/** Options of {@link runJobs}. */
export interface RunJobsOptions extends Pick<WorkPlan, "workers" | "nameOf" | "unit"> {
  /** Delivers them. */
  readonly kind: EngineKind;
  /** Its text on the command line. */
  readonly engine: string;
}

/** Runs jobs, several at a time; where the engine is shared, so do the workers of other machines. What is finished is in the store. */
export async function runJobs(
  session: Session,
  store: Store,
  jobs: readonly Job[],
  { kind, engine: text, workers, nameOf, unit }: RunJobsOptions,
): Promise<void> {
  const { given } = session;
  const [asked, threads, saveEvery] = [
    given.whole("workers", 0),
    given.whole("threads", 1),
    given.whole("save-every", 1),
  ];
  const engine = await openEngine(kind, text, {
    ...{ store, onNotice: session.say },
    ...(asked === undefined ? {} : { workers: asked }),
    ...(threads === undefined ? {} : { threads }),
    ...(saveEvery === undefined ? {} : { saveEvery }),
  });
  try {
    await engine.submit(jobs);
    if (kind.isShared) session.say(submittedText(kind, engine, store, text));
    const stays = kind.hasWorkers ? "" : `what is submitted to ${engine.name} runs on; `;
    session.keeps(
      `${stays}finished ${unit} and states are in ${store.name}; the same command with --store ${shellQuoted(store.name)} goes on`,
    );
    await work(session, store, engine, { workers, drain: true, total: jobs, nameOf, unit });
  } finally {
    await engine.close();
  }
}

function submittedText({ hasWorkers }: EngineKind, { name }: Engine, store: Store, text: string): string {
  const [engine, place] = [shellQuoted(text), shellQuoted(store.name)];
  return hasWorkers
    ? `submitted to ${name}; on more machines: monosema worker --engine ${engine} --store ${place}`
    : `submitted to ${name}; taken back by: monosema runs ${place} --cancel --engine ${engine}`;
}
