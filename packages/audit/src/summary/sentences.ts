import { transcodes } from "@monosema/sdl";
import { counted, percent, whole } from "../words.js";
import type { AuditFigures } from "./auditFigures.js";
import { tooFewSamples, tooFewScored } from "./auditGrade.js";
import { encoderLoss, learnedNothing } from "./learned.js";
import { auditThresholds } from "./thresholds.js";

/** What one sentence says, or null where there is nothing to say. */
type Sentence = (figures: AuditFigures) => string | null;

/** Most sentences of a summary. */
const MOST = 6;

/** What can be said of a dictionary in short, most important first. */
export const sentencesOf = (figures: AuditFigures): readonly string[] =>
  sentences.flatMap((sentence) => sentence(figures) ?? []).slice(0, MOST);

const withoutData: Sentence = ({ samples }) =>
  samples > 0
    ? null
    : "No grade without data: pass --data. What fires, and what is real, cannot be told from the weights alone.";

const partly: Sentence = ({ lacks }) => lacks && `Audited in part, without a grade and scores: ${lacks}.`;

const fewSamples: Sentence = (figures) => {
  const { samples, alive, scores } = figures;
  if (tooFewSamples(figures)) {
    return `Too few samples for a grade: ${whole(samples)}, at least ${auditThresholds.samples} are needed.`;
  }
  return scores !== null && tooFewScored(figures)
    ? `Most live latents fire too rarely in these ${whole(samples)} samples to be scored: ${whole(scores.scored)} of ${whole(alive)} fire ${scores.fewest} times or more.`
    : null;
};

const explained: Sentence = ({ fvu, l0, samples, spec }) => {
  if (samples === 0 || l0 === null) return null;
  if (fvu === null) return "No grade: all samples are equal, so there is nothing to explain.";
  const active = `${Number(l0.toPrecision(3))} active latents per sample`;
  if (fvu >= 1) {
    return `It explains nothing: with ${active} its error is ${Number(fvu.toPrecision(3)).toLocaleString("en-US")} times that of the mean of the data.`;
  }
  return `It explains ${percent(1 - fvu)} of the variance of ${transcodes(spec) ? "the targets" : "the data"}, with ${active}.`;
};

const recovered: Sentence = ({ recovered: known }) =>
  known && `${whole(known.found)} of the ${whole(known.of)} known features have a latent of their own.`;

const living: Sentence = ({ samples, latents, alive, dense }) => {
  if (samples === 0) return `${whole(alive)} of ${whole(latents)} latents can have an effect.`;
  const often = dense > 0 ? `; ${whole(dense)} fire on more than a tenth of the samples` : "";
  return `${whole(alive)} of ${whole(latents)} latents are alive${often}.`;
};

const real: Sentence = ({ alive, scores }) => {
  if (scores === null || scores.scored === 0) return null;
  const { scored, real: probably, atomic, fewest } = scores;
  const rare = alive - scored;
  const unscored = rare > 0 ? ` ${whole(rare)} fire fewer than ${fewest} times and have no score.` : "";
  const single = probably > 0 ? `, ${whole(atomic)} of them single features` : "";
  return `${whole(probably)} of ${whole(scored)} scored latents are probably real${single}.${unscored}`;
};

const covered: Sentence = ({ scores }) =>
  scores !== null && scores.scored > 0 && scores.outside > auditThresholds.outside
    ? "It is unlike the dictionaries that the scores were calibrated on: scores are a ranking here, not probabilities."
    : null;

const replicated: Sentence = ({ alive, scores }) => {
  if (scores === null || scores.replicas === 0) return null;
  const where = scores.replicas === 1 ? "the other dictionary" : `all ${scores.replicas} other dictionaries`;
  return `${percent(scores.replicated / Math.max(1, alive))} of its live latents come back in ${where}.`;
};

const duplicated: Sentence = ({ duplicates }) =>
  duplicates === 0 ? null : `${counted(duplicates, "pair")} ${duplicates === 1 ? "is" : "are"} the same latent twice.`;

const encoding: Sentence = (figures) =>
  learnedNothing(figures) || encoderLoss(figures) < SMALL
    ? null
    : `At least ${percent(figures.encoderShare as number)} of its error is the encoder's: other codes of the same decoder explain more.`;

/** Share of the variance that counts as something. */
const SMALL = 0.01;

const sentences: readonly Sentence[] = [
  withoutData,
  partly,
  fewSamples,
  explained,
  recovered,
  living,
  real,
  covered,
  replicated,
  duplicated,
  encoding,
];
