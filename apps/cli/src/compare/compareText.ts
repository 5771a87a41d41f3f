import type { ComparisonRecord, LatentSum, PairRecord } from "@monosema/audit";
import { formatLetter, formatShare, formatWhole as whole } from "@monosema/experiments/format";
import { wrapped } from "../wrapped.js";

/** Sums shown of each kind. */
const SHOWN = 3;
/** Width of a line. */
const WIDTH = 110;

/** A comparison for a terminal: which dictionaries, how many latents come back, what that means, splits and merges. */
export function compareText(document: ComparisonRecord): string {
  const { dictionaries, comparisons, threshold, samples, summary, mcc } = document;
  const letters = dictionaries.map((_, place) => formatLetter(place));
  const own = dictionaries[0]?.live ?? 0;
  const counted = samples > 0 ? `active for one of ${whole(samples)} samples` : "with a decoder row that is not 0";
  return [
    ...dictionaries.map(
      ({ checkpoint, variant, activation, latents, live }, i) =>
        `${letters[i]}  ${checkpoint}: ${variant}, ${activation}, ${whole(latents)} latents, ${whole(live)} live`,
    ),
    "",
    ...columns([
      ["latents of A", "come back", "mean cosine", "MCC", ...(samples > 0 ? ["code correlation", "kappa"] : [])],
      ...comparisons.map((pair, i) => [
        `in ${letters[i + 1]}`,
        `${whole(pair.replicatedLatents)} of ${whole(own)} (${percent(pair.replicated)})`,
        share(pair.meanCosine),
        share(pair.mcc),
        ...(samples > 0 ? [share(pair.codeCorrelation), share(pair.kappa)] : []),
      ]),
      ...(comparisons.length > 1
        ? [
            [
              "in all",
              `${whole(summary.replicatedLatents)} of ${whole(own)} (${percent(summary.replicated)})`,
              share(summary.meanCosine),
              share(summary.mcc),
              ...(samples > 0 ? [share(summary.codeCorrelation)] : []),
            ],
          ]
        : []),
      chanceRow(comparisons),
    ]),
    "",
    ...paragraph(
      `A latent comes back where the other dictionary has a decoder row with a cosine above ${threshold} to its own; counted are live latents, ${counted}. MCC is the mean cosine of as many pairs as the smaller dictionary has latents, each matched once. ${comparisons.length > 1 ? "In all: those that come back in every one, beside means. " : ""}By chance: dictionaries of random rows of the same sizes.`,
    ),
    ...(dictionaries.length > 2 ? ["", ...columns(mccRows(letters, mcc))] : []),
    ...comparisons.flatMap((pair, i) => sumsText(pair, letters[i + 1] as string)),
  ].join("\n");
}

/** Chance is the same for dictionaries of the same size; the largest level is shown. */
function chanceRow(comparisons: readonly PairRecord[]): readonly string[] {
  const most = (value: (pair: PairRecord) => number): number => Math.max(...comparisons.map(value));
  return [
    "by chance",
    percent(most(({ chance }) => chance.replicated)),
    share(most(({ chance }) => chance.meanCosine)),
    `< ${share(most(({ chance }) => chance.mcc))}`,
  ];
}

const mccRows = (letters: readonly string[], mcc: readonly (readonly number[])[]): readonly (readonly string[])[] => [
  ["MCC", ...letters],
  ...mcc.map((row, i) => [letters[i] as string, ...row.map(share)]),
];

/** Splits and merges with another dictionary, the first few of each; nothing where there are none. */
function sumsText({ splits, merges, foundInFirst, chance }: PairRecord, letter: string): readonly string[] {
  const listed = (sums: readonly LatentSum[], from: string, to: string): readonly string[] => [
    ...sums.slice(0, SHOWN).map(({ latent, parts, weights, cosine }) => {
      const sum = parts.map((part, i) => `${(weights[i] as number).toFixed(2)} ${to}${part}`).join(" + ");
      return `  ${from}${latent} = ${sum} (cosine ${share(cosine)})`;
    }),
    ...(sums.length > SHOWN ? [`  ... ${whole(sums.length - SHOWN)} more in the file`] : []),
  ];
  const byChance = chance.sums > 0 ? `; ${percent(chance.sums)} of random rows are` : "";
  return [
    "",
    `latents of ${letter} that come back in A: ${whole(foundInFirst)}`,
    ...paragraph(
      `splits, other latents of A that are sums of 2 to 4 latents of ${letter}: ${whole(splits.length)}${byChance}`,
    ),
    ...listed(splits, "A", letter),
    ...paragraph(
      `merges, other latents of ${letter} that are sums of 2 to 4 latents of A: ${whole(merges.length)}${byChance}`,
    ),
    ...listed(merges, letter, "A"),
  ];
}

/** Rows with columns of equal width, all but the first to the right. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row.map((text, i) => (i === 0 ? text.padEnd(width(i)) : text.padStart(width(i)))).join("  "),
  );
}

const paragraph = (text: string): readonly string[] => wrapped(text, WIDTH);

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const share = (value: number | null): string => formatShare(value ?? Number.NaN);
