import { openMatrices } from "./matrices.js";

/** The document of each row of some samples, or why it is not known. */
export interface RowDocuments {
  /** `[N]`, at least 0; rows of a document follow each other. */
  readonly documents?: Int32Array;
  /** Why there are none. */
  readonly why?: string;
}

/**
 * The documents that the files of `--data` state for their rows.
 *
 * @param rows - samples N; rows of several heads belong to one
 * @param dropped - samples that are left out, ascending
 */
export async function rowDocuments(texts: readonly string[], rows: number, dropped: Int32Array): Promise<RowDocuments> {
  const { matrix, origin } = await openMatrices("data", texts);
  try {
    const all = await origin?.documents?.(0, matrix.rows);
    if (all === undefined) return { why: "the data do not know the documents of their rows" };
    const heads = matrix.rows / rows;
    const gone = new Set(dropped);
    const documents = Int32Array.from({ length: rows }, (_, row) => all[row * heads] as number).filter(
      (_, row) => !gone.has(row),
    );
    if (documents.some((document) => document < 0)) return { why: "the data have rows of no document" };
    return areWhole(documents) ? { documents } : { why: "rows of one document lie apart from each other" };
  } finally {
    await matrix.close();
  }
}

/** Whether no document begins again after another. */
function areWhole(documents: Int32Array): boolean {
  const begun = new Set<number>();
  return documents.every((document, row) => {
    if (row > 0 && documents[row - 1] === document) return true;
    const isNew = !begun.has(document);
    begun.add(document);
    return isNew;
  });
}
