import { parseJson } from "@monosema/tensor";
import { parseCsv } from "./csv.js";
import { UsageError } from "./usageError.js";

/** Class labels, one per sample; null leaves a sample out. */
export type Labels = readonly (string | null)[];

/** What a file lists of the samples, and the options that name it. */
export interface SampleList {
  /** The option of the file, and the key of the list in a record. */
  readonly option: string;
  /** The option of the key. */
  readonly keyOption: string;
  /** Keys in records that are tried without it. */
  readonly keys: readonly string[];
}

const classLabels: SampleList = {
  option: "labels",
  keyOption: "label-key",
  keys: ["group", "label", "labels", "class"],
};

/** What such files may hold, for messages. */
const formsOf = ({ option }: SampleList): string =>
  `a JSON list of ${option}, a JSON record with such a list under \`${option}\`, a JSON list of records, or CSV with one row per sample`;

/**
 * Class labels from the text of a file: JSON - a list of names, numbers, true, false or nulls; a list of records; or a record
 * with such a list under `labels` - or CSV with one row per sample, with a header or without. An empty field is a null.
 *
 * @param key - key of the label in records, or its column in a header; default: the first of `group`, `label`, `labels` and `class`
 * @param samples - number of samples; tells a header from a label
 * @throws UsageError for anything else
 */
export function labelsFrom(text: string, key: string | undefined, samples: number): Labels {
  return listFrom(text, key, samples, classLabels);
}

/** The same of another list, such as texts. */
export function listFrom(text: string, key: string | undefined, samples: number, list: SampleList): Labels {
  const keyed = key === undefined ? list : { ...list, keys: [key] };
  return /^\s*[[{]/.test(text)
    ? fromJson(parsed(text, keyed), samples, keyed)
    : fromCsv(parseCsv(text), samples, keyed);
}

/**
 * The same, one for each sample.
 *
 * @param option - the option that the samples come from, for messages
 * @throws UsageError where they are more or fewer
 */
export function labelPerSample(text: string, key: string | undefined, samples: number, option: string): Labels {
  const labels = labelsFrom(text, key, samples);
  if (labels.length === samples) return labels;
  throw new UsageError(
    `--labels must hold one label per sample of --${option}, ${samples}, got ${labels.length}; give null for none`,
  );
}

function parsed(text: string, list: SampleList): unknown {
  try {
    return parseJson(text, `--${list.option}`);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; --${list.option} must hold ${formsOf(list)}`, { cause: error });
  }
}

function fromJson(json: unknown, samples: number, list: SampleList): Labels {
  const { option, keyOption, keys } = list;
  const entries = Array.isArray(json) ? json : listIn(json as Readonly<Record<string, unknown>>, samples, option);
  if (!Array.isArray(entries))
    throw new UsageError(
      `--${option} must hold ${formsOf(list)}, got a record without \`${option}\`; correct the file`,
    );
  return entries.map((entry: unknown, i) => {
    const isRecord = typeof entry === "object" && entry !== null;
    const key = isRecord ? keys.find((name) => Object.hasOwn(entry, name)) : undefined;
    if (isRecord && key === undefined) {
      throw new UsageError(
        `--${option} must give the key ${keys.join(" or ")} in each record, got ${JSON.stringify(entry)} for sample ${i}; name the key with --${keyOption}`,
      );
    }
    const label = key === undefined ? entry : (entry as Record<string, unknown>)[key];
    if (label === null || Number.isNaN(label)) return null; // Python writes NaN for what is missing
    if (["string", "number", "boolean"].includes(typeof label)) return String(label);
    throw new UsageError(
      `--${option} must give a name, a number, true, false or null for each sample, got ${JSON.stringify(label)} for sample ${i}; correct the file`,
    );
  });
}

/** The list of that key, else the only one of as many labels as there are samples, such as `train` beside `test`. */
function listIn(record: Readonly<Record<string, unknown>>, samples: number, key: string): unknown {
  if (Object.hasOwn(record, key)) return record[key];
  const fitting = Object.values(record).filter((value) => Array.isArray(value) && value.length === samples);
  return fitting.length === 1 ? fitting[0] : undefined;
}

function fromCsv(rows: readonly (readonly string[])[], samples: number, list: SampleList): Labels {
  const { option, keyOption, keys } = list;
  const [first] = rows;
  if (first === undefined)
    throw new UsageError(`--${option} must hold ${formsOf(list)}, got an empty file; check the path`);
  const ragged = rows.findIndex((row) => row.length !== first.length);
  if (ragged > 0) {
    throw new UsageError(
      `--${option} must hold ${formsOf(list)}, got CSV with ${rows[ragged]?.length} fields in row ${ragged + 1} and ${first.length} in the first; correct the file`,
    );
  }
  const named = keys.map((name) => first.indexOf(name)).find((at) => at >= 0);
  const hasHeader = rows.length === samples + 1 || (named !== undefined && rows.length !== samples);
  const column = hasHeader && named !== undefined ? named : first.length === 1 ? 0 : undefined;
  if (column === undefined) {
    throw new UsageError(
      `--${option} must name one column of a CSV file, got ${hasHeader ? first.join(", ") : `${first.length} columns without a header`}; name it with --${keyOption}`,
    );
  }
  return rows.slice(hasHeader ? 1 : 0).map((row) => row[column] || null);
}
