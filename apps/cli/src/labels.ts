import { UsageError } from "./usageError.js";

/**
 * Class labels, one per sample, from JSON: a list of names, numbers or nulls; a list of records with the key `key`; or a record with
 * such a list under `labels`.
 *
 * @throws UsageError for anything else
 */
export function labelsFrom(json: unknown, key: string): (string | null)[] {
  const list = Array.isArray(json) ? json : (json as { labels?: unknown } | null)?.labels;
  if (!Array.isArray(list))
    throw new UsageError(
      "--labels must hold a list of labels, or a record with such a list under `labels`; correct the file",
    );
  return list.map((entry: unknown, i) => {
    const label = typeof entry === "object" && entry !== null ? (entry as Record<string, unknown>)[key] : entry;
    if (label === null) return null;
    if (typeof label === "string" || typeof label === "number") return String(label);
    throw new UsageError(
      `--labels must give a name, a number or null for each sample, got ${JSON.stringify(entry)} for sample ${i}; name its key with --label-key`,
    );
  });
}
