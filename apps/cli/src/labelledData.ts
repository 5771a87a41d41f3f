import { createHash } from "node:crypto";
import type { LabelledData } from "@monosema/experiments";
import { allRows, openData, openText } from "./data.js";
import { dataTexts } from "./dataFile.js";
import { type Labels, labelPerSample } from "./labels.js";
import type { Given, Options } from "./options.js";
import { sampleOptions } from "./samples.js";
import { UsageError } from "./usageError.js";

/** The options of {@link openLabelled}. */
export const labelledOptions: Options = {
  data: { ...sampleOptions.data, help: "table 2: samples of a network [N, P], as for monosema encode" },
  labels: {
    value: "FILE",
    help: "table 2: class of each sample, JSON or CSV, as for monosema anchors; a record may hold lists for --data and --test",
    path: "input",
  },
  test: {
    value: "FILE",
    help: "table 2: samples to score on (default a quarter of every class)",
    multiple: true,
    path: "input",
  },
  "label-key": { value: "KEY", help: "table 2: key or column of the class where labels are records" },
  "anchored-classes": { value: "K", help: "table 2: classes that are anchored, drawn by the seed (default all)" },
};

/**
 * The samples of a table on real representations.
 *
 * @throws UsageError for options that are missing or do not fit
 */
export async function openLabelled(given: Given, table: string): Promise<LabelledData> {
  const [data, labels, test] = [dataTexts(given, "data"), given.text("labels"), dataTexts(given, "test")];
  if (data.length === 0 || labels === undefined) {
    throw new UsageError(
      `--data FILE and --labels FILE must be given for table ${table}: samples of a network, and the class of each; see monosema table --help`,
    );
  }
  const text = await openText("labels", labels);
  const rows = await openData("data", ...data);
  const held = test.length === 0 ? undefined : await openData("test", ...test);
  if (held && held.columns !== rows.columns) {
    throw new UsageError(
      `--test must have as many columns as --data, ${rows.columns}, got ${held.columns}; give samples of the same network`,
    );
  }
  const labelsOf = (option: string, samples: number): Labels =>
    labelPerSample(text, given.text("label-key"), samples, option);
  const input = await allRows(rows);
  const own = { input, labels: labelsOf("data", rows.rows) };
  const kept = held && { input: await allRows(held), labels: labelsOf("test", held.rows) };
  const anchoredClasses = given.whole("anchored-classes", 1);
  const classes = new Set(own.labels.filter((label) => label !== null)).size;
  if (anchoredClasses !== undefined && anchoredClasses >= classes) {
    throw new UsageError(
      `--anchored-classes must be below the number of classes, ${classes}, got ${anchoredClasses}; leave it out to anchor all`,
    );
  }
  const hash = createHash("sha256");
  for (const part of kept ? [own, kept] : [own]) hash.update(part.input).update(JSON.stringify(part.labels));
  return {
    ...own,
    columns: rows.columns,
    checksum: hash.digest("hex").slice(0, 16),
    ...(kept ? { test: kept } : {}),
    ...(anchoredClasses === undefined ? {} : { anchoredClasses }),
  };
}

/** Refuses the options where the table makes its data. */
export function refuseLabelled(given: Given, table: string): void {
  const got = Object.keys(labelledOptions).filter((name) => given.texts(name).length > 0);
  if (got.length === 0) return;
  throw new UsageError(`--${got.join(", --")} is for table 2, got table ${table}, which makes its data; leave it out`);
}
