import { percent, type RunWarning } from "./finishedRun.js";

/** Above this share of dead latents. */
const SHARE = 0.1;

/** Latents that never fire are paid for in every step, and explain nothing. */
export const deadLatents: RunWarning = ({ metrics, spec, config }) => {
  if (!(metrics.deadFraction > SHARE)) return undefined;
  const { terms, activation, nQ } = spec;
  const alive = Math.round((1 - metrics.deadFraction) * nQ);
  const ways = [
    ...("k" in activation && !terms.auxK ? ["--auxk on"] : []),
    ...(config.resample === undefined ? [`--resample ${Math.max(1, Math.round(config.steps / 10))}`] : []),
    `an --lr below ${config.lr}`,
    ...("k" in activation ? [] : [terms.l0 ? "a lower --l0" : "a lower --l1"]),
    `fewer --latents, if the data need no more than ${alive}`,
  ];
  return `${percent(metrics.deadFraction)} of the ${nQ} latents are dead, active on none of the rows: try ${listed(ways)}`;
};

const listed = (ways: readonly string[]): string =>
  ways.length === 1 ? (ways[0] as string) : `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
