import { numberText } from "../../metricsText.js";
import type { RunWarning } from "./finishedRun.js";
import { sparser } from "./sparser.js";

/** A linear code with as many numbers for each row has no choice among latents, and should do worse. */
export const worseThanPca: RunWarning = ({ metrics, heldOut, baselines, spec, config }) => {
  const { fvu, components } = { fvu: (heldOut ?? metrics).fvu, components: baselines.pca.components };
  const pca = baselines.pca.fvu;
  if (fvu === null || pca === null || !(fvu > pca)) return undefined;
  return `${components} principal components leave an fvu of ${numberText(pca)}, the dictionary with as many latents a row ${numberText(fvu)}: try more --steps than ${config.steps}, or, where so many numbers hold nearly all of the data, ${sparser(spec)}`;
};
