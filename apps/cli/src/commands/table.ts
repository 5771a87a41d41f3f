import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type FinishedRow,
  readFinishedRows,
  runTable,
  scales,
  type Table,
  type TableDocument,
  tableContent,
  tables,
  tableText,
  writeFinishedRows,
} from "@monosema/experiments";
import type { Command } from "../command.js";
import { didYouMean } from "../didYouMean.js";
import { labelledOptions, openLabelled, refuseLabelled } from "../labelledData.js";
import type { Session } from "../session.js";
import { shellQuoted } from "../shellQuoted.js";
import { UsageError } from "../usageError.js";

const names = tables.map(({ name }) => name);

/** Finished rows, one line of JSON each. */
const ROWS = "rows.jsonl";

/** `monosema table`. */
export const table: Command = {
  usage: `table ${names.join("|")} [--scale paper|reduced] [--seeds N] [--rows A,B]`,
  summary:
    "A table of the paper, or one of ours, with our numbers beside the paper's. Rows are saved as they are done: the same --out goes on where an earlier run stopped.",
  options: {
    scale: {
      value: "S",
      help: `${scales.join(", ")}: the sizes (default reduced, a minute or so; paper takes far longer)`,
    },
    seeds: { value: "N", help: "seeds, from --seed on (default: the table's own)" },
    rows: { value: "LIST", help: "comma-separated names of rows (default all)" },
    ...labelledOptions,
  },
  positionals: ["TABLE"],
  writes: [ROWS, "table.json", "report.html"],
  async run(session) {
    const { given, seed } = session;
    const chosen = tableOf(given.positionals[0] as string);
    const scale = given.choice("scale", scales) ?? "reduced";
    if (chosen.data === "made") refuseLabelled(given, chosen.name);
    const data = chosen.data === "labelled" ? await openLabelled(given, chosen.name) : undefined;
    const all = chosen.rows(scale, data);
    const wanted =
      given.list(
        "rows",
        all.map(({ name }) => name),
      ) ?? all.map(({ name }) => name);
    const rows = all.filter(({ name }) => wanted.includes(name));
    const count = given.whole("seeds", 1) ?? chosen.seeds;
    const { out, done } = await openFolder(session, chosen);
    const backend = await session.backend();
    session.say(`backend: ${backend.detail}`);
    session.say(`${chosen.title}, ${scale}: ${rows.length} rows, ${count} ${count === 1 ? "seed" : "seeds"}`);
    let shown = session.progress({ total: 1, unit: "rows" });
    const finished = await runTable(backend, {
      table: chosen.name,
      rows,
      seeds: Array.from({ length: count }, (_, i) => seed + i),
      done,
      onPlan: (total) => {
        if (total > 0) shown = session.progress({ total, unit: "rows" });
      },
      onProgress: (at, label) => shown.update(at, label),
      onWarning: session.warn,
      async onRow(rowsDone) {
        await session.write(join(out, ROWS), writeFinishedRows(rowsDone));
        keeping(session, chosen, out);
      },
    });
    shown.end();
    await backend.close();
    const document: TableDocument = session.document(backend, out, tableContent(chosen, scale, all, finished));
    const { tableReport } = await import("@monosema/experiments/report"); // loads the plotting library
    const report = join(out, "report.html");
    await session.write(report, tableReport(document, chosen.columns, chosen.about));
    await session.write(join(out, "table.json"), `${JSON.stringify(document, null, 2)}\n`);
    session.finish(document, `${tableText(document, chosen.columns)}\n\nreport: ${report}`);
  },
};

function tableOf(name: string): Table {
  const found = tables.find((one) => one.name === name);
  if (found === undefined) {
    throw new UsageError(`table must be one of ${names.join(", ")}, got ${name}${didYouMean(name, names)}; choose one`);
  }
  return found;
}

/** The output folder and the rows that an earlier run left in it. */
async function openFolder(
  session: Session,
  chosen: Table,
): Promise<{ readonly out: string; readonly done: readonly FinishedRow[] }> {
  const { given } = session;
  const asked = given.text("out");
  const earlier = asked === undefined || given.has("force") ? undefined : join(resolve(asked), ROWS);
  if (earlier === undefined || !existsSync(earlier)) return { out: session.output(), done: [] };
  const done = await readEarlier(earlier);
  const other = done.find(({ table: name }) => name !== chosen.name);
  if (other !== undefined) {
    throw new UsageError(
      `--out must name a new folder or one of table ${chosen.name}, got ${asked} with table ${other.table}; choose another`,
    );
  }
  const out = session.output(asked);
  keeping(session, chosen, out);
  return { out, done };
}

async function readEarlier(path: string): Promise<readonly FinishedRow[]> {
  const text = await readFile(path, "utf8");
  try {
    return readFinishedRows(text);
  } catch (error) {
    throw new UsageError(`--out holds ${path}, which cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Says what is kept and how to go on: the command with what decides its rows. */
function keeping({ given, keeps }: Session, { name }: Table, out: string): void {
  const asked = ["seed", ...Object.keys(table.options)].flatMap((option) => {
    return given.texts(option).flatMap((value) => [`--${option}`, value]);
  });
  const again = ["monosema", "table", name, ...asked, "--out", out].map(shellQuoted).join(" ");
  keeps(`the rows that are done are in ${out}; go on with: ${again}`);
}
