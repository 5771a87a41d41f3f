import { classMeanAnchors } from "@monosema/anchoring";
import { bestThreshold, type Detector, f1At, forPositive, ranked, rankedAuroc } from "@monosema/bench";
import { columnMeans, lessMean, type Model, openModel } from "@monosema/sdl";
import type { Backend, SparseRows } from "@monosema/tensor";
import type { LabelledSamples } from "./labelledData.js";
import type { LabelledSplit } from "./labelledSplit.js";

/** How well each class is found, in the order of the classes. */
export interface ClassScores {
  /** Best |cosine| of a direction with the class mean of the held-out samples. */
  readonly mip: readonly number[];
  /** Cosine of the class means of both sides: what a direction that is learned can reach. */
  readonly ceiling: readonly number[];
  /** F1 on held-out samples of the detector and threshold that are best on the others. */
  readonly f1: readonly number[];
  /** Area under the ROC curve of that detector on held-out samples. */
  readonly auroc: readonly number[];
}

/** Directions of the classes, about the mean of the samples to learn from, `[C, P]` unit rows. */
export interface ClassDirections {
  /** Of the samples to learn from. */
  readonly train: Float32Array;
  /** Of those held out. */
  readonly test: Float32Array;
}

/** Class means of both sides about one mean. */
export function classDirections({ classes, train, test, columns }: LabelledSplit): ClassDirections {
  const only = (labels: LabelledSamples["labels"]): LabelledSamples["labels"] =>
    labels.map((label) => (label !== null && classes.includes(label) ? label : null));
  const about = lessMean(test.input, columnMeans(train.input, columns));
  return {
    train: classMeanAnchors(train.input, only(train.labels)).input as Float32Array,
    test: classMeanAnchors(about, only(test.labels), { center: false }).input as Float32Array,
  };
}

/** Scores of a dictionary: for each class the latent that detects it best on the samples to learn from. */
export async function dictionaryScores(
  backend: Backend,
  model: Model,
  split: LabelledSplit,
  directions: ClassDirections,
): Promise<ClassScores> {
  const { nQ } = model.spec;
  const loaded = openModel(backend, model);
  try {
    const [train, test] = [await detectors(loaded, split.train, nQ), await detectors(loaded, split.test, nQ)];
    return {
      ...cosines(directions, model.weights.decoder, split.columns),
      ...detections(split, () => ({ train, test })),
    };
  } finally {
    loaded.dispose();
  }
}

/** Scores of directions themselves, one latent for each: the sample about the mean, projected on it. */
export function projectionScores(
  split: LabelledSplit,
  directions: ClassDirections,
  rows: Float32Array,
  ofClass?: (index: number) => number,
): ClassScores {
  const { columns, train, test } = split;
  const mean = columnMeans(train.input, columns);
  const project = ({ input, labels }: LabelledSamples, row: number): Detector => {
    const samples = labels.map((_, sample) => sample);
    const values = samples.map((sample) => {
      let sum = 0;
      for (let d = 0; d < columns; d++)
        sum += ((input[sample * columns + d] as number) - (mean[d] as number)) * (rows[row * columns + d] as number);
      return sum;
    });
    return { samples, values };
  };
  const all = Array.from({ length: rows.length / columns }, (_, row) => row);
  const made = all.map((row) => ({ train: project(train, row), test: project(test, row) }));
  return {
    ...cosines(directions, rows, columns),
    ...detections(split, (index) => {
      const own = ofClass === undefined ? made : [made[ofClass(index)] as (typeof made)[number]];
      return { train: own.map((one) => one.train), test: own.map((one) => one.test) };
    }),
  };
}

function detections(
  { classes, train, test }: LabelledSplit,
  of: (index: number) => { readonly train: readonly Detector[]; readonly test: readonly Detector[] },
): Pick<ClassScores, "f1" | "auroc"> {
  const sorted = new Map<Detector, ReturnType<typeof ranked>>();
  const rankedOnce = (detector: Detector): ReturnType<typeof ranked> => {
    const found = sorted.get(detector) ?? ranked(detector);
    sorted.set(detector, found);
    return found;
  };
  const f1: number[] = [];
  const areas: number[] = [];
  classes.forEach((name, index) => {
    const detectorsOf = of(index);
    const [learned, held] = [membership(train, name), membership(test, name)];
    let best = { f1: -1, threshold: 0, at: 0 };
    detectorsOf.train.forEach((detector, at) => {
      const found = bestThreshold(rankedOnce(detector), learned.positive, learned.count);
      if (found.f1 > best.f1) best = { ...found, at };
    });
    const detector = detectorsOf.test[best.at] as Detector;
    f1.push(f1At(detector, best.threshold, held.positive, held.count));
    areas.push(rankedAuroc(rankedOnce(detector), held.positive));
  });
  return { f1, auroc: areas };
}

function membership(
  { labels }: LabelledSamples,
  name: string,
): { readonly positive: Uint8Array; readonly count: number } {
  const positive = Uint8Array.from(labels, (label) => Number(label === name));
  return { positive, count: positive.reduce((sum, one) => sum + one, 0) };
}

/** The codes of samples, latent by latent. */
async function detectors(
  loaded: ReturnType<typeof openModel>,
  { input, labels }: LabelledSamples,
  nQ: number,
): Promise<readonly Detector[]> {
  const [samples, values] = [0, 1].map(() => Array.from({ length: nQ }, (): number[] => [])) as [
    number[][],
    number[][],
  ];
  const columns = input.length / labels.length;
  const block = 500;
  for (let start = 0; start < labels.length; start += block) {
    const size = Math.min(block, labels.length - start);
    const codes: SparseRows = await loaded.encode(input.subarray(start * columns, (start + size) * columns), size);
    for (let row = 0; row < size; row++) {
      forPositive(codes, row, (latent, value) => {
        samples[latent]?.push(start + row);
        values[latent]?.push(value);
      });
    }
  }
  return samples.map((own, latent) => ({ samples: own, values: values[latent] as number[] }));
}

function cosines(
  { train, test }: ClassDirections,
  rows: Float32Array,
  columns: number,
): Pick<ClassScores, "mip" | "ceiling"> {
  const count = test.length / columns;
  const norms = Array.from({ length: rows.length / columns }, (_, i) =>
    Math.sqrt(rows.subarray(i * columns, (i + 1) * columns).reduce((sum, value) => sum + value * value, 0)),
  );
  const floor = 1e-6 * Math.max(...norms); // rows that decay has shrunk to nothing have no direction
  const dot = (a: Float32Array, i: number, b: Float32Array, j: number): number => {
    let sum = 0;
    for (let d = 0; d < columns; d++) sum += (a[i * columns + d] as number) * (b[j * columns + d] as number);
    return sum;
  };
  const mip = Array.from({ length: count }, (_, c) =>
    norms.reduce((best, norm, i) => (norm > floor ? Math.max(best, Math.abs(dot(rows, i, test, c)) / norm) : best), 0),
  );
  return { mip, ceiling: Array.from({ length: count }, (_, c) => dot(train, c, test, c)) };
}
