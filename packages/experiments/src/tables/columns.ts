import type { TableColumn } from "./table.js";

/** Scores on held-out samples that most tables show. */
export const heldOutColumns: Readonly<Record<"fvu" | "l0" | "dead", TableColumn>> = {
  fvu: { key: "fvu", title: "fvu", meaning: "fraction of variance unexplained on held-out samples" },
  l0: { key: "l0", title: "L0", meaning: "mean active latents per sample" },
  dead: { key: "deadFraction", title: "dead", meaning: "share of latents never active on held-out samples" },
};
