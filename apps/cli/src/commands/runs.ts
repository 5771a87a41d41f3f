import { countRuns } from "@monosema/experiments/format";
import type { SweepDocument, SweepRun } from "@monosema/experiments/report";
import type { Store } from "@monosema/runs";
import type { Command } from "../command.js";
import { openEngine, sharedEngineKind, sharedForms } from "../jobs/engines/openEngine.js";
import { storeOfRuns } from "../jobs/stores/storeOfRuns.js";
import { noBackend, type Session } from "../session.js";
import { shardsText } from "../shards/shardsText.js";
import { sweepRuns } from "../sweep/sweepDocument.js";
import { sweepText } from "../sweep/sweepText.js";
import { writeSweepReport } from "../sweep/writeSweep.js";
import { UsageError } from "../usageError.js";

/** Milliseconds between two looks of `--watch`. */
const pause = 2000;

/** `monosema runs`. */
export const runs: Command = {
  usage: "runs STORE [--watch] [--html] [--retry-failed] [--cancel --engine URL]",
  summary:
    "Says how far the runs of a sweep, or the shards of a file, are: figures of those that are done, what failed and why, what is left.",
  options: {
    watch: { help: "look again every two seconds until all are done or have failed" },
    html: { help: "also write a report with plots, as the sweep does at its end: report.html in the output folder" },
    "retry-failed": { help: "forget the failures, so that the next sweep with this store tries these runs again" },
    cancel: { help: "take back the runs that wait in --engine; those that run go on" },
    engine: { value: "ENGINE", help: `that of the sweep, for --cancel: ${sharedForms}` },
  },
  positionals: ["STORE"],
  writes: ["report.html"],
  async run(session) {
    const { given } = session;
    const path = given.positionals[0] as string;
    if (given.has("cancel") !== (given.text("engine") !== undefined))
      throw new UsageError("--cancel and --engine need each other: runs are taken back from the engine of the sweep");
    if (given.text("out") !== undefined && !given.has("html"))
      session.warn("--out is not used: runs writes files with --html only");
    const store = await storeOfRuns("STORE", path);
    if (given.has("cancel")) await cancel(session, store);
    if (given.has("retry-failed")) await forgive(session, store);
    const screen = session.screen();
    let found = await sweepRuns(store, await store.jobs());
    while (given.has("watch") && !session.signal.aborted && found.some(({ state }) => state === "missing")) {
      screen([countText(found), sweepText(found)].join("\n"), countText(found));
      await new Promise((resolve) => setTimeout(resolve, pause));
      found = await sweepRuns(store, await store.jobs());
    }
    screen("", "");
    const document: SweepDocument = {
      ...session.document(noBackend, store.name, { store: store.name, ...countRuns(found), rows: found }),
      command: "runs",
    };
    const shards = await shardsText(store, await store.jobs());
    const trainings = found.length > 0 || shards.length === 0 ? [countText(found), sweepText(found)] : [];
    const report = given.has("html")
      ? ["", `report: ${await writeSweepReport(session, session.output(), document)}`]
      : [];
    session.finish(document, [...shards, ...trainings, ...report].join("\n").trimEnd());
  },
};

async function forgive(session: Session, store: Store): Promise<void> {
  let count = 0;
  for (const { id } of await store.jobs()) {
    if ((await store.failures(id)).length === 0 || (await store.result(id))) continue;
    await store.forgive(id);
    count += 1;
  }
  session.say(`${count} failed runs wait for the next sweep with this store`);
}

async function cancel(session: Session, store: Store): Promise<void> {
  const text = session.given.text("engine");
  const engine = await openEngine(sharedEngineKind(text), text as string, { store, onNotice: session.say });
  const { waiting, running } = await engine.counts();
  await engine.cancel();
  await engine.close();
  session.say(`${waiting} runs are taken back from ${engine.name}; ${running} that run go on`);
}

function countText(found: readonly SweepRun[]): string {
  const { planned, done, failed } = countRuns(found);
  const begun = found.filter(({ state, step = 0 }) => state === "missing" && step > 0).length;
  return `${planned} runs: ${done} done, ${failed} failed, ${planned - done - failed} left, ${begun} of them with a saved state`;
}
