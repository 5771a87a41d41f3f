import { join } from "node:path";
import type { SweepDocument } from "@monosema/experiments/report";
import type { Session } from "../session.js";
import { sweepText } from "./sweepText.js";

/** Writes the report of runs into a folder; its path. */
export async function writeSweepReport({ write }: Session, out: string, document: SweepDocument): Promise<string> {
  const { sweepReport } = await import("@monosema/experiments/report"); // loads the plotting library
  const report = join(out, "report.html");
  await write(report, sweepReport(document));
  return report;
}

/** The end of a command that trained a grid: report, sweep.json and table. */
export async function finishSweep(session: Session, out: string, document: SweepDocument): Promise<void> {
  const report = await writeSweepReport(session, out, document);
  await session.write(join(out, "sweep.json"), `${JSON.stringify(document, null, 2)}\n`);
  session.finish(document, [sweepText(document.rows), "", `report: ${report}`].join("\n"));
}
