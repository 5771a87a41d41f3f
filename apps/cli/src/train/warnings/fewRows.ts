import type { RunWarning } from "./finishedRun.js";

/** With fewer rows than latents there can be a latent for each row: the dictionary may learn the rows by heart. */
export const fewRows: RunWarning = ({ trainingRows, spec }) =>
  trainingRows < spec.nQ
    ? `the ${trainingRows} training rows are fewer than the ${spec.nQ} latents, which can learn them by heart: try fewer --latents, or more --data`
    : undefined;
