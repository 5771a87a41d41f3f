import { isLearning } from "../statistics/rowHash.js";

/** Labelled rows of each half that a class must have. */
const LEAST = 2;

/** Labelled rows of the sample in two halves. */
export interface LabelledHalves {
  /** Names of the classes that both halves have. */
  readonly classes: readonly string[];
  /** To choose on. */
  readonly learning: LabelledHalf;
  /** To measure on. */
  readonly held: LabelledHalf;
}

/** Labelled rows of one half. */
export interface LabelledHalf {
  /** Places in the sample `[n]`. */
  readonly places: Int32Array;
  /** Number in the half of each place in the sample, -1 for those of the other, `[S]`. */
  readonly numbers: Int32Array;
  /** Class of each row of the half; -1 for one that is in no class `[n]`. */
  readonly classOf: Int32Array;
  /** Rows of each class. */
  readonly counts: Int32Array;
}

/**
 * Divides the labelled rows of a sample.
 *
 * @param rows - the sampled rows `[S]`
 * @param labels - class of each row of the activations
 */
export function labelledHalves(rows: Int32Array, labels: readonly (string | null)[]): LabelledHalves {
  const places = (side: boolean): Int32Array =>
    Int32Array.from(rows.keys()).filter((place) => {
      const row = rows[place] as number;
      return labels[row] != null && isLearning(row) === side;
    });
  const both = [places(true), places(false)] as const;
  const counts = both.map((own) => {
    const found = new Map<string, number>();
    for (const place of own) {
      const name = labels[rows[place] as number] as string;
      found.set(name, (found.get(name) ?? 0) + 1);
    }
    return found;
  }) as [Map<string, number>, Map<string, number>];
  const classes = [...counts[0].keys()]
    .filter((name) => counts.every((found) => (found.get(name) ?? 0) >= LEAST))
    .sort();
  const index = new Map(classes.map((name, i) => [name, i]));
  const half = (own: Int32Array, found: ReadonlyMap<string, number>): LabelledHalf => {
    const numbers = new Int32Array(rows.length).fill(-1);
    own.forEach((place, i) => {
      numbers[place] = i;
    });
    const classOf = own.map((place) => index.get(labels[rows[place] as number] as string) ?? -1);
    return { places: own, numbers, classOf, counts: Int32Array.from(classes, (name) => found.get(name) ?? 0) };
  };
  return { classes, learning: half(both[0], counts[0]), held: half(both[1], counts[1]) };
}
