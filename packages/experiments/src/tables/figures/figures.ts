import type { Markup } from "../../report/markup.js";
import type { TableDocument } from "../tableDocument.js";
import { absorptionFigures } from "./absorptionFigures.js";
import { anchorsFigures } from "./anchorsFigures.js";
import { minimaFigures } from "./minimaFigures.js";

/** The pictures of a table; none for those that have no more than numbers. */
export const figuresOf = (document: TableDocument): readonly Markup[] => drawings[document.table]?.(document) ?? [];

const drawings: Readonly<Record<string, (document: TableDocument) => readonly Markup[]>> = {
  minima: minimaFigures,
  absorption: absorptionFigures,
  anchors: anchorsFigures,
};
