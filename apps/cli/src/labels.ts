import { parseJson } from "@monosema/tensor";
import { parseCsv } from "./csv.js";
import { UsageError } from "./usageError.js";

/** Class labels, one per sample; null leaves a sample out. */
export type Labels = readonly (string | null)[];

/** What files of labels may hold, for messages. */
const FORMS =
  "a JSON list of labels, a JSON record with such a list under `labels`, a JSON list of records, or CSV with one row per sample";

/**
 * Class labels from the text of a file: JSON - a list of names, numbers, true, false or nulls; a list of records; or a record
 * with such a list under `labels` - or CSV with one row per sample, with a header or without. An empty field is a null.
 *
 * @param key - key of the label in records, or its column in a header; default: the first of `group`, `label`, `labels` and `class`
 * @param samples - number of samples; tells a header from a label
 * @throws UsageError for anything else
 */
export function labelsFrom(text: string, key: string | undefined, samples: number): Labels {
  const keys = key === undefined ? ["group", "label", "labels", "class"] : [key];
  return /^\s*[[{]/.test(text) ? fromJson(parsed(text), keys, samples) : fromCsv(parseCsv(text), keys, samples);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, "--labels");
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; --labels must hold ${FORMS}`, { cause: error });
  }
}

function fromJson(json: unknown, keys: readonly string[], samples: number): Labels {
  const list = Array.isArray(json) ? json : listIn(json as Readonly<Record<string, unknown>>, samples);
  if (!Array.isArray(list))
    throw new UsageError(`--labels must hold ${FORMS}, got a record without \`labels\`; correct the file`);
  return list.map((entry: unknown, i) => {
    const isRecord = typeof entry === "object" && entry !== null;
    const key = isRecord ? keys.find((name) => Object.hasOwn(entry, name)) : undefined;
    if (isRecord && key === undefined) {
      throw new UsageError(
        `--labels must give the key ${keys.join(" or ")} in each record, got ${JSON.stringify(entry)} for sample ${i}; name the key with --label-key`,
      );
    }
    const label = key === undefined ? entry : (entry as Record<string, unknown>)[key];
    if (label === null || Number.isNaN(label)) return null; // Python writes NaN for what is missing
    if (["string", "number", "boolean"].includes(typeof label)) return String(label);
    throw new UsageError(
      `--labels must give a name, a number, true, false or null for each sample, got ${JSON.stringify(label)} for sample ${i}; correct the file`,
    );
  });
}

/** The list `labels`, else the only one of as many labels as there are samples, such as `train` beside `test`. */
function listIn(record: Readonly<Record<string, unknown>>, samples: number): unknown {
  if (Object.hasOwn(record, "labels")) return record.labels;
  const fitting = Object.values(record).filter((value) => Array.isArray(value) && value.length === samples);
  return fitting.length === 1 ? fitting[0] : undefined;
}

function fromCsv(rows: readonly (readonly string[])[], keys: readonly string[], samples: number): Labels {
  const [first] = rows;
  if (first === undefined) throw new UsageError(`--labels must hold ${FORMS}, got an empty file; check the path`);
  const ragged = rows.findIndex((row) => row.length !== first.length);
  if (ragged > 0) {
    throw new UsageError(
      `--labels must hold ${FORMS}, got CSV with ${rows[ragged]?.length} fields in row ${ragged + 1} and ${first.length} in the first; correct the file`,
    );
  }
  const named = keys.map((name) => first.indexOf(name)).find((at) => at >= 0);
  const hasHeader = rows.length === samples + 1 || (named !== undefined && rows.length !== samples);
  const column = hasHeader && named !== undefined ? named : first.length === 1 ? 0 : undefined;
  if (column === undefined) {
    throw new UsageError(
      `--labels must name one column of a CSV file, got ${hasHeader ? first.join(", ") : `${first.length} columns without a header`}; name it with --label-key`,
    );
  }
  return rows.slice(hasHeader ? 1 : 0).map((row) => row[column] || null);
}
