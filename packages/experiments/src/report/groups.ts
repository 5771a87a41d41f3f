import type { BenchRow } from "../records.js";
import { deviation, mean } from "./statistics.js";

/** Rows of one method and kind of anchors: its seeds. */
export interface RowGroup {
  /** Display name of the method, such as `TopK`. */
  readonly method: string;
  /** Kind and number of anchors, such as `none` or `truth 10`. */
  readonly anchors: string;
  /** Kind of anchors alone. */
  readonly kind: string;
  /** Position of the method in order of appearance; chooses its colour. */
  readonly index: number;
  /** One row per seed, at least one. */
  readonly rows: readonly BenchRow[];
}

/** Groups rows by method and kind of anchors, in order of appearance. */
export function groupRows(rows: readonly BenchRow[]): readonly RowGroup[] {
  const methods = [...new Set(rows.map(({ method }) => method))];
  const groups = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.method, row.anchors.kind]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const { method, anchors } = group[0] as BenchRow;
    return {
      method: names[method] ?? method,
      anchors: anchorsOf(group),
      kind: anchors.kind,
      index: methods.indexOf(method),
      rows: group,
    };
  });
}

/** Mean of a quantity over the seeds of a group. */
export const meanOf = ({ rows }: RowGroup, quantity: (row: BenchRow) => number): number => rowsMean(rows, quantity);

/** Mean of a quantity. */
export const rowsMean = <T>(rows: readonly T[], quantity: (row: T) => number): number => mean(rows.map(quantity));

/** Sample standard deviation over the seeds; undefined for one seed. */
export const deviationOf = ({ rows }: RowGroup, quantity: (row: BenchRow) => number): number | undefined =>
  deviation(rows.map(quantity));

/** Method and anchors in words, such as `TopK, truth 10`. */
export const labelOf = ({ method, anchors }: RowGroup): string =>
  anchors === "none" ? method : `${method}, ${anchors}`;

const names: Readonly<Record<string, string>> = {
  relu: "ReLU",
  jumprelu: "JumpReLU",
  topk: "TopK",
  batchtopk: "BatchTopK",
  matryoshka: "Matryoshka",
  transcoder: "transcoder",
  crosscoder: "crosscoder",
};

function anchorsOf(rows: readonly BenchRow[]): string {
  const { kind } = (rows[0] as BenchRow).anchors;
  if (kind === "none") return kind;
  const counts = rows.map(({ anchors }) => anchors.count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `${kind} ${least === most ? least : `${least}-${most}`}`;
}
