import type { RowOrigin, RowTexts } from "@monosema/features";
import { originAt } from "@monosema/features";
import type { Documents } from "@monosema/harvest/read";
import { openText } from "../data.js";
import { listFrom } from "../labels.js";
import type { Given, Option } from "../options.js";
import { UsageError } from "../usageError.js";

/** Texts of rows that are no tokens. */
export const textsOption: Readonly<Record<"texts" | "text-key", Option>> = {
  texts: {
    value: "FILE",
    help: "what each row is, to look at: JSON or CSV as --labels, or lines of a .txt; rows of tokens need none",
    path: "input",
  },
  "text-key": { value: "KEY", help: "key or column of the text where --texts are records (default text or name)" },
};

/**
 * Texts of rows: those of `--texts`, else of rows that are whole documents those of documents.jsonl.
 *
 * @throws UsageError where there is not one for each row
 */
export async function rowTexts(
  given: Given,
  rows: number,
  origin: RowOrigin | undefined,
  documents: Documents | undefined,
): Promise<RowTexts | undefined> {
  const path = given.text("texts");
  if (path !== undefined) {
    const texts = await textsFrom(path, given.text("text-key"), rows);
    return async (wanted) => Array.from(wanted, (row) => texts[row] ?? undefined);
  }
  if (documents === undefined || origin?.documents === undefined || origin.tokens !== undefined) return undefined;
  return async (wanted) => {
    const { documents: ids = [] } = await originAt(origin, wanted);
    const texts: (string | undefined)[] = [];
    for (const id of ids) {
      const { text, fields } = await documents.read(id);
      texts.push(text ?? (typeof fields.file === "string" ? fields.file : undefined)); // of an image its name
    }
    return texts;
  };
}

async function textsFrom(path: string, key: string | undefined, rows: number): Promise<readonly (string | null)[]> {
  const content = await openText("texts", path);
  const texts = path.endsWith(".txt")
    ? content.replace(/\r?\n$/, "").split(/\r?\n/)
    : listFrom(content, key, rows, { option: "texts", keyOption: "text-key", keys: ["text", "name"] });
  if (texts.length === rows) return texts;
  throw new UsageError(
    `--texts must hold one text per row of --data, ${rows}, got ${texts.length}; give null for none`,
  );
}
