import { bestThreshold, f1At, type RankedDetector, ranked, rankedAuroc } from "@monosema/bench";
import type { Rows } from "@monosema/sdl";
import type { Backend } from "@monosema/tensor";
import type { ClassScore } from "../featureRecord.js";
import { type LabelledHalf, type LabelledHalves, labelledHalves } from "./labelledHalves.js";
import type { LatentCodes } from "./latentCodes.js";
import { meanProjections } from "./meanProjections.js";

/** What is known of the rows beside their numbers. */
export interface RowLabels {
  /** Class of each row; null for none. */
  readonly labels: readonly (string | null)[];
  /** The rows themselves `[N, P]`, for the control. */
  readonly samples: Rows;
}

/**
 * How well each latent tells the class that it tells best: class and threshold are chosen on one half of the sampled rows, F1 and AUROC
 * measured on the other. Beside it the projection on the mean of the class less that of all, from the same halves.
 *
 * @param rows - the sampled rows, ascending `[S]`
 * @throws RangeError where a row has no entry among the labels
 */
export async function classScores(
  backend: Backend,
  rows: Int32Array,
  codes: LatentCodes,
  { labels, samples }: RowLabels,
): Promise<(latent: number) => ClassScore | undefined> {
  const last = rows.at(-1) ?? -1;
  if (last >= labels.length) {
    throw new RangeError(
      `featureStatistics: labels must hold one entry per row, got ${labels.length} for row ${last}; give null for none`,
    );
  }
  const halves = labelledHalves(rows, labels);
  const { classes, learning, held } = halves;
  const chosen = Array.from({ length: codes.offsets.length - 1 }, (_, latent) => chosenClass(codes, latent, halves));
  const wanted = [...new Set(chosen.flatMap((one) => one?.index ?? []))];
  const projections = await meanProjections(backend, rows, halves, wanted, samples);
  const controls = new Map(
    wanted.map((index, i) => {
      const [own, other] = [learning, held].map(({ places }) =>
        ranked({
          samples: Array.from(places.keys()),
          values: Array.from(places, (place) => projections[i]?.[place] ?? 0),
        }),
      ) as [RankedDetector, RankedDetector];
      const { threshold } = bestThreshold(own, membership(learning, index), learning.counts[index] as number);
      return [index, scoresOf(other, threshold, held, index)] as const;
    }),
  );
  return (latent) => {
    const best = chosen[latent];
    if (best === undefined) return undefined;
    const detector = detectorOf(codes, latent, held);
    const control = controls.get(best.index) as ClassScore["control"];
    return { name: classes[best.index] as string, ...scoresOf(detector, best.threshold, held, best.index), control };
  };
}

/** Class and threshold of the largest F1 on the half to choose on; undefined where no row of a class is hit. */
function chosenClass(codes: LatentCodes, latent: number, { learning }: LabelledHalves) {
  const { samples, values } = detectorOf(codes, latent, learning);
  const hits = new Map<number, number>();
  let best: { readonly index: number; readonly f1: number; readonly threshold: number } | undefined;
  for (let start = 0; start < samples.length; ) {
    let end = start;
    const group = new Set<number>();
    for (; end < samples.length && values[end] === values[start]; end++) {
      const index = learning.classOf[samples[end] as number] as number;
      if (index < 0) continue;
      hits.set(index, (hits.get(index) ?? 0) + 1);
      group.add(index);
    }
    // F1 of a class can rise only where a row of it is detected.
    for (const index of group) {
      const f1 = (2 * (hits.get(index) as number)) / (end + (learning.counts[index] as number));
      if (best === undefined || f1 > best.f1 || (f1 === best.f1 && index < best.index))
        best = { index, f1, threshold: values[start] as number };
    }
    start = end;
  }
  return best;
}

/** The firings of a latent on one half, as a detector. */
function detectorOf(
  { offsets, places, magnitudes }: LatentCodes,
  latent: number,
  { numbers }: LabelledHalf,
): RankedDetector {
  const [samples, values]: [number[], number[]] = [[], []];
  for (let i = offsets[latent] as number; i < (offsets[latent + 1] as number); i++) {
    const number = numbers[places[i] as number] as number;
    if (number < 0) continue;
    samples.push(number);
    values.push(magnitudes[i] as number);
  }
  return ranked({ samples, values });
}

const membership = ({ classOf }: LabelledHalf, index: number): Uint8Array =>
  Uint8Array.from(classOf, (own) => Number(own === index));

function scoresOf(
  detector: RankedDetector,
  threshold: number,
  half: LabelledHalf,
  index: number,
): ClassScore["control"] {
  const positive = membership(half, index);
  return {
    f1: f1At(detector, threshold, positive, half.counts[index] as number),
    auroc: rankedAuroc(detector, positive),
  };
}
