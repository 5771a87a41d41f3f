import type { RunWarning } from "./finishedRun.js";

/** Above this many passes over the training rows. */
const EPOCHS = 100;

/** What is seen hundreds of times is fitted with its noise. */
export const manyEpochs: RunWarning = ({ config, trainingRows }) => {
  const epochs = (config.steps * config.batch) / trainingRows;
  return epochs > EPOCHS
    ? `each training row was seen ${Math.round(epochs)} times: try fewer --steps, or --epochs ${EPOCHS}, or more --data`
    : undefined;
};
